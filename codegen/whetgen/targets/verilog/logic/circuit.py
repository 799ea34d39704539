"""A layer as cells on single bits.

A *net* is a number, a *literal* is ``2 * net + inverted``; net 0 is the constant, so that FALSE is 0 and TRUE is 1.

=======  ===============================  ============================  =====================================
cell     inputs                           outputs                       costs on LUTs of six inputs
=======  ===============================  ============================  =====================================
Count    up to 7 literals, at most 6 of   their number, 1 to 3 bits     a LUT a bit; none where an Add that
         them not constant                                              alone reads it has room for five inputs
Add      two words and a carry            the sum, or the last carry    a LUT a bit, a CARRY4 for four
LookupTable    up to 6 literals                 any function, 1 bit           a LUT
=======  ===============================  ============================  =====================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Literal = int
Key = tuple[object, ...]
FALSE, TRUE = 0, 1
MAX_TABLE_INPUTS = 6
CHAIN_BITS = 4  # positions of a CARRY4
CHAIN_ROOM = 5  # literals that fit into a chain's LUT beside the plain bit
CHAIN_BITS_PER_LEVEL = 16  # a chain of so many bits is about as slow as a table


def invert(literal: Literal) -> Literal:
    return literal ^ 1


def is_constant(literal: Literal) -> bool:
    return literal < 2


def add_levels(width: int) -> int:
    """How long a carry chain of that width takes, counted in lookup tables in a row."""
    return 1 + -(-width // CHAIN_BITS_PER_LEVEL)


@dataclass(frozen=True)
class Count:
    """The number of ``inputs`` that are 1, least significant bit first; ``outputs`` are nets."""

    inputs: tuple[Literal, ...]
    outputs: tuple[int, ...]

    @property
    def nets(self) -> tuple[int, ...]:
        return self.outputs


@dataclass(frozen=True)
class Add:
    """``left + right + carry``, words of literals, least significant bit first.

    ``left`` holds plain nets where it can: a carry chain takes them as they are. ``outputs`` are the nets of the sum, modulo
    its width, and ``top`` is the net of the carry that leaves it; a sum that nobody reads has no outputs.
    """

    left: tuple[Literal, ...]
    right: tuple[Literal, ...]
    carry: Literal
    outputs: tuple[int, ...]
    top: int

    @property
    def inputs(self) -> tuple[Literal, ...]:
        return (*self.left, *self.right, self.carry)

    @property
    def nets(self) -> tuple[int, ...]:
        return (*self.outputs, self.top)


@dataclass(frozen=True)
class LookupTable:
    """Bit ``i`` of ``truth`` is the output where the inputs, the first as the lowest bit, make the number i."""

    inputs: tuple[Literal, ...]
    truth: int
    outputs: tuple[int, ...]

    @property
    def nets(self) -> tuple[int, ...]:
        return self.outputs


# ``nets`` of a cell are all that it drives.
Cell = Count | Add | LookupTable


@dataclass
class Circuit:
    """Cells in the order in which they can be evaluated; equal cells are built once.

    Nets 1 to ``inputs`` come from outside. ``level``: of each net, tables on the longest way to it; an Add is one and another for each
    ``CHAIN_BITS_PER_LEVEL``. ``owners``: of each cell, who asked for it first, the ``owner`` of that time; ``told``: of each owner, who that
    is in words.
    """

    inputs: int
    cells: list[Cell] = field(default_factory=list)
    level: list[int] = field(default_factory=list)
    owner: str = ""
    owners: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    _known: dict[Key, tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.level += [0] * (self.inputs + 1)

    def begin(self, owner: str, told: str) -> None:
        """Cells that are added from now on belong to ``owner``, whom comments name."""
        self.owner = owner
        self.told[owner] = told

    def at(self, literal: Literal) -> int:
        """How many tables in a row a literal comes after: 0 for an input."""
        return self.level[literal >> 1]

    def count(self, literals: Iterable[Literal]) -> tuple[int, ...]:
        """Plain literals of the number of ones among up to seven literals."""
        given = tuple(sorted(literal for literal in literals if literal != FALSE))
        if len(given) == 1:
            return given
        bits = len(given).bit_length()
        return self._once(("count", given), bits, 1, lambda nets: Count(given, nets))

    def add(self, left: Sequence[Literal], right: Sequence[Literal], carry: Literal = FALSE) -> tuple[Literal, ...]:
        """Literals of the sum, one bit longer than the words; constant bits stay constants."""
        return self._add(left, right, carry, summed=True)

    def chain(self, left: Sequence[Literal], right: Sequence[Literal], carry: Literal = FALSE) -> tuple[Literal, ...]:
        """``add`` in a carry chain, however short: it absorbs counters, which tables do not."""
        return self._chain(tuple(left), tuple(right), carry, summed=True)

    def carry_out(self, left: Sequence[Literal], right: Sequence[Literal], carry: Literal = FALSE) -> Literal:
        """The carry that leaves the sum.

        To leave a chain of whole CARRY4s it would take one more; the last position is a majority in a table instead.
        """
        if len(left) % CHAIN_BITS == 0:
            below = self._add(left[:-1], right[:-1], carry, summed=False)[0]
            return self.table([left[-1], right[-1], below], 0b11101000)
        return self._add(left, right, carry, summed=False)[0]

    def _add(
        self, left: Sequence[Literal], right: Sequence[Literal], carry: Literal, summed: bool
    ) -> tuple[Literal, ...]:
        if len(left) == 2 and not is_constant(carry):
            return self._add_two(left, right, carry, summed)
        return self._chain(*_spread(list(left), list(right)), carry, summed)

    def _chain(
        self, left: tuple[Literal, ...], right: tuple[Literal, ...], carry: Literal, summed: bool
    ) -> tuple[Literal, ...]:
        width = len(left)

        def cell(nets: tuple[int, ...]) -> Add:
            return Add(left, right, carry, nets[:width] if summed else (), nets[-1])

        return self._once(("add", left, right, carry, summed), width + 1 if summed else 1, add_levels(width), cell)

    def _add_two(
        self, left: Sequence[Literal], right: Sequence[Literal], carry: Literal, summed: bool
    ) -> tuple[Literal, ...]:
        """Two positions in tables, the carry between them inside: a chain would not be smaller."""
        low, high = (left[0], right[0], carry), (left[1], right[1])
        literals = [*low, *high]
        number = [i.bit_count() - (i >> 3).bit_count() + 2 * (i >> 3).bit_count() for i in range(32)]
        outputs = [sum((n >> bit & 1) << i for i, n in enumerate(number)) for bit in range(3)]
        return tuple(self.table(literals, truth) for truth in (outputs if summed else outputs[2:]))

    def table(self, literals: Sequence[Literal], truth: int) -> Literal:
        """Any function of up to six literals; those that do not matter are left out."""
        variables, truth = _essential(tuple(literals), truth)
        if not variables:
            return truth & 1
        if len(variables) == 1:
            return variables[0] if truth == 2 else invert(variables[0])
        return self._once(("table", variables, truth), 1, 1, lambda nets: LookupTable(variables, truth, nets))[0]

    def _once(self, key: Key, count: int, levels: int, cell: Callable[[tuple[int, ...]], Cell]) -> tuple[Literal, ...]:
        if key not in self._known:
            nets = tuple(range(len(self.level), len(self.level) + count))
            made = cell(nets)
            self.cells.append(made)
            self.owners.append(self.owner)
            self.level += [levels + max(self.at(i) for i in made.inputs)] * count
            self._known[key] = tuple(2 * net for net in nets)
        return self._known[key]


def _spread(left: list[Literal], right: list[Literal]) -> tuple[tuple[Literal, ...], tuple[Literal, ...]]:
    """The same sum where no word is but its lowest bit: synthesis would take that bit for a second carry, and add it by itself."""
    for word, other in ((left, right), (right, left)):
        if len(word) > 2 and not any(word[1:]):
            top = max((k for k in range(1, len(other)) if other[k]), default=0)
            if top and any(other[k] for k in range(1, top)):
                word[top], other[top] = other[top], FALSE
    return tuple(left), tuple(right)


def _essential(literals: tuple[Literal, ...], truth: int) -> tuple[tuple[Literal, ...], int]:
    """The same function over distinct nets, without inversions at its inputs and without those that do not matter."""
    nets = sorted({literal >> 1 for literal in literals} - {0})

    def value(assignment: dict[int, int]) -> int:
        index = sum((assignment.get(lit >> 1, 0) ^ (lit & 1)) << k for k, lit in enumerate(literals))
        return (truth >> index) & 1

    def values(names: list[int]) -> list[int]:
        return [value({n: (i >> k) & 1 for k, n in enumerate(names)}) for i in range(1 << len(names))]

    all_values = values(nets)
    matters = [
        net
        for k, net in enumerate(nets)
        if any(all_values[i] != all_values[i ^ (1 << k)] for i in range(len(all_values)))
    ]
    return tuple(2 * net for net in matters), sum(bit << i for i, bit in enumerate(values(matters)))
