"""The comparison: what nothing beats, and a table that sorts."""

import numpy as np
import pytest
from tests.report.chromium import CHROMIUM, chromium
from tests.targets.verilog.networks import dense
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.report import Contender, accuracy_of, render_comparison
from whetgen.report.compare import front
from whetgen.targets.output.folder import read_manifest
from whetgen.verification.frames import Frames


@pytest.mark.parametrize(("points", "best"), [
    ([(1, 0.5), (2, 0.6), (3, 0.55)], {0, 1}),
    ([(1, 0.5), (1, 0.6)], {1}),
    ([(1, 0.5), (1, 0.5)], {0, 1}),
    ([], set()),
])  # fmt: skip
def test_the_front_is_what_nothing_beats(points, best):
    assert front(points) == best


def test_the_accuracy_is_the_share_of_labels_that_the_network_tells():
    graph = tiny()
    codes = np.random.default_rng(0).integers(0, 2, (4, *graph.input.shape))
    labels = graph.predict(codes)
    labels[0] = 1 - labels[0]
    assert accuracy_of(graph, Frames(codes, labels)) == 0.75
    assert accuracy_of(graph, Frames(codes)) is None


@pytest.fixture
def contenders(tmp_path):
    whetgen.generate(tiny(), "c", tmp_path / "c", whetgen.Options(name="tiny"))
    whetgen.generate(dense(), "verilog", tmp_path / "v", whetgen.Options(name="fc"))
    return (
        Contender("small", tiny(), read_manifest(tmp_path / "c"), 0.5),
        Contender("<other>", dense(), read_manifest(tmp_path / "v"), 0.75),
        Contender("model", tiny(), None),
    )


def test_a_row_a_network_and_a_chart_a_cost_that_is_known(contenders):
    text = render_comparison(contenders)
    assert "<td>small</td><td>c</td><td>50.00%</td>" in text and "<td>model</td><td>model</td><td></td>" in text
    assert "&lt;other&gt;" in text and "<other>" not in text
    assert text.count("Accuracy against ") == 1 and "Accuracy against synapses" in text
    assert text == render_comparison(contenders)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_a_head_sorts_up_then_down_and_what_is_empty_stays_last(contenders, tmp_path):
    path = tmp_path / "compare.html"
    path.write_text(render_comparison(contenders), encoding="utf-8")
    order = "[...document.querySelectorAll('tbody tr')].map(row => row.cells[0].textContent).join(' ')"
    with chromium(tmp_path) as page:
        page.open(path, width=400)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        for wanted in ("small <other> model", "<other> small model"):
            page.evaluate("document.querySelectorAll('th button')[2].click()")
            assert page.evaluate(order) == wanted
        assert page.evaluate("document.querySelectorAll('th')[2].ariaSort") == "descending" and page.errors == []
