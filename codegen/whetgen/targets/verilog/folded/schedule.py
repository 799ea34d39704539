"""When everything happens: closed formulas for latency, interval and the room that each buffer needs.

A layer's busy cycle n of a frame takes place at ``n + M(n)``, where M is the running maximum over the words that it has
needed so far:

    M(n) = max over m <= n of (available(word needed in m) - m)

which is all there is in an idle network: the first frame. In a full one a frame comes every ``interval`` cycles,

    interval = max of the input's beats, the output's cycles and every layer's busy cycles

and a layer may still be busy with the frame before: ``M'(n) = max(M(n), M(last) - (interval - busy))``. A word is
available the cycle after the one that completes it in memory, and a frame begins with its first word. Freed room can be
taken two cycles after the word's last use. ``docs/explanation/folding.md`` has an example.

Each buffer holds the largest number of words that either schedule asks for. So nothing ever waits for room while
nothing stalls: the formulas are exact. And no back-pressure can deadlock: layers and buffers form a marked
graph, which is live under any delays where one schedule exists that never stops, and the second one is such a schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whetgen.targets.verilog.folded.buffers import StreamBuffer
from whetgen.targets.verilog.folded.timetable import Timetable

AVAILABLE = 1  # cycles from a write to the first cycle that can ask for it
REUSABLE = 2  # cycles from a word's last use to the first cycle that can take its room


@dataclass(frozen=True)
class Times:
    """Cycles, of the first frame and of a frame in a full network: (words,) each, in order."""

    first: np.ndarray
    steady: np.ndarray

    def shifted(self, cycles: int) -> Times:
        return Times(self.first + cycles, self.steady + cycles)

    def at(self, index: np.ndarray) -> Times:
        return Times(self.first[index], self.steady[index])


@dataclass(frozen=True, kw_only=True)
class Span:
    """When a layer is at work on a frame that comes in from cycle 0 on, as (first cycle, last cycle).

    ``first``: on the first frame; ``steady``: on one in a full network.
    """

    layer: str
    first: tuple[int, int]
    steady: tuple[int, int]


@dataclass(frozen=True)
class Busy:
    """When a layer's busy cycles take place: ``n + ahead(n)`` with a step function over ``need_at``."""

    need_at: np.ndarray
    ahead: Times

    def at(self, cycles: np.ndarray) -> Times:
        index = np.searchsorted(self.need_at, cycles, side="right") - 1
        return Times(cycles + self.ahead.first[index], cycles + self.ahead.steady[index])

    def span(self, layer: str, busy: int) -> Span:
        """Of all ``busy`` cycles of a frame."""
        ends = self.at(np.array([0, busy - 1]))
        (first, last), (steady_first, steady_last) = ends.first.tolist(), ends.steady.tolist()
        return Span(layer=layer, first=(first, last), steady=(steady_first, steady_last))


def available(buffer: StreamBuffer, written: Times) -> Times:
    """When each memory word can be asked for; ``written``: when the writer's words are."""
    ends = buffer.last_writes()
    return written.at(np.full_like(ends, buffer.writes - 1) if buffer.commit else ends).shifted(AVAILABLE)


def busy_times(walks: Sequence[Timetable], sources: Sequence[Times], interval: int) -> Busy:
    """``sources``: of each walk, when its memory words are available."""
    need_at = np.concatenate([w.need_at for w in walks])
    order = np.argsort(need_at, kind="stable")
    need_at = need_at[order]

    def ahead(ready: list[np.ndarray]) -> np.ndarray:
        waits = np.concatenate([r[w.need_word] for w, r in zip(walks, ready, strict=True)])[order]
        return np.maximum.accumulate(waits - need_at)

    first = ahead([s.first for s in sources])
    steady = ahead([s.steady for s in sources])
    return Busy(need_at, Times(first, np.maximum(steady, steady[-1] - (interval - walks[0].busy))))


def depth(buffer: StreamBuffer, taken: Times, freed: Times, interval: int) -> int:
    """Memory words of the buffer. ``taken``: when room for each written word is taken; ``freed``: last use of each memory word."""
    taken, freed = taken.at(buffer.first_writes()), freed.shifted(REUSABLE)
    number = np.arange(buffer.words) + 1
    first = number - np.searchsorted(freed.first, taken.first, side="right")
    steady = number - np.searchsorted(freed.steady, taken.steady, side="right")
    late = taken.steady
    while True:
        late = late + interval
        waiting = buffer.words - np.searchsorted(freed.steady, late, side="right")
        if not waiting.any():
            return int(max(first.max(), steady.max()))
        steady = steady + waiting
