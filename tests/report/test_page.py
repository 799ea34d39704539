"""The report: one page that needs nothing else, says what it should, and is the same each time."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from tests.targets.verilog.networks import network
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Output
from whetgen.ir.nodes import Conv, Dense, Input, Reshape, Threshold
from whetgen.report import page, render_report
from whetgen.targets.output.folder import read_manifest, record_footprint
from whetgen.verification.frames import Frames


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The network inside the page has tests of its own."""
    monkeypatch.setattr(page, "trial", lambda *_: "Not in this page.")


class Headings(HTMLParser):
    """Text of each heading, cell and summary, and what the page loads from elsewhere."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.cells, self.loads, self._into = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        into = {"h1": self.headings, "h2": self.headings, "h3": self.headings, "summary": self.headings}
        self._into = (into | dict.fromkeys(("td", "th", "dd", "dt", "figcaption", "span", "small"), self.cells)).get(
            tag
        )
        links = [value for key, value in attributes if key in ("src", "href", "xlink:href")]
        self.loads += [link for link in links if not link.startswith(("#", "data:"))]

    def handle_data(self, data):
        if self._into is not None:
            self._into.append(data.strip())
            self._into = None


def image_network():
    rng = np.random.default_rng(0)
    return network(
        Input("image", (5, 5, 1), ELEMENT_TYPES["uint8"]),
        Conv("<conv>", "image", rng.integers(-3, 4, (3, 3, 1, 2)), np.zeros(2, int)),
        Threshold("fire", "<conv>", np.array([5, 9])),
    )


def image_classifier():
    rng = np.random.default_rng(0)
    return network(
        Input("image", (5, 5, 1), ELEMENT_TYPES["uint8"]),
        Reshape("flat", "image", (25,)),
        Dense("scores", "flat", rng.integers(-3, 4, (25, 2)), np.zeros(2, int)),
        outputs=(Output("out", "scores", "scores", classifier=True),),
    )


@pytest.mark.parametrize("target", ["verilog", "hls", "c"])
def test_a_folder_has_a_drawing_cards_facts_layers_and_files(target, tmp_path):
    whetgen.generate(tiny(), target, tmp_path / "out", whetgen.Options(name="tiny"))
    manifest = read_manifest(tmp_path / "out")
    text = render_report(tiny(), "tiny", manifest)
    found = Headings(text)
    assert found.headings[0] == "tiny"
    assert {"Try it", "Network", "Layers", "Facts", "Files"} <= set(found.headings)
    assert set(manifest["files"]) <= set(found.cells) and {"hidden", "Dense + Threshold", "scores"} <= set(found.cells)
    assert text.count('<a href="#layer-') == text.count('class="card" id="layer-') == 3
    if target == "verilog":
        assert str(manifest["latency_cycles"]) in found.cells


def test_nothing_is_loaded_from_elsewhere_and_the_same_input_gives_the_same_bytes():
    frames = Frames(np.random.default_rng(1).integers(0, 256, (4, 5, 5, 1)))
    text = render_report(image_network(), "net", frames=frames)
    assert Headings(text).loads == []
    assert text == render_report(image_network(), "net", frames=frames)


def test_names_do_not_become_markup():
    text = render_report(image_network(), "a <b> & c")
    assert "<conv>" not in text and "&lt;conv&gt;" in text
    assert "<h1>a &lt;b&gt; &amp; c</h1>" in text


def test_examples_come_from_data_and_from_nowhere_else():
    codes = np.random.default_rng(1).integers(0, 256, (4, 5, 5, 1))
    assert render_report(image_network(), "net", frames=Frames(codes)).count('<img src="data:image/png') == 4
    without = render_report(image_network(), "net")
    assert "<img" not in without and page._NO_DATA in without


def test_labels_give_the_accuracy_a_confusion_matrix_and_the_wrong_frames():
    graph = tiny()
    codes = np.random.default_rng(2).integers(0, 2, (8, *graph.input.shape))
    classes = graph.predict(codes)
    labels = classes.copy()
    labels[0] = 1 - labels[0]
    text = render_report(graph, "tiny", frames=Frames(codes, labels))
    assert "87.50%" in Headings(text).cells and "7 of 8 frames" in Headings(text).cells
    right = [int(n) for n in re.findall(r'class="right">(\d+)', text)]
    assert sum(right) == 7 and len(right) == graph.classes(graph.outputs[0])


def test_classes_bear_their_names_wherever_a_frame_is_told(tmp_path):
    graph, codes = image_classifier(), np.random.default_rng(1).integers(0, 256, (4, 5, 5, 1))
    whetgen.generate(graph, "c", tmp_path / "out", whetgen.Options(name="net", classes=("a <b>", "c")))
    classes = graph.predict(codes)
    labels = np.where(np.arange(4) == 0, 1 - classes, classes)
    text = render_report(graph, "net", read_manifest(tmp_path / "out"), Frames(codes, labels))
    names = ("0: a &lt;b&gt;", "1: c")
    assert all(f'<th scope="col"><span>{name}</span></th>' in text for name in names)
    assert f"class {names[classes[0]]} ✗, is {names[labels[0]]}<" in text
    assert text.count(f"class {names[classes[1]]} ✓<") == 1 + (classes[2:] == classes[1]).sum()


def test_what_boards_measured_is_told_layer_by_layer(tmp_path):
    whetgen.generate(tiny(), "c", tmp_path / "out", whetgen.Options(name="tiny"))
    layer = {"title": "hidden <1>", "function": "wg_dense", "cost": 1234, "table_bytes": 56}
    facts = {
        "board": "microbit",
        "unit": "instructions",
        "cost_mean": 98765,
        "stack_bytes": 432,
        "ram_left_bytes": None,
        "layers": [layer],
    }
    record_footprint(tmp_path / "out", "microbit", facts)
    found = Headings(render_report(tiny(), "tiny", read_manifest(tmp_path / "out")))
    assert {"Footprint on microbit", "Layers on microbit"} <= set(found.headings)
    assert {"98,765", "432", "hidden <1>", "wg_dense", "1,234", "56"} <= set(found.cells)
    assert "ram left bytes" not in found.cells


def test_a_training_log_becomes_curves(tmp_path):
    log = tmp_path / "net.csv"
    log.write_text("epoch,soft,hard,fire/sharpness,fire/rate\n1,0.9,0.5,nan,nan\n2,0.95,0.95,1.0,0.25\n")
    text = render_report(image_network(), "net", log=log)
    found = Headings(text)
    assert "nan" not in text.split("Accuracy while sharpening")[1].split("</main>")[0]
    assert {"Accuracy while sharpening", "Sharpness", "Spike rates while sharpening"} <= set(found.headings)


def test_another_table_is_no_training_log(tmp_path):
    log = tmp_path / "net.csv"
    log.write_text("a,b\n1,2\n")
    with pytest.raises(BadInput) as refused:
        render_report(image_network(), "net", log=log)
    assert str(refused.value) == f"{log}: no log of a training run; give the NAME.csv that whetgen train wrote"
