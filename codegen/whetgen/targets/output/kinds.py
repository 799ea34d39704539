"""What leaves the network: a class, scores, spikes or accumulators. ``--output`` chooses.

============  ================================================  ========================
``--output``  Verilog, HLS: the output frame                    C
============  ================================================  ========================
class         the class, in one beat                            with ``NAME_predict``
scores        a classifier's integers, one a class              with ``NAME_predict``
spikes        0 and 1                                           the same as without
accumulators  integers that stand for real numbers, no class    without ``NAME_predict``
============  ================================================  ========================
"""

from __future__ import annotations

from dataclasses import replace

from whetgen.errors import BadInput
from whetgen.ir import Graph, Output


def with_kind(graph: Graph, asked: str | None) -> Graph:
    """The network as ``--output`` takes it: "class" makes a classifier of one row of numbers, "accumulators" numbers of all.

    Raises:
        BadInput: there is no class to tell, or a kind that this network does not have.
    """
    if asked == "class":
        graph = replace(graph, outputs=(_classifier(graph),))
    if asked == "accumulators":
        graph = replace(graph, outputs=tuple(replace(o, classifier=False) for o in graph.outputs))
    check_kind(graph, asked)
    return graph


def check_kind(graph: Graph, asked: str | None) -> None:
    """Refuse a kind of output that the network does not have.

    Raises:
        BadInput: with those that it has.
    """
    if asked is not None and asked not in (legal := legal_kinds(graph)):
        raise BadInput(f"--output {asked}: not possible for this network; choose one of {', '.join(legal)}")


def legal_kinds(graph: Graph) -> tuple[str, ...]:
    """Values of ``--output`` that fit this network, its default first: spikes where it means them, else the class."""
    kinds = {o.kind for o in graph.outputs}
    classifier = graph.is_classifier
    spikes = all(graph.is_spikes(o.source) for o in graph.outputs)
    legal = {"class": classifier, "spikes": spikes, "scores": classifier and kinds != {"spikes"}, "accumulators": True}
    order = (
        ("spikes", "class", "accumulators")
        if kinds == {"spikes"}
        else ("class", "spikes", "scores", "accumulators")
        if classifier
        else ("accumulators", "spikes")
    )
    return tuple(kind for kind in order if legal[kind])


def _classifier(graph: Graph) -> Output:
    needs = "--output class: needs one output that is a row of scores"
    (head, *more) = graph.outputs
    shape = graph.shapes[head.source]
    if more:
        raise BadInput(f"{needs}; this network has {len(graph.outputs)}")
    if len(shape) != 1 or (shape == (1,) and head.kind == "scores"):
        raise BadInput(f"{needs}; '{head.name}' has shape {shape}")
    return replace(head, classifier=True)


def output_kind(graph: Graph) -> str:
    kinds = {output.kind for output in graph.outputs}
    return kinds.pop() if len(kinds) == 1 else "mixed"
