"""``--output``: what each network may send, and what makes a classifier of it or numbers."""

import numpy as np
import pytest

from whetgen import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.targets.output.kinds import check_kind, legal_kinds, with_kind


def graph(neurons: int, kind: str, classifier: bool = False, outputs: int = 1) -> Graph:
    nodes = (
        Input("in", (2,), ELEMENT_TYPES["uint8"]),
        Dense("sums", "in", np.ones((2, neurons), dtype=np.int64), np.zeros(neurons, dtype=np.int64)),
        Threshold("fire", "sums", np.ones(neurons, dtype=np.int64)),
    )
    source = "fire" if kind == "spikes" else "sums"
    return validate(Graph(nodes, tuple(Output(f"o{k}", source, kind, classifier=classifier) for k in range(outputs))))


LEGAL = {
    "scores": (graph(3, "scores", True), ("class", "scores", "accumulators")),
    "linear": (graph(3, "accumulators", True), ("class", "scores", "accumulators")),
    "sigmoids": (graph(3, "accumulators"), ("accumulators",)),
    "spikes": (graph(3, "spikes"), ("spikes", "accumulators")),
    "one spike": (graph(1, "spikes", True), ("spikes", "class", "accumulators")),
    "two outputs": (graph(3, "accumulators", True, outputs=2), ("accumulators",)),
}


@pytest.mark.parametrize("name", LEGAL)
def test_legal_kinds_come_with_the_default_first(name):
    network, legal = LEGAL[name]
    assert legal_kinds(network) == legal
    for kind in legal:
        check_kind(network, kind)


@pytest.mark.parametrize("neurons, kind", [(3, "accumulators"), (1, "accumulators"), (3, "spikes")])
def test_a_class_can_be_asked_of_any_row(neurons, kind):
    assert with_kind(graph(neurons, kind), "class").is_classifier


def test_accumulators_are_numbers_and_no_class():
    assert not with_kind(graph(3, "accumulators", True), "accumulators").is_classifier
    assert with_kind(graph(3, "accumulators", True), None).is_classifier
    assert with_kind(graph(3, "accumulators", True), "scores").is_classifier


@pytest.mark.parametrize(
    ("network", "asked", "message"),
    [
        (graph(3, "accumulators"), "scores", "--output scores: not possible for this network; choose one of accumulators"),
        (graph(3, "scores", True), "spikes", "--output spikes: not possible for this network; choose one of class, scores, accumulators"),
        (graph(1, "scores"), "class", "--output class: needs one output that is a row of scores; 'o0' has shape (1,)"),
        (graph(3, "scores", True, 2), "class", "--output class: needs one output that is a row of scores; this network has 2"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused(network, asked, message):
    with pytest.raises(BadInput) as refused:
        with_kind(network, asked)
    assert str(refused.value) == message
