"""wg_fold_argmax: index of a frame's largest element, the lowest one winning ties."""

import cocotb
import pytest
from hdl.tests.common import as_signed, draws, parameters, simulate
from hdl.tests.frames import check_send


@pytest.mark.slow
@pytest.mark.parametrize(
    "count, width, signed, bus_width", [(1, 3, 1, 8), (10, 2, 0, 8), (257, 1, 0, 16), (6, 66, 1, 8)]
)
def test_wg_fold_argmax(tmp_path, count, width, signed, bus_width):
    simulate(tmp_path, "wg_fold_argmax", {"COUNT": count, "WIDTH": width, "SIGNED": signed, "BUS_WIDTH": bus_width})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def first_of_the_largest_wins(dut, idle, stall):
    p = parameters()

    def model(frame):
        scores = [as_signed(word, p.WIDTH, bool(p.SIGNED)) for word in frame]
        return [scores.index(max(scores))]

    frames = [draws(p.COUNT, p.WIDTH) for _ in range(5 if p.COUNT < 100 else 2)]
    await check_send(dut, frames, model, p.COUNT + 2, max(p.COUNT, 4), idle, stall)
