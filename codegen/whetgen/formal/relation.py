"""What a netlist says about a sum: one exact linear relation between its bits.

A counter or an adder is an identity over the integers, ``sum(2**k out_k) == sum(w_i in_i)``. Two counters, the second of which
reads the higher digit q of the first::

    a + b + c == p + 2 q
    q + d + e == r + 2 s

The second, taken twice, and the first together no longer speak of q::

    a + b + c + 2 d + 2 e == p + 2 r + 4 s

If the output is s, then p and 2 r, which nobody reads, are the *rest*, 0 to 3: where s is 1 the sum of the inputs is 4 or
more, where s is 0 it is 3 or less. So s is the neuron that fires from 4 on (``prover``).

Relations are found from the end backwards: each block is multiplied by what its readers need of its highest output. That is a
choice that lets most nets cancel; whatever is chosen, the relation holds, and what does not cancel is part of the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from whetgen.formal.blocks import Block, Blocks
from whetgen.formal.netlist import YosysCell

TermName = int | tuple[tuple[int, int], ...]
SCALE = 1 << 96  # numbers are multiples of 1 / SCALE: a block may count for a fraction of the one that reads it


class NoRelation(ValueError):
    """The cells do not add up to one."""


class Values(NamedTuple):
    """What a term can be: ``lo``, ``hi`` and multiples of ``step`` in between."""

    lo: int
    hi: int
    step: int


@dataclass
class Relation:
    """``sum(leaves * n) + rest == sum(x * x_i) + constant``, all times SCALE; by net what it counts.

    ``rest``: by name, the values of a term. The name is a net, or the nets of a block of tables with what they count to each other:
    terms of one name, from all relations of the netlist, are multiples of the same number.
    """

    leaves: dict[int, int] = field(default_factory=dict)
    rest: dict[TermName, Values] = field(default_factory=dict)
    x: dict[int, int] = field(default_factory=dict)
    constant: int = 0


def relation(
    blocks: Blocks,
    given: Mapping[int, int],
    leaves: Iterable[int] = (),
    root: int | None = None,
    read: frozenset[int] | None = None,
) -> Relation:
    """The relation in which the nets of ``given`` count what is given, ``leaves`` what suits, and block ``root`` counts once.

    A block's highest output among ``read``, by default those that this relation reads, decides what it is multiplied by.

    Raises:
        NoRelation: there is none.
    """
    making = _Making(set(leaves), defaultdict(int, {net: value * SCALE for net, value in given.items()}))
    outputs = [n for cell in blocks.blocks[root] for n in cell.outputs] if root is not None else []
    for k in blocks.cone([*given, *making.leaves, *outputs]):
        block = blocks.blocks[k]
        if block[0].truth is None:
            here = {n for n in block[0].outputs if (making.wanted.get(n) if read is None else n in read)}
            making.number(block[0], here, SCALE if k == root else None)
        else:
            making.tables(block)
        for net in (n for cell in block for n in cell.outputs):
            making.wanted.pop(net, None)
    making.made.x = {net: value for net, value in making.wanted.items() if value}
    if any(net > blocks.netlist.inputs for net in making.made.x):
        raise NoRelation("a net is read by what it depends on")
    return making.made


@dataclass
class _Making:
    """A relation on its way to the inputs: ``wanted`` is what the nets count for the blocks behind them."""

    leaves: set[int]
    wanted: dict[int, int]
    made: Relation = field(default_factory=Relation)

    def number(self, cell: YosysCell, read: set[int], multiplier: int | None) -> None:
        """A counter or an adder, multiplied by ``multiplier`` or by what its highest output that is read needs."""
        if multiplier is None:
            multiplier = self._multiplier(cell, read)
        if not multiplier and not any(self.wanted.get(n) for n in cell.outputs):
            return
        for k, net in enumerate(cell.outputs):
            over = (multiplier << k) - self.wanted.get(net, 0)
            if net in self.leaves:
                self.made.leaves[net] = over
            elif over:
                self.made.rest[net] = Values(min(over, 0), max(over, 0), abs(over))
        for literal, weight in zip(cell.inputs, cell.weights, strict=True):
            self._count(literal, multiplier * weight)

    def _multiplier(self, cell: YosysCell, read: set[int]) -> int:
        places = [k for k, net in enumerate(cell.outputs) if net in read]
        places = [k for k in places if cell.outputs[k] not in self.leaves] or places
        if not places:
            return 0
        multiplier, odd = divmod(self.wanted.get(cell.outputs[places[-1]], 0), 1 << places[-1])
        if odd:
            raise NoRelation("columns below the smallest that is possible")
        return multiplier

    def _count(self, literal: int, value: int) -> None:
        """``value * literal`` on the side of the inputs."""
        if literal & 1:
            self.made.constant += value
            value = -value
        if literal > 1:
            self.wanted[literal >> 1] += value

    def tables(self, block: Block) -> None:
        """LookupTables whose weighted sum is one of their inputs, but for a term of few values."""
        counts = [self.wanted.get(cell.outputs[0], 0) for cell in block]
        first = next((c for c in counts if c), 0)
        if not first:
            return
        nets = tuple(sorted({i >> 1 for cell in block for i in cell.inputs} - {0}))
        used = [(_column(cell, nets), c) for cell, c in zip(block, counts, strict=True) if c]
        sums = [sum(c * column[i] for column, c in used) for i in range(1 << len(nets))]
        weights = [
            _most(sums[i | 1 << k] - sums[i] for i in range(len(sums)) if not i >> k & 1) for k in range(len(nets))
        ]
        left = [v - sum(w for k, w in enumerate(weights) if i >> k & 1) for i, v in enumerate(sums)]
        base = (
            max(left) if first > 0 else min(left)
        )  # a sum whose highest digit was dropped is too small, never too large
        self.made.constant += base
        if min(left) != max(left):
            name = tuple(sorted((cell.outputs[0], c * SCALE // first) for cell, c in zip(block, counts, strict=True)))
            self.made.rest[name] = Values(base - max(left), base - min(left), gcd(*(v - base for v in left)))
        for net, weight in zip(nets, weights, strict=True):
            self.wanted[net] += weight


def _most(values: Iterable[int]) -> int:
    return Counter(values).most_common(1)[0][0]


@lru_cache(maxsize=1 << 16)
def _column(cell: YosysCell, nets: tuple[int, ...]) -> tuple[int, ...]:
    """The table's output for each pattern of ``nets``, the first the lowest bit."""
    place, truth = {net: k for k, net in enumerate(nets)}, cell.truth or 0
    found = []
    for i in range(1 << len(nets)):
        bits = [(i >> place[lit >> 1] & 1 if lit > 1 else 0) ^ (lit & 1) for lit in cell.inputs]
        found.append(truth >> sum(bit << k for k, bit in enumerate(bits)) & 1)
    return tuple(found)
