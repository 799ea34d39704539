"""wg_receive: beats go to the buffers while they have room; wrong frames are dropped whole."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, Source, chance, check_in_order, draw, malformed_lengths, parameters, simulate


@pytest.mark.slow
@pytest.mark.parametrize("bus, beats", [(8, 1), (128, 6)])
def test_wg_receive(tmp_path, bus, beats):
    simulate(tmp_path, "wg_receive", {"BUS_WIDTH": bus, "BEATS": beats})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.4], stall=[0.0, 0.6])
async def good_frames_are_written(dut, idle, stall):
    p = parameters()
    bench = Bench(dut, "s_axis_tready", "out_valid", "out_data", "out_last", "out_drop", "err_frames")
    await bench.reset(s_axis_tvalid=0, out_free=0)
    for _ in range(random.randint(0, 2 * p.BEATS)):
        await bench.step(s_axis_tvalid=1, s_axis_tlast=0, out_free=1, s_axis_tdata=0)
    await bench.reset(s_axis_tvalid=1, s_axis_tlast=1, out_free=1)

    frames = [[draw(p.BUS_WIDTH) for _ in range(length)] for length in malformed_lengths(p.BEATS, 80)]
    source = Source([(word, at == len(frame) - 1) for frame in frames for at, word in enumerate(frame)], idle)
    written, current, at, errors = [], [], 0, 0
    while source.items:
        valid, free = source.valid, not chance(stall)
        word, last = source.head((draw(p.BUS_WIDTH), chance(0.5)))
        seen = await bench.step(s_axis_tvalid=valid, s_axis_tdata=word, s_axis_tlast=last, out_free=free)
        assert seen.s_axis_tready == free
        assert seen.err_frames == errors
        beat = valid and free
        assert seen.out_valid == (beat and at < p.BEATS), "no word past the expected length, none without a beat"
        assert beat or not (seen.out_last or seen.out_drop)
        if seen.out_valid:
            assert seen.out_data == word
            current.append(seen.out_data)
        if seen.out_last:
            written.append(current)
        if seen.out_last or seen.out_drop:
            current = []
        errors += seen.out_drop
        if beat:
            source.taken()
            at = 0 if last else at + 1
    check_in_order(written, [frame for frame in frames if len(frame) == p.BEATS])
    assert errors == sum(len(frame) != p.BEATS for frame in frames)
