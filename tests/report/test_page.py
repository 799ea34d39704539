"""The report: one page that needs nothing else, says what it should, and is the same each time."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from tests.targets.verilog.networks import network
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES
from whetgen.ir.nodes import Conv, Input, Threshold
from whetgen.report import charts, render_report
from whetgen.targets.output.folder import read_manifest, record_footprint
from whetgen.verification.frames import Frames


class Headings(HTMLParser):
    """Text of each heading and cell, and what the page loads from elsewhere."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.cells, self.loads, self._into = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._into = {"h1": self.headings, "h2": self.headings, "td": self.cells, "th": self.cells}.get(tag)
        links = [value for key, value in attributes if key in ("src", "href", "xlink:href")]
        self.loads += [link for link in links if not link.startswith(("#", "data:"))]

    def handle_data(self, data):
        if self._into is not None:
            self._into.append(data)
            self._into = None


def image_network():
    rng = np.random.default_rng(0)
    return network(
        Input("image", (5, 5, 1), ELEMENT_TYPES["uint8"]),
        Conv("<conv>", "image", rng.integers(-3, 4, (3, 3, 1, 2)), np.zeros(2, int)),
        Threshold("fire", "<conv>", np.array([5, 9])),
    )


@pytest.mark.parametrize("target", ["verilog", "hls", "c"])
def test_a_folder_has_facts_layers_pictures_and_files(target, tmp_path):
    whetgen.generate(tiny(), target, tmp_path / "out", whetgen.Options(name="tiny"))
    manifest = read_manifest(tmp_path / "out")
    page = Headings(render_report(tiny(), "tiny", manifest))
    assert page.headings[0] == "tiny"
    assert {"Operations", "Weights", "Facts", "Layers", "Files"} <= set(page.headings)
    assert ("Time" in page.headings) == (target != "c")
    assert set(manifest["files"]) <= set(page.cells) and {"hidden", "Dense + Threshold", "scores"} <= set(page.cells)
    if target == "verilog":
        assert str(manifest["latency_cycles"]) in page.cells


def test_nothing_is_loaded_from_elsewhere_and_the_same_input_gives_the_same_bytes():
    text = render_report(image_network(), "net")
    assert Headings(text).loads == []
    assert text == render_report(image_network(), "net")


def test_names_do_not_become_markup():
    text = render_report(image_network(), "a <b> & c")
    assert "<conv>" not in text and "&lt;conv&gt;" in text
    assert "<h1>a &lt;b&gt; &amp; c</h1>" in text


def test_samples_show_inputs_with_what_the_network_says_and_the_label(tmp_path):
    codes = np.random.default_rng(1).integers(0, 256, (4, 5, 5, 1))
    text = render_report(image_network(), "net", frames=Frames(codes))
    assert "Samples" in Headings(text).headings and text.count("<image ") == 4
    assert "Samples" not in Headings(render_report(tiny(), "tiny")).headings


def test_bars_carry_their_numbers():
    svg = charts.bars({"first": 1234, "second": 5}, "things")
    assert svg.startswith("<svg") and "1,234" in svg and "second" in svg and "things" in svg
    assert not re.search(r"<svg[^>]* width=", svg)


def test_missing_matplotlib_is_said_in_one_line(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(BadInput, match=r"^pictures need matplotlib .*; install whetgen\[report\]$"):
        charts.bars({"a": 1}, "b")


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
    page = Headings(render_report(tiny(), "tiny", read_manifest(tmp_path / "out")))
    assert {"Footprint on microbit", "Layers on microbit"} <= set(page.headings)
    assert {"98,765", "432", "hidden <1>", "wg_dense", "1,234", "56"} <= set(page.cells)
    assert "ram left bytes" not in page.cells
