"""wg_frame_out: a wide word leaves as beats, low bits first, without a gap."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, Sink, Source, check_in_order, draw, pack, parameters, simulate, unpack


@pytest.mark.slow
@pytest.mark.parametrize("bus, beats", [(8, 1), (8, 5), (72, 4)])
def test_wg_frame_out(tmp_path, bus, beats):
    simulate(tmp_path, "wg_frame_out", {"BUS_WIDTH": bus, "BEATS": beats})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.4], stall=[0.0, 0.5, 0.95])
async def frames_leave_in_beats(dut, idle, stall):
    p = parameters()
    bench = Bench(dut, "frame_ready", "m_axis_tdata", "m_axis_tvalid", "m_axis_tlast")
    await bench.reset(frame_valid=0, m_axis_tready=0)
    for _ in range(random.randint(1, 2 * p.BEATS)):
        await bench.step(frame_valid=1, frame=0, m_axis_tready=1)
    await bench.reset(frame_valid=0)

    frames = [pack([draw(p.BUS_WIDTH) for _ in range(p.BEATS)], p.BUS_WIDTH) for _ in range(40)]
    expected = [
        (word, int(at == p.BEATS - 1))
        for frame in frames
        for at, word in enumerate(unpack(frame, p.BUS_WIDTH, p.BEATS))
    ]
    source, sink = Source(frames, idle), Sink(stall)
    due, start = False, bench.cycle
    while len(sink.items) < len(expected):
        valid = source.valid
        noise = random.getrandbits(p.BUS_WIDTH * p.BEATS)
        seen = await bench.step(frame_valid=valid, frame=source.head(noise), m_axis_tready=sink.draw_ready())
        assert seen.m_axis_tvalid or not due, "the first beat comes in the cycle after the frame"
        sink.see(seen.m_axis_tvalid, (seen.m_axis_tdata, seen.m_axis_tlast))
        due = bool(valid and seen.frame_ready)
        if due:
            source.taken()
        assert bench.cycle < 100000, f"only {len(sink.items)} beats"
    if idle == stall == 0.0:
        assert bench.cycle - start == 40 * p.BEATS + 1, "no gap between frames"
    for _ in range(2 * p.BEATS + 5):
        seen = await bench.step(frame_valid=0, m_axis_tready=sink.draw_ready())
        sink.see(seen.m_axis_tvalid, (seen.m_axis_tdata, seen.m_axis_tlast))
    check_in_order(sink.items, expected)
