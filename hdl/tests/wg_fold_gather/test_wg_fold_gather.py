"""wg_fold_gather: elements by a table of {source, address}; one source number past the last gives zero."""

import random

import cocotb
import pytest
from hdl.tests.common import draws, pack, parameters, simulate, unpack
from hdl.tests.frames import Rom, check_fold
from hdl.tests.windows import address_bits


@pytest.mark.slow
@pytest.mark.parametrize("sources, count, width, elements", [(1, 1, 1, 1), (1, 13, 5, 6), (3, 20, 66, 9)])
def test_wg_fold_gather(tmp_path, sources, count, width, elements):
    constant = random.Random(count)
    simulate(
        tmp_path,
        "wg_fold_gather",
        {
            "SOURCES": sources,
            "COUNT": count,
            "WIDTH": width,
            "ADDRESS_BITS": address_bits(elements),
            "SELECT_BITS": sources.bit_length(),
            "TABLE_BITS": address_bits(count),
            "elements": elements,
            "table": [(constant.randint(0, sources), constant.randrange(elements)) for _ in range(count)],
        },
    )


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def elements_come_by_the_table(dut, idle, stall):
    p = parameters()

    def model(frame):
        words = [unpack(word, p.WIDTH, p.SOURCES) for word in frame]
        return [words[address][source] if source < p.SOURCES else 0 for source, address in p.table]

    entries = [(source << p.ADDRESS_BITS) | address for source, address in p.table]
    await check_fold(
        dut,
        make=lambda: [pack(draws(p.SOURCES, p.WIDTH), p.WIDTH) for _ in range(p.elements)],
        model=model,
        interval=p.COUNT + 4,
        read_width=p.SOURCES * p.WIDTH,
        idle=idle,
        stall=stall,
        roms=[Rom("table_address", "table_data", entries, p.SELECT_BITS + p.ADDRESS_BITS)],
    )
