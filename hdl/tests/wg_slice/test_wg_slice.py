"""wg_slice: items pass in order, a cycle later, none lost; ready and valid are registers."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, Sink, Source, check_in_order, draw, parameters, simulate


@pytest.mark.slow
@pytest.mark.parametrize("width", [1, 65])
def test_wg_slice(tmp_path, width):
    simulate(tmp_path, "wg_slice", {"WIDTH": width})


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.4], stall=[0.0, 0.5, 0.95])
async def items_pass_in_order(dut, idle, stall):
    bench = Bench(dut, "in_ready", "out_item", "out_valid")
    await bench.reset(in_valid=0, out_ready=0)
    for _ in range(random.randint(1, 3)):
        await bench.step(in_valid=1, in_item=0, out_ready=0)
    await bench.reset(in_valid=0)

    items = [draw(parameters().WIDTH) for _ in range(100)]
    source, sink = Source(items, idle), Sink(stall)
    inside, start = 0, bench.cycle
    while len(sink.items) < len(items):
        valid = source.valid
        seen = await bench.step(
            in_valid=valid, in_item=source.head(draw(parameters().WIDTH)), out_ready=sink.draw_ready()
        )
        assert (seen.in_ready, seen.out_valid) == (inside < 2, inside > 0), f"{inside} items inside"
        left = sink.see(seen.out_valid, seen.out_item)
        entered = bool(valid and seen.in_ready)
        if entered:
            source.taken()
        inside += entered - bool(left)
        assert bench.cycle < 10000, f"only {len(sink.items)} items"
    if idle == stall == 0.0:
        assert bench.cycle - start == len(items) + 1, "one item each cycle, a cycle late"
    check_in_order(sink.items, items)
