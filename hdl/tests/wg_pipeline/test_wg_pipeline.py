"""wg_pipeline: items pass a datapath that advances as a whole, in order, none lost, at most one each INTERVAL."""

import itertools

import cocotb
import pytest
from hdl.tests.common import Bench, Sink, Source, chance, check_in_order, parameters, simulate


@pytest.mark.slow
@pytest.mark.parametrize("stages, interval", [(0, 1), (1, 1), (5, 1), (4, 7), (67, 3)])
def test_wg_pipeline(tmp_path, stages, interval):
    simulate(tmp_path, "wg_pipeline", {"STAGES": stages, "INTERVAL": interval})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5], stall=[0.0, 0.5, 0.9])
async def items_pass_in_order(dut, idle, stall):
    p = parameters()
    bench = Bench(dut, "in_ready", "out_valid", "advance")
    sink = Sink(stall)
    await bench.reset(in_valid=0, out_ready=0)
    # The datapath: one register for each stage, None where no item is.
    stages = [None] * p.STAGES
    since = p.INTERVAL
    entered, times, entries = [], [], []
    source = Source(range(1000), idle)
    reset_at = 5 * (p.STAGES + p.INTERVAL)
    last_offer = reset_at + 60 * max(p.INTERVAL, 4)
    for cycle in itertools.count():
        if cycle == reset_at and p.STAGES:
            await bench.reset(in_valid=chance(0.5), out_ready=chance(0.5))
            check_in_order(sink.items, entered[: len(sink.items)])
            assert len(entered) - len(sink.items) == sum(item is not None for item in stages)
            sink.reset()
            stages, since, entered, times, entries = [None] * p.STAGES, p.INTERVAL, [], [], []
        # Nothing new after the last offer; one that stands is held until it is taken.
        offered = source.offered or (cycle < last_offer and source.valid)
        seen = await bench.step(in_valid=offered, out_ready=sink.draw_ready())
        item = source.head(None) if offered else None
        arrived = stages[-1] if stages else item
        assert seen.out_valid == (arrived is not None), f"cycle {cycle}"
        if sink.see(seen.out_valid, arrived):
            times.append(cycle)
        assert seen.advance == (not seen.out_valid or sink.ready)
        assert seen.in_ready == (seen.advance and (since >= p.INTERVAL or not p.STAGES)), f"cycle {cycle}"
        take = offered and bool(seen.in_ready)
        since = 1 if take else since + 1
        if take:
            source.taken()
            entered.append(item)
            entries.append(cycle)
        if seen.advance:
            stages = [item if take else None, *stages][: p.STAGES]
        if cycle > last_offer and not source.offered and len(sink.items) == len(entered):
            break
        assert cycle < 20000, "items stay inside"
    assert len(entered) > 5
    if idle == stall == 0.0:
        assert {after - before for before, after in itertools.pairwise(times)} == {p.INTERVAL if p.STAGES else 1}
        assert {out - into for into, out in zip(entries, times, strict=True)} == {p.STAGES}
    for _ in range(p.STAGES + 5):
        assert not (await bench.step(in_valid=0, out_ready=1)).out_valid, "surplus item"
    check_in_order(sink.items, entered)
