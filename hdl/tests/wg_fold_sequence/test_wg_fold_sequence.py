"""wg_fold_sequence: every word once, with flags for results and frames."""

import cocotb
import pytest
from hdl.tests.common import Bench, chance, check_in_order, parameters, simulate


@pytest.mark.slow
@pytest.mark.parametrize("window, results", [(1, 1), (1, 5), (4, 3), (7, 1)])
def test_wg_fold_sequence(tmp_path, window, results):
    simulate(tmp_path, "wg_fold_sequence", {"WINDOW": window, "RESULTS": results})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.6], stall=[0.0, 0.5])
async def every_word_once(dut, idle, stall):
    p = parameters()
    frame = [
        (at == 0, at == p.WINDOW - 1, at == p.WINDOW - 1 and number == p.RESULTS - 1)
        for number in range(p.RESULTS)
        for at in range(p.WINDOW)
    ]
    bench = Bench(
        dut, "rd_next", "out_take", "tap_soon", "soon_last", "tap_valid", "tap_first", "tap_last", "tap_frame"
    )
    await bench.reset(in_available=0, out_room=0)
    told, delayed, steps = [], [0, 0], 0
    for _ in range(500):
        available, room = not chance(idle), not chance(stall)
        seen = await bench.step(in_available=available, out_room=room)
        _, last, _ = frame[steps % len(frame)]
        assert seen.rd_next == (available and (room or not last)) and seen.out_take == (seen.rd_next and last)
        assert (seen.tap_soon, seen.tap_valid) == tuple(delayed)
        delayed = [seen.rd_next, delayed[0]]
        steps += seen.rd_next
        if seen.tap_valid:
            told.append((bool(seen.tap_first), bool(seen.tap_last), bool(seen.tap_frame)))
    check_in_order(told, (frame * 500)[: len(told)])
    assert steps - len(told) <= 2 and steps > 50
