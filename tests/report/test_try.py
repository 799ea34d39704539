"""The network inside the page: what a reader draws, picks or types comes out as the reference computes it, bit for bit."""

import json
import sys

import numpy as np
import pytest
from tests.report.chromium import CHROMIUM, chromium
from tests.targets.verilog.networks import network

import whetgen
from whetgen.errors import CouldNotRun
from whetgen.ir import ELEMENT_TYPES, Output
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, MultiThreshold, Reshape, Threshold
from whetgen.reference import run_tensors
from whetgen.report import render_report, trial, wasm
from whetgen.targets.output.folder import read_manifest
from whetgen.verification.frames import Frames

RNG = np.random.default_rng(5)
SCORES = Output("out", "scores", "scores", classifier=True)
pytestmark = pytest.mark.slow


def picture_network(shape, kind, staircase=False):
    """Spikes of a map, pooled, and ten scores."""
    height, width, channels = shape
    sums = Conv("conv", "image", RNG.integers(-3, 4, (3, 3, channels, 5)), np.zeros(5, int))
    several = np.sort(RNG.integers(1, 300, (3, 5)), axis=0)
    fire = MultiThreshold("fire", "conv", several) if staircase else Threshold("fire", "conv", several[0])
    pool = MaxPool("pool", "fire", (2, 2), (2, 2))
    count = (height - 2) // 2 * ((width - 2) // 2) * 5
    return network(
        Input("image", shape, ELEMENT_TYPES[kind]),
        sums,
        fire,
        pool,
        Reshape("flat", "pool", (count,)),
        Dense("scores", "flat", RNG.integers(-9, 10, (count, 10)), RNG.integers(-9, 10, 10)),
        outputs=(SCORES,),
    )


def vector_network(inputs, kind):
    return network(
        Input("x", (inputs,), ELEMENT_TYPES[kind]),
        Dense("sum", "x", RNG.integers(-7, 8, (inputs, 20)), np.zeros(20, int)),
        Threshold("fire", "sum", RNG.integers(-9, 9, 20)),
        Dense("scores", "fire", RNG.integers(-9, 10, (20, 3)), np.zeros(3, int)),
        outputs=(SCORES,),
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("no Chromium")
    with chromium(tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest.fixture
def opened(browser, tmp_path):
    """Opens the report of a network, with frames of its input type, in a window of a given width."""

    def opened(graph, frames=None, **window):
        try:
            wasm.compiler()
        except CouldNotRun as error:
            pytest.skip(str(error))
        path = tmp_path / "page.html"
        path.write_text(render_report(graph, "net", frames=frames), encoding="utf-8")
        browser.open(path, **window)
        return browser

    return opened


def numbers(page, script):
    return [int(word) for word in page.evaluate(script).split()]


def shown(page):
    return np.array(numbers(page, "document.getElementById('verdict').dataset.codes"))


def assert_same_as_reference(page, graph):
    """Class, outputs and each layer on the page are those of the frame that it shows."""
    codes = shown(page).reshape(1, *graph.input.shape)
    tensors = run_tensors(graph, codes)
    scores = tensors[graph.outputs[0].source].reshape(-1)
    assert numbers(page, "document.getElementById('scores').dataset.outputs") == scores.tolist()
    assert page.evaluate("document.getElementById('verdict').textContent") == f"Class {np.argmax(scores)}"
    layers = json.loads(
        page.evaluate("JSON.stringify([...document.querySelectorAll('#seen canvas')].map(c => ({...c.dataset})))")
    )
    assert layers
    for layer in layers:
        assert [int(v) for v in layer["values"].split()] == tensors[layer["layer"]].reshape(-1).tolist()
    assert page.errors == []


def draw(page):
    """A stroke through the paper, from its upper left to its lower right."""
    box = "(() => { const p = document.getElementById('paper'); p.scrollIntoView({block: 'center'}); const b = p.getBoundingClientRect(); return `${Math.round(b.x)} ${Math.round(b.y)} ${Math.round(b.width)} ${Math.round(b.height)}`; })()"
    x, y, width, height = numbers(page, box)
    page.drag([(x + width * share, y + height * share) for share in (0.25, 0.4, 0.6, 0.75)])


@pytest.mark.parametrize("graph", [
    picture_network((12, 10, 1), "uint8"),
    picture_network((8, 8, 3), "uint8", staircase=True),
    picture_network((9, 9, 1), "uint4"),
    vector_network(64, "bit"),
], ids=["grey", "colours and staircases", "nibbles", "square vector of bits"])  # fmt: skip
def test_what_is_drawn_comes_out_as_the_reference_computes_it(graph, opened):
    page = opened(graph, width=400)
    assert not shown(page).any()
    draw(page)
    assert shown(page).any()
    assert_same_as_reference(page, graph)
    page.evaluate("document.getElementById('clear').click()")
    assert not shown(page).any()
    assert_same_as_reference(page, graph)


def test_the_arrow_keys_draw_while_space_is_down(opened):
    graph = picture_network((12, 10, 1), "uint8")
    page = opened(graph)
    page.evaluate("document.getElementById('paper').focus()")
    page.key("ArrowLeft")
    assert not shown(page).any()
    page.key(" ", kinds=("rawKeyDown",))
    page.key("ArrowUp")
    page.key(" ", kinds=("keyUp",))
    assert shown(page).any()
    assert_same_as_reference(page, graph)


def test_examples_are_the_frames_of_the_data(opened):
    graph = picture_network((8, 8, 1), "int8")
    codes = RNG.integers(-128, 128, (3, 8, 8, 1))
    page = opened(graph, Frames(codes, np.array([0, 1, 2])))
    for number in (2, 0, 1):
        page.evaluate(f"document.querySelector('[data-example=\"{number}\"]').click()")
        assert shown(page).tolist() == codes[number].reshape(-1).tolist()
        assert_same_as_reference(page, graph)


def test_ink_is_the_highest_code_of_the_data(opened):
    graph = picture_network((8, 8, 1), "uint8")
    page = opened(graph, Frames(np.arange(64).reshape(1, 8, 8, 1) % 17))
    page.evaluate("document.getElementById('clear').click()")
    draw(page)
    assert shown(page).max() == 16
    assert_same_as_reference(page, graph)


def test_vectors_are_typed_and_what_is_no_frame_is_refused(opened):
    graph = vector_network(5, "int16")
    page = opened(graph)
    typed = "(() => {{ const f = document.getElementById('codes'); f.value = '{}'; f.dispatchEvent(new Event('input')); return document.getElementById('codes-wrong').textContent; }})()"
    assert page.evaluate(typed.format("-32768 32767 0 5 -1")) == ""
    assert shown(page).tolist() == [-32768, 32767, 0, 5, -1]
    assert_same_as_reference(page, graph)
    told = "Give 5 whole numbers from -32768 to 32767; these are 2."
    assert page.evaluate(typed.format("1 2")) == told
    page.evaluate("document.getElementById('random').click()")
    assert_same_as_reference(page, graph)


@pytest.mark.parametrize("width", [400, 1200])
def test_the_page_is_no_wider_than_its_window(width, opened):
    page = opened(
        picture_network((12, 10, 1), "uint8"),
        Frames(RNG.integers(0, 256, (20, 12, 10, 1)), RNG.integers(0, 10, 20)),
        width=width,
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_that_can_be_used_has_a_name(opened):
    page = opened(vector_network(64, "bit"))
    nodes = page.send("Accessibility.getFullAXTree")["nodes"]
    usable = {"button", "link", "textbox", "combobox", "image", "table", "region"}
    found = [n for n in nodes if n.get("role", {}).get("value") in usable and not n["ignored"]]
    assert found and [n["role"]["value"] for n in found if not n.get("name", {}).get("value")] == []


def test_a_folder_of_c_runs_byte_for_byte(tmp_path):
    graph = vector_network(5, "uint8")
    whetgen.generate(graph, "c", tmp_path / "out", whetgen.Options(name="net"))
    found = built(graph, read_manifest(tmp_path / "out"))
    if isinstance(found, str):
        pytest.skip(found)
    assert found.told == "src/net.c of this folder, byte for byte"
    assert found == built(graph, read_manifest(tmp_path / "out"))


def test_without_a_compiler_the_page_says_how_to_get_one(monkeypatch):
    monkeypatch.setattr(wasm.shutil, "which", lambda _: None)
    monkeypatch.setitem(sys.modules, "ziglang", None)
    monkeypatch.setattr(wasm, "find_spec", lambda _: None)
    assert built(vector_network(5, "bit"), None) == (
        "Not in this page: there is no compiler for WebAssembly; install clang and lld (on Debian: apt-get install clang lld), "
        "or the Zig compiler: pip install 'whetgen[report]'."
    )


def built(graph, manifest):
    return trial.trial(graph, manifest, None, trial.planned(graph, manifest, None))
