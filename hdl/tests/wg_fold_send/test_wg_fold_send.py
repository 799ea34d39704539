"""wg_fold_send: a frame's words as beats, widened to the bus."""

import cocotb
import pytest
from hdl.tests.common import as_signed, draws, parameters, simulate
from hdl.tests.frames import check_send


@pytest.mark.slow
@pytest.mark.parametrize("beats, width, signed, bus_width", [(1, 1, 0, 8), (5, 6, 1, 32), (7, 64, 0, 64)])
def test_wg_fold_send(tmp_path, beats, width, signed, bus_width):
    simulate(tmp_path, "wg_fold_send", {"BEATS": beats, "WIDTH": width, "SIGNED": signed, "BUS_WIDTH": bus_width})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def every_word_is_a_beat(dut, idle, stall):
    p = parameters()

    def model(frame):
        return [as_signed(word, p.WIDTH, bool(p.SIGNED)) % 2**p.BUS_WIDTH for word in frame]

    await check_send(dut, [draws(p.BEATS, p.WIDTH) for _ in range(12)], model, 2, p.BEATS, idle, stall)
