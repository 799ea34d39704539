"""Many bits to the operands of one chain by carry chains alone, which take fewer LUTs for a bit than counters, and more CARRY4s.

Three positions of a chain take seven bits of a column, the carry, a plain bit and the count of five others, and a plain bit of each of
the next two columns: nine bits become four for three LUTs, five less, where a counter of six bits has three less. Above a tall column
there is nothing at first; so a half of it begins with four less, and what these chains make is beside the other half in the next::

    column    4  2  1            4  2  1                     8  4  2  1
                    14   chain         7    chain, with
                         of 7    1  1  1    1  1  and 7      1  1  1  2

The columns that are left are too low for that; there the chain goes next that is the last one needed, or else takes most bits for a LUT.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from whetgen.targets.verilog.logic.circuit import CHAIN_ROOM, FALSE, Circuit, Literal
from whetgen.targets.verilog.logic.columns import Columns, inverted, word
from whetgen.targets.verilog.logic.last_chain import Chain, chain_of

_SPAN = {CHAIN_ROOM: 3, 3: 2, 1: 1}  # positions that a count of so many bits reaches over
_TALL = CHAIN_ROOM + 2  # bits of a column that three positions take
_MOST_BLOCKS = 3
_STARTS = 2  # columns that a chain is tried from, the lowest that have several bits


def chains_first(columns: Columns) -> Chain:
    """Level by level, until one chain can add what is there."""
    level = 0
    while (last := chain_of(columns)) is None:
        if _fed(columns, level):
            continue
        if _more_to_come(columns, level):
            level += 1
        elif not _begun(columns, level):
            _best(columns).take(columns, level)
    return last


@dataclass(frozen=True)
class _Move:
    """A chain from column ``start`` on; ``blocks``: of each count in its LUTs, how many bits it takes at most."""

    start: int
    blocks: tuple[int, ...]

    @property
    def positions(self) -> int:
        return sum(_SPAN[block] for block in self.blocks)

    def take(self, columns: Columns, level: int) -> None:
        """Bits that are ready leave their columns, and those of their sum enter."""
        bits = _Ready(columns, self.start, level)
        carry = bits.plain(0) if bits.height(0) > 2 else FALSE
        left: list[Literal] = []
        right: list[Literal] = []
        for block in self.blocks:
            place, span = len(left), _SPAN[block]
            left += [bits.plain(place + k) for k in range(span)]
            right += word(bits.counted(place, block, (1 << span) - 1), span)
        kept = min(len(left), columns.width - self.start)
        for k in range(kept, len(left)):
            columns.put(left[k], self.start + k)
            columns.put(right[k], self.start + k)
        total = columns.circuit.chain(left[:kept], right[:kept], carry) if carry or any(left) else tuple(right[:kept])
        for k, bit in enumerate(total[: bits.highest.bit_length()]):
            columns.put(bit, self.start + k)


class _Ready:
    """Bits from a column on that can be taken. ``highest``: what those that were taken add up to at most."""

    def __init__(self, columns: Columns, start: int, level: int):
        self.columns, self.start, self.level = columns, start, level
        self.highest = 0

    def height(self, position: int) -> int:
        return len(self.columns.ready(self.start + position, self.level))

    def plain(self, position: int) -> Literal:
        """A plain bit, FALSE where there is none."""
        found = [b for b in self.columns.ready(self.start + position, self.level) if not b & 1][:1]
        return self._taken(position, found)[0] if found else FALSE

    def counted(self, position: int, most: int, highest: int) -> tuple[Literal, ...]:
        """The number of up to ``most`` bits, inverted ones first, and of the constant's bit where that stays within ``highest``."""
        some = sorted(self.columns.ready(self.start + position, self.level), key=inverted)[::-1][:most]
        found = self._taken(position, some)
        if len(some) < highest:
            constant = self.columns.constant_bit(self.start + position)
            self.highest += constant << position
            found = [*found, constant]
        return self.columns.circuit.count(found) if any(found) else ()

    def _taken(self, position: int, some: list[Literal]) -> list[Literal]:
        self.columns.take(self.start + position, some)
        self.highest += len(some) << position
        return some


# In the order in which they are preferred: shorter ones first.
_CHAINS = sorted(
    (blocks for count in range(1, _MOST_BLOCKS + 1) for blocks in product(_SPAN, repeat=count) if blocks != (1,)),
    key=lambda blocks: _Move(0, blocks).positions,
)


def _fed(columns: Columns, level: int) -> bool:
    """Chains of seven bits with a plain bit beside them in each of the next two columns; whether there were any."""
    done = False
    for column in range(columns.width):
        while chain_of(columns) is None and _tall(columns, column, level) and _beside(columns, column, level):
            _Move(column, (CHAIN_ROOM,)).take(columns, level)
            done = True
    return done


def _begun(columns: Columns, level: int) -> bool:
    """Chains without those bits for about half of the tallest column, where it has enough for two rounds; whether there were any."""
    column = max(range(columns.width), key=columns.height)
    rounds = 2 * _TALL - 1
    if columns.height(column) <= rounds or not _tall(columns, column, level):
        return False
    for _ in range(-(-columns.height(column) // rounds)):
        if _tall(columns, column, level):
            _Move(column, (CHAIN_ROOM,)).take(columns, level)
    return True


def _tall(columns: Columns, column: int, level: int) -> bool:
    ready = columns.ready(column, level)
    return len(ready) >= _TALL and sum(not b & 1 for b in ready) >= 2


def _beside(columns: Columns, column: int, level: int) -> bool:
    above = range(column + 1, min(column + _SPAN[CHAIN_ROOM], columns.width))
    return all(any(not b & 1 for b in columns.ready(c, level)) for c in above)


def _more_to_come(columns: Columns, level: int) -> bool:
    return any(columns.circuit.at(b) > level for bits in columns.bits.values() for b in bits)


def _best(columns: Columns) -> _Move:
    """The shortest chain after which one more is enough, else that which takes most bits for a LUT."""
    several = [column for column in range(columns.width) if columns.height(column) > 1]
    moves = [_Move(start, blocks) for start in several[:_STARTS] for blocks in _CHAINS]
    return min(moves, key=lambda move: _rank(columns, move))


def _rank(columns: Columns, move: _Move) -> tuple[bool, float]:
    """Tried on a copy, whose bits are all there already."""
    bits = [(b & 1, column) for column, some in columns.bits.items() for b in some]
    literals = [(2 * net + sign, column) for net, (sign, column) in enumerate(bits, start=1)]
    trial = Columns(Circuit(len(bits)), literals, columns.constant, columns.width)
    move.take(trial, level=0)
    removed = len(bits) - sum(len(some) for some in trial.bits.values())
    enough = chain_of(trial) is not None
    return not enough, move.positions if enough else -removed / move.positions
