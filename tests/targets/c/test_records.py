"""Records: the runtime's header says what their members are."""

import re

import numpy as np
import pytest

from whetgen.assets import assets
from whetgen.targets.c.arrays import numbers
from whetgen.targets.c.elements import Elements
from whetgen.targets.c.records import array_record, record

WEIGHTS = numbers("w", "weights of 'd'", ("input", "neuron"), np.array([[1, 2], [3, -4]]))


def test_members_stand_in_the_lines_of_the_headers_declarations():
    header = (assets() / "firmware" / "runtime" / "whetgen_runtime.h").read_text()
    declared = re.search(r"typedef struct \{([^}]*)\} wg_move_layer;", header)[1].split(";")[:-1]
    members = (
        "source",
        "result",
        "clear_elements",
        "source_first",
        "result_first",
        "count",
        "source_step",
        "result_step",
        "run",
    )
    lines = record("wg_move_layer", **dict.fromkeys(members, 0)).lines
    assert [re.findall(r"\.(\w+)", line) for line in lines] == [
        re.findall(r"(\w+)(?:\[4\])?(?:,|$)", d) for d in declared
    ]


def test_every_kind_of_member_is_written_as_c():
    made = record("wg_rows", weights=WEIGHTS, words=0, sum_words=0, stride=2, neurons=2)
    assert made.lines == (".weights = w,", ".words = 0,", ".sum_words = 0,", ".stride = 2,", ".neurons = 2,")
    assert array_record(WEIGHTS).lines == (".data = w,", ".elements = {WG_I8, 0},")
    assert array_record(None).lines == (".data = 0,", ".elements = {WG_I8, 0},")


def test_arrays_and_functions_are_found_at_any_depth():
    passes = (record("wg_event_pass", rows=WEIGHTS, block_bytes=4, skip=0, add="wg_lanes_x1"),)
    sums = record("wg_weighted_sum_layer", positions=1, operands=1, operand=passes, sums="&wg_sums_i32", finish=None)
    assert (sums.arrays, sums.functions) == ((WEIGHTS,), ("wg_lanes_x1", "wg_sums_i32"))
    assert sums.lines[2:5] == (
        ".operand = (const wg_event_pass[]){",
        "    {.rows = w, .block_bytes = 4, .skip = 0, .add = wg_lanes_x1},",
        "},",
    )


def test_members_that_are_missing_or_unknown_are_refused():
    with pytest.raises(TypeError) as error:
        record("wg_elements", kind="WG_U8", bits=8)
    assert str(error.value) == "wg_elements has the members kind, words; given are kind, bits"


def test_an_unknown_record_is_refused():
    with pytest.raises(TypeError) as error:
        record("wg_nothing")
    assert str(error.value) == "whetgen_runtime.h has no record wg_nothing"


def test_an_array_says_what_it_is_in_words():
    wide = numbers("w", "weights of 'd'", ("input",), np.array([1, 1 << 40], dtype=object), Elements("WG_WIDE", 2))
    assert WEIGHTS.comment == ("weights of 'd': 2 inputs x 2 neurons, int8",)
    assert wide.comment == ("weights of 'd': 2 inputs, 2 words of 32 bits each, the lowest first",)
    assert WEIGHTS.lines == (" 1,  2,  3, -4,",)
