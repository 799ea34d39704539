"""wg_walker: addresses of all taps in order, two cycles after `start`, without a gap."""

import random

import cocotb
import pytest
from hdl.tests.common import Bench, check_in_order, parameters, simulate
from hdl.tests.windows import ONE, PADDED, STRIDED, address_bits, positions, taps


@pytest.mark.slow
@pytest.mark.parametrize(
    "geometry, chunks, passes, by_channel",
    [(ONE, 1, 1, 0), (PADDED, 3, 2, 0), (STRIDED, 3, 3, 1)],
    ids=["one", "padded", "strided by channel"],
)
def test_wg_walker(tmp_path, geometry, chunks, passes, by_channel):
    bits = address_bits(geometry["HEIGHT"] * geometry["WIDTH"] * chunks)
    simulate(
        tmp_path,
        "wg_walker",
        {**geometry, "CHUNKS": chunks, "PASSES": passes, "BY_CHANNEL": by_channel, "ADDRESS_BITS": bits},
    )


def walk(p):
    """(address or None in the padding, first, last, final) of every word."""
    words = []
    for oy, ox in positions(p):
        for number in range(p.PASSES):
            window = []
            for y, x, inside in taps(p, oy, ox):
                for chunk in [number] if p.BY_CHANNEL else range(p.CHUNKS):
                    window.append((y * p.WIDTH + x) * p.CHUNKS + chunk if inside else None)
            words += [(word, at == 0, at == len(window) - 1) for at, word in enumerate(window)]
    return [(*word, at == len(words) - 1) for at, word in enumerate(words)]


@cocotb.test()
async def every_tap_in_order(dut):
    p = parameters()
    expected = walk(p)
    bench = Bench(dut, "busy", "valid", "address", "inside_map", "first", "last", "final_word")
    await bench.reset(start=0)
    for _ in range(6):
        # A frame that a reset cuts off, at the start or anywhere.
        await bench.step(start=1)
        for _ in range(random.randint(0, len(expected) + 2)):
            await bench.step(start=0)
        await bench.reset(start=0)
        for _ in range(3):
            seen = await bench.step(start=0)
            assert not seen.busy and not seen.valid
        # A frame as the next one follows it, with idle cycles or at once.
        for _ in range(random.choice([1, 2])):
            await bench.step(start=1)
            seen = await bench.step(start=0)
            assert seen.busy and not seen.valid, "the first address comes two cycles after start"
            words = []
            for left in range(len(expected), 0, -1):
                seen = await bench.step(start=0)
                assert seen.valid, "no gap"
                assert seen.busy == (left > 1)
                inside = seen.address if seen.inside_map else None
                words.append((inside, bool(seen.first), bool(seen.last), bool(seen.final_word)))
            check_in_order(words, expected)
            for _ in range(random.choice([0, 1, 5])):
                assert not (await bench.step(start=0)).valid, "surplus address"
