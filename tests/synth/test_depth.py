"""Logic depth: the longest path through cells between registers."""

from graphlib import CycleError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.synth.depth import logic_depth


def cell(kind, inputs, output):
    directions = {f"I{k}": "input" for k in range(len(inputs))} | {"O": "output"}
    return {
        "type": kind,
        "port_directions": directions,
        "connections": {f"I{k}": [bit] for k, bit in enumerate(inputs)} | {"O": [output]},
    }


def test_registers_end_a_path_and_constants_begin_none():
    cells = [
        cell("LUT4", [1, "1"], 2),
        cell("LUT4", [2], 3),
        cell("FF", [3], 4),
        cell("LUT4", [4, 1], 5),
    ]
    assert logic_depth(cells, "LUT4") == 2


def test_no_logic_has_no_depth():
    assert logic_depth([cell("FF", [1], 2)], "LUT4") == 0


def test_a_loop_is_no_netlist():
    with pytest.raises(CycleError):
        logic_depth([cell("LUT4", [2], 1), cell("LUT4", [1], 2)], "LUT4")


@given(st.lists(st.lists(st.integers(0, 30), max_size=4), min_size=1, max_size=30))
def test_the_depth_is_that_of_the_plain_recursion(sources):
    """Cell k drives bit 100 + k and reads bits of earlier cells only, or inputs."""
    reads = [[100 + s if s < k else s for s in row] for k, row in enumerate(sources)]

    def deep(k):
        return 1 + max((deep(bit - 100) for bit in set(reads[k]) if bit >= 100), default=0)

    small = reads[:12]
    cells = [cell("LUT4", row, 100 + k) for k, row in enumerate(small)]
    assert logic_depth(reversed(cells), "LUT4") == max(deep(k) for k in range(len(small)))
