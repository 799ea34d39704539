"""For stages of the folded architecture: tables, streams of words as a reader hands them on, buffers as a sender sees them."""

import itertools
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

from hdl.tests.common import Bench, Sink, chance, check_in_order


class Rom:
    """Table with one cycle of latency. Other addresses give noise."""

    def __init__(self, address: str, data: str, words: Sequence[int], width: int):
        self.address, self.name, self.words, self.width, self.data = address, data, words, width, 0

    def inputs(self) -> dict:
        return {self.name: self.data}

    def see(self, seen: SimpleNamespace) -> None:
        at = getattr(seen, self.address)
        self.data = self.words[at] if at < len(self.words) else random.getrandbits(self.width)


@dataclass
class Tap:
    """One word as a reader hands it on: its inputs, the flags of the cycle before, and the result that it completes."""

    inputs: dict
    soon: dict = field(default_factory=dict)
    result: int | None = None
    frame: bool = False


async def check_taps(
    dut,
    taps: Sequence[Tap],
    latency: int,
    idle: float,
    roms: Sequence[Rom] = (),
    also: Callable[[SimpleNamespace], dict] | None = None,
    watch: Sequence[str] = (),
) -> None:
    """Words with random gaps through a stage: every result, in its cycle, and `out_last` with the frame's last one.

    `also`: more inputs for the next cycle, from the outputs seen in this one.
    """
    ports = {name for tap in taps for name in tap.inputs}
    bench = Bench(dut, "out_valid", "out_data", "out_last", *(rom.address for rom in roms), *watch)
    quiet = {name: 0 for name in (*ports, *{n for t in taps for n in t.soon})}
    await bench.reset(**quiet)
    waiting, now, due, more = deque(taps), None, {}, {}
    while waiting or now or due:
        ahead = waiting.popleft() if waiting and not chance(idle) else None
        inputs = {**quiet, **(now.inputs if now else {}), **(ahead.soon if ahead else {}), **more}
        if now and now.result is not None:
            due[bench.cycle + latency] = (now.result, int(now.frame))
        for rom in roms:
            inputs |= rom.inputs()
        seen = await bench.step(**inputs)
        for rom in roms:
            rom.see(seen)
        expected = due.pop(bench.cycle - 1, None)
        found = (seen.out_data, seen.out_last) if seen.out_valid else None
        assert found == expected, f"cycle {bench.cycle}: {found}, expected {expected}"
        more = also(seen) if also else {}
        now = ahead


async def check_send(
    dut, frames: Iterable[Sequence[int]], model: Callable[[Sequence[int]], Sequence[int]], first_beat: int, interval: int,
    idle: float, stall: float,
) -> None:  # fmt: skip
    """A stage from a buffer that is read in order to AXI4-Stream: beats, `tlast`, hold, latency and interval.

    The buffer's data come two enabled cycles after the word is asked for.
    """
    frames = [list(frame) for frame in frames]
    words, pipeline = deque(word for frame in frames for word in frame), [0, 0]
    stalls = hasattr(dut, "rd_enable")
    outputs = ["rd_next", "m_axis_tdata", "m_axis_tvalid", "m_axis_tlast", *(["rd_enable"] if stalls else [])]
    bench, sink = Bench(dut, *outputs), Sink(stall)
    await bench.reset(in_available=0, m_axis_tready=0, rd_data=0)
    expected = [
        (beat, int(at == len(beats) - 1))
        for frame in frames
        for beats in [model(frame)]
        for at, beat in enumerate(beats)
    ]
    asked, transfers = [], []
    for _ in range(40 * len(words) + 200):
        available = bool(words) and not chance(idle)
        seen = await bench.step(in_available=available, m_axis_tready=sink.draw_ready(), rd_data=pipeline[1])
        if sink.see(seen.m_axis_tvalid, (seen.m_axis_tdata, seen.m_axis_tlast)):
            transfers.append(bench.cycle)
        assert available or not seen.rd_next, "a word that is not there"
        if getattr(seen, "rd_enable", 1):
            pipeline = [words[0] if words else 0, pipeline[0]]
        if seen.rd_next:
            asked.append(bench.cycle)
            words.popleft()
    check_in_order(sink.items, expected)
    if idle == 0 and stall == 0:
        assert transfers[0] - asked[0] == first_beat
        ends = [cycle for cycle, (_, last) in zip(transfers, expected, strict=True) if last]
        assert {after - before for before, after in itertools.pairwise(ends)} == {interval}
