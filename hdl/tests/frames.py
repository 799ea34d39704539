"""For stages of the folded architecture: frame buffers and tables as they see them, and checks of whole frames."""

import itertools
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace

from hdl.tests.common import Bench, Sink, chance, check_in_order

Frame = Sequence[int]


class Frames:
    """Frame buffer as a reader sees it: `in_full`, and data one cycle after the address. Other addresses give noise."""

    def __init__(self, frames: Iterable[Frame], width: int, idle: float = 0.0):
        self.frames, self.width, self.idle = deque(frames), width, idle
        self.full, self.data = False, 0

    def inputs(self) -> dict:
        self.full = bool(self.frames) and (self.full or not chance(self.idle))
        return {"in_full": self.full, "rd_data": self.data}

    def see(self, seen: SimpleNamespace) -> None:
        if getattr(seen, "rd_enable", 1):
            frame = self.frames[0] if self.frames else []
            self.data = frame[seen.rd_address] if seen.rd_address < len(frame) else random.getrandbits(self.width)
        if seen.in_release:
            assert self.full, "release of a frame that is not there"
            self.frames.popleft()
            self.full = False if chance(self.idle) else bool(self.frames)


class Rom:
    """Table with one cycle of latency. Other addresses give noise."""

    def __init__(self, address: str, data: str, words: Sequence[int], width: int):
        self.address, self.name, self.words, self.width, self.data = address, data, words, width, 0

    def inputs(self) -> dict:
        return {self.name: self.data}

    def see(self, seen: SimpleNamespace) -> None:
        at = getattr(seen, self.address)
        self.data = self.words[at] if at < len(self.words) else random.getrandbits(self.width)


class Stage:
    """A stage on the bench, with the memories that it reads."""

    def __init__(self, dut, outputs: Sequence[str], read_width: int, roms: Sequence[Rom] = ()):
        self.bench = Bench(dut, "in_release", "rd_address", *outputs, *(rom.address for rom in roms))
        self.read_width, self.roms, self.source = read_width, roms, Frames([], read_width)
        self.was_full = False

    @property
    def cycle(self) -> int:
        return self.bench.cycle

    def load(self, frames: Iterable[Frame], idle: float = 0.0) -> None:
        self.source = Frames(frames, self.read_width, idle)

    async def step(self, rst: bool = False, **inputs: int) -> SimpleNamespace:
        for port in (self.source, *self.roms):
            inputs.update(port.inputs())
        self.was_full = bool(inputs["in_full"])
        seen = await self.bench.step(rst=rst, **inputs)
        if not rst:
            for port in (self.source, *self.roms):
                port.see(seen)
        return seen

    async def cut_off(self, frame: Frame, cycles: int, **inputs: int) -> None:
        """A frame that a reset ends after some cycles; nothing of it may be seen later."""
        await self.step(rst=True, **inputs)
        self.load([frame])
        for _ in range(cycles):
            await self.step(**inputs)
        self.load([])
        for _ in range(random.randint(1, 3)):
            await self.step(rst=True, **inputs)


async def check_fold(
    dut,
    make: Callable[[], Frame],
    model: Callable[[Frame], Sequence[int]],
    interval: int,
    read_width: int,
    idle: float,
    stall: float,
    roms: Sequence[Rom] = (),
    frames: int = 6,
) -> None:
    """A stage from frame buffer to frame buffer: words, order, `out_last`, release, latency and interval."""
    stage = Stage(dut, ("out_valid", "out_data", "out_last"), read_width, roms)
    await stage.cut_off(make(), random.randint(2, interval), out_free=1)
    sent = [list(make()) for _ in range(frames)]
    stage.load(sent, idle)
    for frame in sent:
        words, cycles = await one_frame(stage, stall, frames * (interval + 100))
        check_in_order(words, model(frame))
        assert cycles == interval, f"{cycles} cycles, expected {interval}"
    for _ in range(interval + 10):
        seen = await stage.step(out_free=1)
        assert not seen.out_valid and not seen.in_release, "output without a frame"


async def one_frame(stage: Stage, stall: float, limit: int) -> tuple[list[int], int]:
    """The next frame's words, and the cycles that the stage was busy with it."""
    words, began = [], None
    for _ in range(limit):
        free = not chance(stall)
        seen = await stage.step(out_free=free)
        if began is None and stage.was_full and free:
            began = stage.cycle - 1
        assert seen.in_release == seen.out_last, "a frame is released with its last word"
        assert seen.out_valid or not seen.out_last
        if seen.out_valid:
            assert began is not None, "a word before there was a frame and a free bank"
            words.append(seen.out_data)
        if seen.out_last:
            return words, stage.cycle - began
    raise AssertionError(f"no frame in {limit} cycles")


async def check_send(
    dut,
    make: Callable[[], Frame],
    model: Callable[[Frame], Sequence[int]],
    first_beat: int,
    interval: int,
    read_width: int,
    idle: float,
    stall: float,
    frames: int = 12,
) -> None:
    """A stage from frame buffer to AXI4-Stream: beats, `tlast`, hold, release, latency and interval.

    `first_beat`: cycles from the frame's arrival to its first beat, counted without idle cycles and stalls, as is
    `interval`, cycles from a frame's last beat to the next one's.
    """
    outputs = ["m_axis_tdata", "m_axis_tvalid", "m_axis_tlast", *(["rd_enable"] if hasattr(dut, "rd_enable") else [])]
    stage, sink = Stage(dut, outputs, read_width), Sink(stall)
    await stage.cut_off(make(), random.randint(2, interval), m_axis_tready=0)
    sent = [list(make()) for _ in range(frames)]
    stage.load(sent, idle)
    expected = []
    for frame in sent:
        beats = model(frame)
        expected += [(beat, int(at == len(beats) - 1)) for at, beat in enumerate(beats)]
    began, transfers = stage.cycle, []
    for _ in range(frames * (interval + 20) * 20):
        seen = await stage.step(m_axis_tready=sink.draw_ready())
        if sink.see(seen.m_axis_tvalid, (seen.m_axis_tdata, seen.m_axis_tlast)):
            transfers.append(stage.cycle)
        assert seen.in_release == bool(transfers and transfers[-1] == stage.cycle and seen.m_axis_tlast)
    check_in_order(sink.items, expected)
    if idle == 0 and stall == 0:
        assert transfers[0] - began == first_beat, f"first beat after {transfers[0] - began} cycles"
        ends = [cycle for cycle, (_, last) in zip(transfers, expected, strict=True) if last]
        assert {after - ahead for ahead, after in itertools.pairwise(ends)} == {interval}
