"""What the HLS plan decides: folding, streams and their depths, tables, files; and what it refuses."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.targets.paced import paced
from tests.targets.verilog.networks import network
from tests.targets.verilog.test_golden import tiny

from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Conv, Dense, Input, Reshape, Threshold, WeightedSum
from whetgen.targets.hls import target as hls
from whetgen.targets.hls.const_arrays import literal
from whetgen.targets.hls.trips import trips, window_trips
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.setting import Setting

GOLDEN = Path(__file__).parent / "golden"


def ints(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).integers(-3, 4, shape)


def residual():
    """Spikes that meet the result of two more layers."""
    ones = np.ones(4, int)
    return network(
        Input("image", (6, 6, 2), ELEMENT_TYPES["uint8"]),
        Conv("stem", "image", ints(3, 3, 2, 4), ints(4), padding=((1, 1), (1, 1))),
        Threshold("stem_fire", "stem", ints(4)),
        Conv("a", "stem_fire", ints(3, 3, 4, 4), ints(4), padding=((1, 1), (1, 1))),
        Threshold("a_fire", "a", ints(4)),
        Conv("b", "a_fire", ints(3, 3, 4, 4), ints(4), padding=((1, 1), (1, 1))),
        Threshold("b_fire", "b", ints(4)),
        WeightedSum("add", ("stem_fire", "b_fire"), (ones, ones), 0 * ones),
        Reshape("flat", "add", (144,)),
        Dense("head", "flat", ints(144, 3), ints(3)),
    )


def channels(plan):
    return {c.name: c for section in plan.sections for c in section.channels}


@pytest.mark.parametrize("file", ["tiny.cpp", "tiny_layers.h", "tiny.h"])
def test_the_files_read_as_they_did(file):
    text, kept = hls.render(hls.plan(tiny(), "tiny"))[file], GOLDEN / file
    if os.environ.get("WHETGEN_GOLDEN") == "write":
        kept.write_text(text)
    assert text == kept.read_text(), "renew with WHETGEN_GOLDEN=write if the change is meant"


def test_same_graph_same_bytes():
    assert hls.render(hls.plan(residual(), "net")) == hls.render(hls.plan(residual(), "net"))


def test_an_edge_that_skips_layers_has_room_for_a_frame_for_each_and_one_more():
    plan = hls.plan(residual(), "net")
    fork = channels(plan)["stem_to"]
    words = 36 * 4 // (fork.bits // 1)
    assert fork.count == 2 and fork.depth == 3 * words


def test_a_layer_that_needs_the_whole_frame_has_room_for_it():
    plan = hls.plan(residual(), "net")
    add = channels(plan)["add"]
    head = next(row for row in plan.cycles if row.layer == "head")
    assert add.depth == 144 * 2 // add.bits and head.cycles <= 1024


def test_asked_foldings_are_taken_and_others_refused_with_the_legal_ones():
    plan = hls.plan(residual(), "net", hls.HlsOptions(folding={"a": (2, 4), "head": (3, 16)}))
    assert {(r.layer, r.pe, r.simd) for r in plan.cycles} >= {("a", 2, 4), ("head", 3, 16)}
    nearest = "the nearest legal ones are 4x4, 2x4, 4x2, 2x2 (whetgen inspect MODEL --foldings lists all 15)"
    with pytest.raises(BadInput, match=rf"^--fold a=3x4: not possible; {re.escape(nearest)}$"):
        hls.plan(residual(), "net", hls.HlsOptions(folding={"a": (3, 4)}))


def test_no_word_is_wider_than_hls_allows():
    wide = network(
        Input("in", (600,), ELEMENT_TYPES["int16"]), Dense("d", "in", ints(600, 400) * (1 << 20), np.zeros(400, int))
    )
    plan = hls.plan(wide, "net", paced(hls.HlsOptions, 1)())
    assert max(c.bits for c in channels(plan).values()) <= 4096


def test_trips_of_a_convolution_are_those_of_its_line_buffer_and_its_sums():
    layer = next(s for s in hardware_layers(residual(), Identifiers()).layers if s.name == "a")
    assert window_trips(layer, Setting(4, 4)) == 2 * 6 + 6 * 6 * 9
    assert trips(layer, Setting(1, 4)) == 6 * 6 * 9 * 4
    # Windows in registers: 8 x 8 places with the padding, and three words of each of 36 windows.
    assert window_trips(layer, Setting(4, 12)) == 8 * 8 + 36 * 2


def test_an_asked_folding_whose_words_no_hls_word_holds_is_refused():
    graph = network(Input("in", (600,), ELEMENT_TYPES["uint8"]), Dense("d", "in", ints(600, 3), ints(3)))
    with pytest.raises(BadInput, match=r"^--fold d=1x600: not possible; the nearest legal ones are 1x300, "):
        hls.plan(graph, "net", hls.HlsOptions(folding={"d": (1, 600)}))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hls_tool": "bambu"}, "--hls-tool bambu: choose one of vitis, catapult"),
        ({"bus_bits": 12}, "--bus-bits 12: choose a multiple of 8 from 8 to 4096, or full"),
        (
            {"output": "class"},
            "--output class: not possible for this network; choose one of accumulators, spikes, scores",
        ),
    ],
)
def test_impossible_options_are_refused(options, message):
    graph = network(Input("in", (4,), ELEMENT_TYPES["bit"]), Dense("d", "in", ints(4, 3), ints(3)))
    with pytest.raises(BadInput) as refused:
        hls.plan(graph, "net", hls.HlsOptions(**options))
    assert str(refused.value).startswith(message[: message.find(";") + 1 or None])


def test_a_beat_that_no_hls_word_holds_is_refused():
    graph = network(Input("in", (600,), ELEMENT_TYPES["uint8"]), Dense("d", "in", ints(600, 3), ints(3)))
    with pytest.raises(BadInput, match=r"^--bus-bits: a beat of 4800 bits is wider than HLS words can be \(4096\)"):
        hls.plan(graph, "net", hls.HlsOptions(bus_bits="full"))


@given(
    st.integers(65, 300).flatmap(
        lambda bits: st.tuples(st.just(bits), st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1))
    )
)
def test_wide_literals_join_to_their_number(case):
    bits, value = case
    match = re.fullmatch(rf"wg_wide<{bits}>\((-?\d+)LL((?:, 0x[0-9a-f]+ULL)*)\)", literal(value, bits))
    total = int(match[1])
    for limb in re.findall(r"0x[0-9a-f]+", match[2]):
        total = (total << 64) | int(limb, 16)
    assert total == value and -(1 << 63) < int(match[1]) < 1 << 63


def test_the_lowest_native_number_has_a_literal():
    assert eval(literal(-(1 << 63), 64)) == -(1 << 63)


def test_a_layers_name_begins_all_that_is_its():
    for section in hls.plan(residual(), "net").sections[1:-1]:
        name, (engine,) = section.title.split(":")[0], section.engines
        for its in (*section.channels, engine.config, *engine.arrays):
            assert re.fullmatch(rf"{name}(_\w+)?", its.name)


def test_a_layers_name_stays_in_its_comment():
    """A foreign model names its layers as it likes, and the testbench is run."""
    nodes = Input("x", (4,), ELEMENT_TYPES["uint8"]), Dense("a\nint x;", "x", ints(4, 2), ints(2))
    graph = Graph(nodes, (Output("out", nodes[-1].name, "accumulators"),))
    files = hls.render(hls.plan(graph, "named"))
    assert not [name for name, text in files.items() if "\nint x" in text]
