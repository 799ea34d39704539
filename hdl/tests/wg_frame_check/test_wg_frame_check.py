"""wg_frame_check: verdicts on frames of the right and of every wrong length."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, chance, malformed_lengths, parameters, simulate


@pytest.mark.slow
@pytest.mark.parametrize("beats", [1, 5, 8])
def test_wg_frame_check(tmp_path, beats):
    simulate(tmp_path, "wg_frame_check", {"BEATS": beats})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def verdict_on_every_beat(dut, idle):
    p = parameters()
    bench = Bench(dut, "final_beat", "keep", "commit", "drop", "err_frames")
    for _ in range(3):
        await bench.reset(beat=chance(0.5), last=chance(0.5))
        errors = 0
        for length in malformed_lengths(p.BEATS, 80):
            at = 0
            while at < length:
                beat = not chance(idle)
                last = at == length - 1 if beat else chance(0.5)
                seen = await bench.step(rst=0, beat=beat, last=last)
                assert seen.err_frames == errors
                assert seen.final_beat == (at == p.BEATS - 1)
                assert seen.keep == (beat and at < p.BEATS)
                assert seen.commit == (beat and last and length == p.BEATS)
                assert seen.drop == (beat and last and length != p.BEATS)
                errors += seen.drop
                at += beat
        # The next reset comes in the middle of a frame.
        for _ in range(random.randint(0, 2 * p.BEATS)):
            await bench.step(rst=0, beat=1, last=0)
