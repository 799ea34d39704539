"""wg_gather: elements by a constant table; an index past the sources gives zero."""

import random

import cocotb
import pytest
from hdl.tests.common import draws, pack, parameters, settle, simulate, unpack


@pytest.mark.slow
@pytest.mark.parametrize("sources, count, width, index_width", [(1, 1, 1, 1), (5, 11, 67, 3)])
def test_wg_gather(tmp_path, sources, count, width, index_width):
    constant = random.Random(sources)
    indices = [constant.randrange(2**index_width) for _ in range(count)]
    simulate(
        tmp_path,
        "wg_gather",
        {
            "SOURCES": sources,
            "COUNT": count,
            "WIDTH": width,
            "INDEX_WIDTH": index_width,
            "INDICES": (pack(indices, index_width), count * index_width),
        },
    )


@cocotb.test()
async def elements_are_picked(dut):
    p = parameters()
    indices = unpack(p.INDICES[0], p.INDEX_WIDTH, p.COUNT)
    for _ in range(100):
        words = draws(p.SOURCES, p.WIDTH)
        expected = [words[index] if index < p.SOURCES else 0 for index in indices]
        assert await settle(dut, "gathered", data=pack(words, p.WIDTH)) == pack(expected, p.WIDTH)
