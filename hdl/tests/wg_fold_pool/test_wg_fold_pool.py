"""wg_fold_pool: largest element or sum of the words of each window; padding never counts."""

import random

import cocotb
import pytest
from hdl.tests.common import chance, draws, pack, parameters, simulate, unpack
from hdl.tests.frames import Tap, check_taps


@pytest.mark.slow
@pytest.mark.parametrize(
    "lanes, in_width, result_width, signed, largest",
    [(1, 1, 1, 0, 1), (3, 1, 1, 0, 1), (2, 4, 6, 1, 1), (1, 3, 7, 1, 0)],
    ids=["one", "or of spikes", "largest of signed words", "sum"],
)
def test_wg_fold_pool(tmp_path, lanes, in_width, result_width, signed, largest):
    names = ("LANES", "IN_WIDTH", "RESULT_WIDTH", "SIGNED", "LARGEST")
    simulate(tmp_path, "wg_fold_pool", dict(zip(names, (lanes, in_width, result_width, signed, largest), strict=True)))


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6])
async def windows_are_pooled(dut, idle):
    p = parameters()
    lowest = -(1 << (p.RESULT_WIDTH - 1)) if p.SIGNED else 0
    taps = []
    for _ in range(60):
        size, columns = random.randint(1, 5), [[] for _ in range(p.LANES)]
        for at in range(size):
            word, inside = pack(draws(p.LANES, p.IN_WIDTH), p.IN_WIDTH), not chance(0.3)
            if inside:
                for column, element in zip(columns, unpack(word, p.IN_WIDTH, p.LANES, bool(p.SIGNED)), strict=True):
                    column.append(element)
            flags = {"tap_first": at == 0, "tap_last": at == size - 1, "tap_frame": at == size - 1 and chance(0.2)}
            taps.append(Tap({"tap_valid": 1, "tap_inside": inside, "rd_data": word, **flags}, frame=flags["tap_frame"]))
        results = (max(c, default=lowest) if p.LARGEST else sum(c) for c in columns)
        taps[-1].result = pack(results, p.RESULT_WIDTH)
    await check_taps(dut, taps, latency=1, idle=idle)
