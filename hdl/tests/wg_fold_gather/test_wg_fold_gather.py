"""wg_fold_gather: elements by a table of {source, address}; one source number past the last gives zero."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, chance, check_in_order, draws, pack, parameters, simulate
from hdl.tests.frames import Rom
from hdl.tests.windows import address_bits


@pytest.mark.slow
@pytest.mark.parametrize("sources, count, width, elements", [(1, 1, 1, 1), (1, 13, 5, 6), (3, 20, 66, 9)])
def test_wg_fold_gather(tmp_path, sources, count, width, elements):
    constant = random.Random(count)
    bits = {
        "ADDRESS_BITS": address_bits(elements),
        "SELECT_BITS": sources.bit_length(),
        "TABLE_BITS": address_bits(count),
    }
    table = [(constant.randint(0, sources), constant.randrange(elements)) for _ in range(count)]
    shape = {"SOURCES": sources, "COUNT": count, "WIDTH": width, "elements": elements, "table": table}
    simulate(tmp_path, "wg_fold_gather", shape | bits)


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def elements_come_by_the_table(dut, idle, stall):
    p = parameters()
    frames = [[draws(p.SOURCES, p.WIDTH) for _ in range(p.elements)] for _ in range(5)]
    expected = [
        (frame[address][source] if source < p.SOURCES else 0, int(at == p.COUNT - 1))
        for frame in frames
        for at, (source, address) in enumerate(p.table)
    ]
    rom = Rom(
        "table_address", "table_data", [(s << p.ADDRESS_BITS) | a for s, a in p.table], p.SELECT_BITS + p.ADDRESS_BITS
    )
    bench = Bench(dut, "rd_free", "rd_offset", "table_address", "out_take", "out_valid", "out_data", "out_last")
    await bench.reset(in_available=0, out_room=0, rd_data=0, table_data=0)
    waiting, pipeline, found, taken = list(frames), [0, 0], [], []
    for _ in range(30 * len(expected) + 50):
        available, room = bool(waiting) and not chance(idle), not chance(stall)
        seen = await bench.step(in_available=available, out_room=room, rd_data=pipeline[1], **rom.inputs())
        rom.see(seen)
        frame = waiting[0] if waiting else []
        word = pack(frame[seen.rd_offset], p.WIDTH) if seen.rd_offset < len(frame) else 0
        pipeline = [word, pipeline[0]]
        assert not seen.out_take or (available and room)
        if seen.out_take:
            taken.append(bench.cycle)
        if seen.out_valid:
            assert bench.cycle - taken[len(found)] == 4
            found.append((seen.out_data, seen.out_last))
        if seen.rd_free:
            waiting.pop(0)
    check_in_order(found, expected)
    assert not waiting
    if idle == stall == 0:
        assert taken[-1] - taken[0] == 5 * (p.COUNT + 1) - 2
