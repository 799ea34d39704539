"""The adders of a layer: sums of bits, in counters of up to six bits.

The bits of a sum stand in columns, one for each power of two. First come the products, one bit of each input with one bit of
its weight, which are counted by threes, or twos for ternary weights: with the weights' bits that fills a table of six inputs.
Then six bits of a column become their number, which has three bits: one for this column and one for each of the two above. Where no
column holds more than ``ROWS`` bits, what is left is added as so many words, a cycle later.

All neurons of a layer count alike: where a width or a place below says n, the text says ``PE*n``, the neurons side by
side. Counters of one column and level are one instance of ``wg_count``, a lane each, so that the text is short and a
simulator works on whole words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from whetgen.targets.streams.weight_codes import Code
from whetgen.targets.verilog.constants import concatenation

ROWS, COUNTED = 3, 6


@dataclass(frozen=True)
class Bus:
    """``wire [PE*width-1:0] name = value``."""

    name: str
    width: int
    value: str


@dataclass(frozen=True)
class Counters:
    """``wg_count`` of ``inputs`` bits of ``column`` in each of ``PE * lanes`` lanes, read from ``bits``; its result is ``name``."""

    name: str
    column: int
    inputs: int
    lanes: int
    bits: str

    @property
    def number_bits(self) -> int:
        return self.inputs.bit_length()

    @property
    def width(self) -> int:
        return self.lanes * self.number_bits


@dataclass(frozen=True)
class Level:
    """Buses, then counters that read them."""

    title: str
    buses: tuple[Bus, ...]
    counters: tuple[Counters, ...]


@dataclass(frozen=True, kw_only=True)
class Adders:
    """The module that adds up PE neurons' inputs. ``levels`` leave ``rows``, words of ``part_bits`` to be added.

    ``unused``: wires of which not every bit is read.
    """

    template: ClassVar[str] = "sums.v.j2"

    module: str
    title: str
    taps_bits: int
    weights_bits: int
    part_bits: int
    levels: tuple[Level, ...]
    rows: tuple[tuple[str, ...], ...]
    unused: tuple[str, ...]


Pieces = list[tuple[str, int]]  # (expression, bits), the first in the low bits
ColumnPieces = dict[int, Pieces]


def adders(module: str, title: str, simd: int, width: int, code: Code, limit: int) -> Adders:
    """Adders for ``simd`` inputs of ``width`` bits; sums are cut to ``limit`` bits."""
    columns, products = _products(simd, width, code, limit)
    levels = [products]
    most = sum(_height(pieces) << column for column, pieces in columns.items())
    while max(_height(pieces) for pieces in columns.values()) > ROWS:
        columns, level = _compressed(columns, len(levels), limit)
        levels.append(level)
    left = [_bus(f"left_{c}", pieces) for c, pieces in sorted(columns.items())]
    levels.append(Level(f"Left: at most {ROWS} bits of each power of two, a bit of each to a row.", tuple(left), ()))
    part_bits = min(limit, max(most.bit_length(), 1))
    rows = tuple(
        tuple(f"left_{c}[PE*{row} + n]" if row < _height(columns.get(c, [])) else "1'b0" for c in range(part_bits))
        for row in range(max(_height(pieces) for pieces in columns.values()))
    )
    unused = [
        *(("weights", "inputs") if width + _weight_bits(code) - 1 > limit else ()),
        *(c.name for level in levels for c in level.counters if c.column + c.number_bits > limit),
        *(f"left_{c}" for c in sorted(columns) if c >= part_bits),
    ]
    return Adders(
        module=module,
        title=title,
        taps_bits=simd * width,
        weights_bits=simd * code.bits,
        part_bits=part_bits,
        levels=tuple(levels),
        rows=rows,
        unused=tuple(unused),
    )


def _products(simd: int, width: int, code: Code, limit: int) -> tuple[ColumnPieces, Level]:
    """The bits to be added, one plane of the inputs with one of the weights at once, and what their first count leaves."""
    columns: ColumnPieces = {}
    buses: list[Bus] = []
    counters: list[Counters] = []
    each = 2 if code.kind == "ternary" else 3
    for plane in range(width):
        inputs = _part("inputs", plane * simd, simd)
        for weight_bit in range(_weight_bits(code)):
            column = plane + weight_bit
            if column >= limit:
                continue
            bus = Bus(f"product_{plane}_{weight_bit}", simd, _product(inputs, simd, code, weight_bit))
            buses.append(bus)
            counters += _count(bus, f"count_{plane}_{weight_bit}", column, each, 1, limit, columns)
    return columns, Level("Products, one bit of all inputs with one of the weights, and their number.", tuple(buses), tuple(counters))  # fmt: skip


def _weight_bits(code: Code) -> int:
    """Bits of a weight that are multiplied with an input; a ternary one's second bit masks the product."""
    return 1 if code.kind in ("sign", "ternary") else code.bits


def _product(inputs: str, simd: int, code: Code, weight_bit: int) -> str:
    weights = _part("weights", weight_bit * simd, simd)
    if code.kind == "sign":
        return f"{inputs} ~^ {weights}"
    if code.kind == "ternary":
        return f"({inputs} ~^ {weights}) & {_part('weights', simd, simd)}"
    inverted = code.kind == "signed" and weight_bit == code.bits - 1
    return f"~({inputs} & {weights})" if inverted else f"{inputs} & {weights}"


def _compressed(columns: ColumnPieces, number: int, limit: int) -> tuple[ColumnPieces, Level]:
    """Six bits of a column become their number; what is left of a column below six waits."""
    after: ColumnPieces = {}
    buses: list[Bus] = []
    counters: list[Counters] = []
    for column, pieces in sorted(columns.items()):
        if _height(pieces) <= ROWS:
            after[column] = pieces + after.get(column, [])
            continue
        bus = _bus(f"bits{number}_{column}", pieces)
        buses.append(bus)
        counters += _count(bus, f"count{number}_{column}", column, COUNTED, ROWS, limit, after)
    return after, Level(f"Level {number}: sixes of bits and their number.", tuple(buses), tuple(counters))


def _count(bus: Bus, name: str, column: int, each: int, leave: int, limit: int, after: ColumnPieces) -> list[Counters]:
    """Counters of ``each`` bits of the bus and one of the rest, unless it is at most ``leave`` bits, which wait."""
    lanes, rest = divmod(bus.width, each)
    at = lanes * each
    counters = [Counters(name, column, each, lanes, _part(bus.name, 0, at))] if lanes else []
    if rest > leave:
        counters.append(Counters(f"{name}_rest", column, rest, 1, _part(bus.name, at, rest)))
    elif rest:
        after.setdefault(column, []).append((_part(bus.name, at, rest), rest))
    for counter in counters:
        for bit in range(counter.number_bits):
            if column + bit < limit:
                piece = _part(counter.name, bit * counter.lanes, counter.lanes)
                after.setdefault(column + bit, []).append((piece, counter.lanes))
    return counters


def _bus(name: str, pieces: Pieces) -> Bus:
    return Bus(name, _height(pieces), concatenation([expression for expression, _ in pieces]))


def _part(name: str, at: int, width: int) -> str:
    return f"{name}[PE*{at} +: PE*{width}]" if at else f"{name}[PE*{width}-1:0]"


def _height(pieces: Pieces) -> int:
    return sum(bits for _, bits in pieces)
