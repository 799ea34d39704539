"""wg_frame_in: beats become one wide word; wrong frames are dropped and counted."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, Sink, Source, chance, check_in_order, draw, malformed_lengths, pack, parameters
from hdl.tests.common import simulate as run


@pytest.mark.slow
@pytest.mark.parametrize("bus, beats, width", [(8, 1, 3), (16, 5, 77), (128, 2, 256)])
def test_wg_frame_in(tmp_path, bus, beats, width):
    run(tmp_path, "wg_frame_in", {"BUS_WIDTH": bus, "BEATS": beats, "FRAME_WIDTH": width})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.4], stall=[0.0, 0.5, 0.95])
async def good_frames_come_out(dut, idle, stall):
    p = parameters()
    bench = Bench(dut, "s_axis_tready", "frame", "frame_valid", "err_frames")
    # Reset in the middle of a frame, while another one waits to be taken.
    await bench.reset(s_axis_tvalid=0, frame_ready=0)
    for at in range(p.BEATS + random.randint(0, p.BEATS)):
        await bench.step(s_axis_tvalid=1, s_axis_tlast=at == p.BEATS - 1, frame_ready=0, s_axis_tdata=0)
    await bench.reset(s_axis_tvalid=0)

    lengths = [p.BEATS] * 40 + malformed_lengths(p.BEATS, 80)
    frames = [[draw(p.BUS_WIDTH) for _ in range(length)] for length in lengths]
    good = [pack(frame, p.BUS_WIDTH) % 2**p.FRAME_WIDTH for frame in frames if len(frame) == p.BEATS]
    source = Source([(word, at == len(frame) - 1) for frame in frames for at, word in enumerate(frame)], idle)
    sink = Sink(stall)
    at, errors, due, start = 0, 0, False, bench.cycle
    while source.items or len(sink.items) < len(good):
        valid = source.valid
        word, last = source.head((draw(p.BUS_WIDTH), chance(0.5)))
        seen = await bench.step(
            s_axis_tvalid=valid, s_axis_tdata=word, s_axis_tlast=last, frame_ready=sink.draw_ready()
        )
        assert seen.err_frames == errors
        assert seen.frame_valid or not due, "a frame is there in the cycle after its last beat"
        assert seen.s_axis_tready or (at == p.BEATS - 1 and seen.frame_valid and not sink.ready), "needless wait"
        sink.see(seen.frame_valid, seen.frame)
        due = False
        if valid and seen.s_axis_tready:
            source.taken()
            at += 1
            if last:
                due, errors, at = at == p.BEATS, errors + (at != p.BEATS), 0
        if idle == stall == 0.0 and bench.cycle - start == 40 * p.BEATS + 1:
            assert len(sink.items) == 40, "one frame each BEATS cycles"
        assert bench.cycle < 100000, f"only {len(sink.items)} frames"
    for _ in range(5):
        sink.see((seen := await bench.step(s_axis_tvalid=0, frame_ready=sink.draw_ready())).frame_valid, seen.frame)
    check_in_order(sink.items, good)
