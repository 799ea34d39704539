"""The adders of a layer: sums of bits, in counters of up to six bits.

A neuron's sum is compressed column by column (a column is all bits of one weight). First the product bits, which are
counted by threes, or twos for ternary weights: with the weights' bits that fills a table of six inputs. Then six bits
of a column become their number, three bits, until no column holds more than ``ROWS``. What is left is added as words,
a cycle later.

All neurons of a step count alike: where a width or a place below says n, the text says ``PE*n``, the neurons side by
side. Counters of one column and level are one instance of ``wg_count``, a lane each, so that the text is short and a
simulator works on whole words.
"""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.targets.streams.codes import Code
from whetgen.targets.verilog.netlist import concatenation

ROWS, COUNTED = 3, 6


@dataclass(frozen=True)
class Bus:
    """``wire [PE*width-1:0] name = value``."""

    name: str
    width: int
    value: str


@dataclass(frozen=True)
class Counter:
    """``wg_count`` of ``inputs`` bits in each of ``PE * lanes`` lanes, read from ``bits``; its result is ``name``."""

    name: str
    inputs: int
    lanes: int
    bits: str

    @property
    def width(self) -> int:
        return self.lanes * self.inputs.bit_length()


@dataclass(frozen=True)
class Level:
    """Buses, then counters that read them."""

    title: str
    buses: tuple[Bus, ...]
    counters: tuple[Counter, ...]


@dataclass(frozen=True)
class Sums:
    """The module that adds up PE neurons' inputs. ``levels`` leave ``rows``, words of ``part_bits`` to be added."""

    module: str
    title: str
    taps_bits: int
    weights_bits: int
    part_bits: int
    levels: tuple[Level, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def counts(self) -> bool:
        return any(level.counters for level in self.levels)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(wire.name for level in self.levels for wire in (*level.buses, *level.counters))


Pieces = list[tuple[str, int]]  # (expression, bits), the first in the low bits
Columns = dict[int, Pieces]


def design(module: str, title: str, simd: int, width: int, code: Code, limit: int) -> Sums:
    """Adders for ``simd`` inputs of ``width`` bits; sums are cut to ``limit`` bits."""
    columns, products = _products(simd, width, code, limit)
    levels = [products]
    most = sum(_height(pieces) << column for column, pieces in columns.items())
    while max(_height(pieces) for pieces in columns.values()) > ROWS:
        columns, level = _compressed(columns, len(levels), limit)
        levels.append(level)
    left = [_bus(f"left_{c}", pieces) for c, pieces in sorted(columns.items())]
    levels.append(Level(f"Left: at most {ROWS} bits of each weight, a bit of each to a row.", tuple(left), ()))
    part_bits = min(limit, max(most.bit_length(), 1))
    rows = tuple(
        tuple(f"left_{c}[PE*{row} + n]" if row < _height(columns.get(c, [])) else "1'b0" for c in range(part_bits))
        for row in range(max(_height(pieces) for pieces in columns.values()))
    )
    return Sums(module, title, simd * width, simd * code.bits, part_bits, tuple(levels), rows)


def _products(simd: int, width: int, code: Code, limit: int) -> tuple[Columns, Level]:
    """The bits to be added, one plane of the inputs with one of the weights at once, and what their first count leaves."""
    columns, buses, counters = {}, [], []
    each = 2 if code.kind == "ternary" else 3
    for plane in range(width):
        inputs = _part("inputs", plane * simd, simd)
        for weight_bit in range(1 if code.kind in ("sign", "ternary") else code.bits):
            column = plane + weight_bit
            if column >= limit:
                continue
            bus = Bus(f"product_{plane}_{weight_bit}", simd, _product(inputs, simd, code, weight_bit))
            buses.append(bus)
            counters += _count(bus, f"count_{plane}_{weight_bit}", column, each, 1, limit, columns)
    return columns, Level("Products, one bit of all inputs with one of the weights, and their number.", tuple(buses), tuple(counters))  # fmt: skip


def _product(inputs: str, simd: int, code: Code, weight_bit: int) -> str:
    weights = _part("weights", weight_bit * simd, simd)
    if code.kind == "sign":
        return f"{inputs} ~^ {weights}"
    if code.kind == "ternary":
        return f"({inputs} ~^ {weights}) & {_part('weights', simd, simd)}"
    inverted = code.kind == "signed" and weight_bit == code.bits - 1
    return f"~({inputs} & {weights})" if inverted else f"{inputs} & {weights}"


def _compressed(columns: Columns, number: int, limit: int) -> tuple[Columns, Level]:
    """Six bits of a column become their number; what is left of a column below six waits."""
    after: Columns = {}
    buses, counters = [], []
    for column, pieces in sorted(columns.items()):
        if _height(pieces) <= ROWS:
            after[column] = pieces + after.get(column, [])
            continue
        bus = _bus(f"bits{number}_{column}", pieces)
        buses.append(bus)
        counters += _count(bus, f"count{number}_{column}", column, COUNTED, ROWS, limit, after)
    return after, Level(f"Level {number}: sixes of bits and their number.", tuple(buses), tuple(counters))


def _count(bus: Bus, name: str, column: int, each: int, leave: int, limit: int, after: Columns):
    """Counters of ``each`` bits of the bus and one of the rest, unless it is at most ``leave`` bits, which wait."""
    lanes, rest = divmod(bus.width, each)
    at = lanes * each
    counters = [Counter(name, each, lanes, _part(bus.name, 0, at))] if lanes else []
    if rest > leave:
        counters.append(Counter(f"{name}_rest", rest, 1, _part(bus.name, at, rest)))
    elif rest:
        after.setdefault(column, []).append((_part(bus.name, at, rest), rest))
    for counter in counters:
        for bit in range(counter.width // counter.lanes):
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
