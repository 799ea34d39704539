"""wg_fold_pool: largest element or sum of each window, some channels a cycle; padding never counts."""

import cocotb
import pytest
from hdl.tests.common import draws, pack, parameters, simulate, unpack
from hdl.tests.frames import check_fold
from hdl.tests.windows import ONE, PADDED, STRIDED, address_bits, positions, taps


@pytest.mark.slow
@pytest.mark.parametrize(
    "geometry, chunks, lanes, in_width, result_width, signed, largest",
    [
        (ONE, 1, 1, 1, 1, 0, 1),
        (PADDED, 2, 3, 1, 1, 0, 1),
        (PADDED, 1, 2, 4, 6, 1, 1),
        (STRIDED, 2, 1, 3, 7, 1, 0),
    ],
    ids=["one", "or of spikes", "largest of signed words", "sum"],
)
def test_wg_fold_pool(tmp_path, geometry, chunks, lanes, in_width, result_width, signed, largest):
    simulate(
        tmp_path,
        "wg_fold_pool",
        {
            **geometry,
            "CHUNKS": chunks,
            "PASSES": chunks,
            "LANES": lanes,
            "IN_WIDTH": in_width,
            "RESULT_WIDTH": result_width,
            "SIGNED": signed,
            "LARGEST": largest,
            "ADDRESS_BITS": address_bits(geometry["HEIGHT"] * geometry["WIDTH"] * chunks),
        },
    )


def pooled(p, frame, oy, ox, chunk):
    """One word of results: the window at (oy, ox) of the channels of a chunk."""
    lowest = -(1 << (p.RESULT_WIDTH - 1)) if p.SIGNED else 0
    columns = [[] for _ in range(p.LANES)]
    for y, x, inside in taps(p, oy, ox):
        if inside:
            word = frame[(y * p.WIDTH + x) * p.CHUNKS + chunk]
            for column, element in zip(columns, unpack(word, p.IN_WIDTH, p.LANES, bool(p.SIGNED)), strict=True):
                column.append(element)
    return pack((max(column, default=lowest) if p.LARGEST else sum(column) for column in columns), p.RESULT_WIDTH)


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def windows_are_pooled(dut, idle, stall):
    p = parameters()
    words = p.HEIGHT * p.WIDTH * p.CHUNKS
    await check_fold(
        dut,
        make=lambda: [pack(draws(p.LANES, p.IN_WIDTH), p.IN_WIDTH) for _ in range(words)],
        model=lambda frame: [pooled(p, frame, oy, ox, chunk) for oy, ox in positions(p) for chunk in range(p.CHUNKS)],
        interval=p.OUT_HEIGHT * p.OUT_WIDTH * p.CHUNKS * p.KERNEL_Y * p.KERNEL_X + 4,
        read_width=p.LANES * p.IN_WIDTH,
        idle=idle,
        stall=stall,
    )
