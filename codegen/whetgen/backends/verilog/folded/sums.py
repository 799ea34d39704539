"""The adders of a layer: sums of bits, with counters that are truth tables of six inputs.

A neuron's sum is compressed column by column (a column is all bits of one weight): first the bits are made, three
inputs with one-bit weights at once as they fill a table of six inputs, then six bits of a column become their
number, three bits, until no column holds more than ``ROWS``. What is left is added as words, a cycle later.
"""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.backends.verilog.folded.codes import Code

ROWS = 3
TABLES = {
    # Of {w2, x2, w1, x1, w0, x0}: how many of the three agree, or are both set.
    "AGREE3": [(a ^ b ^ 1) + (c ^ d ^ 1) + (e ^ f ^ 1) for e in (0, 1) for f in (0, 1) for c in (0, 1) for d in (0, 1) for a in (0, 1) for b in (0, 1)],
    "BOTH3": [(a & b) + (c & d) + (e & f) for e in (0, 1) for f in (0, 1) for c in (0, 1) for d in (0, 1) for a in (0, 1) for b in (0, 1)],
    "NOT_BOTH3": [3 - (a & b) - (c & d) - (e & f) for e in (0, 1) for f in (0, 1) for c in (0, 1) for d in (0, 1) for a in (0, 1) for b in (0, 1)],
    # Of {v1, w1, x1, v0, w0, x0}: how many of the two are used (v) and agree.
    "USED2": [(b & (c ^ d ^ 1)) + (e & (f ^ g ^ 1)) for e in (0, 1) for f in (0, 1) for g in (0, 1) for b in (0, 1) for c in (0, 1) for d in (0, 1)],
    "COUNT6": [bin(n).count("1") for n in range(64)],
}  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """``wire [width-1:0] name`` with one expression a bit, the first in bit 0."""

    name: str
    expressions: tuple[str, ...]


@dataclass(frozen=True)
class Sums:
    """The module that adds up PE neurons' inputs. ``tables``: (name, 64-bit hexadecimal constant)."""

    module: str
    title: str
    taps_bits: int
    weights_bits: int
    part_bits: int
    tables: tuple[tuple[str, str], ...]
    statements: tuple[Statement, ...]
    rows: tuple[tuple[str, ...], ...]


Columns = dict[int, list[str]]


def design(module: str, title: str, simd: int, width: int, code: Code, limit: int) -> Sums:
    """Adders for ``simd`` inputs of ``width`` bits; sums are cut to ``limit`` bits."""
    statements: list[Statement] = []
    columns = _bits(simd, width, code, limit, statements)
    most = sum(len(bits) << column for column, bits in columns.items())
    for level in range(1, 64):
        if max(len(bits) for bits in columns.values()) <= ROWS:
            break
        columns = _compressed(columns, level, limit, statements)
    part_bits = min(limit, max(most.bit_length(), 1))
    rows = tuple(
        tuple(
            columns.get(column, [])[row] if row < len(columns.get(column, [])) else "1'b0"
            for column in range(part_bits)
        )
        for row in range(max(len(bits) for bits in columns.values()))
    )
    used = {name for s in statements for e in s.expressions for name in [e.split("[")[0]] if "_BIT" in name}
    return Sums(module, title, simd * width, simd * code.bits, part_bits, _tables(used), tuple(statements), rows)


def _tables(used: set[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for name in sorted(used):
        table, bit = name.split("_BIT")
        found.append((name, f"{sum(((v >> int(bit)) & 1) << n for n, v in enumerate(TABLES[table])):016x}"))
    return tuple(found)


def _bits(simd: int, width: int, code: Code, limit: int, statements: list[Statement]) -> Columns:
    """First level: every product bit, as many at once as a table of six inputs takes."""
    makers: Columns = {}
    for plane in range(width):
        for weight_bit in range(1 if code.kind in ("sign", "ternary") else code.bits):
            column = plane + weight_bit
            if column >= limit:
                continue
            top = code.kind == "signed" and weight_bit == code.bits - 1
            for at, expression in _products(simd, width, code, plane, weight_bit, top):
                if column + at < limit:
                    makers.setdefault(column + at, []).append(expression)
    for column, expressions in sorted(makers.items()):
        statements.append(Statement(f"bits_{column}", tuple(expressions)))
    return {column: [f"bits_{column}[{i}]" for i in range(len(made))] for column, made in makers.items()}


def _products(simd: int, width: int, code: Code, plane: int, weight_bit: int, inverted: bool):
    """(column offset, expression) of the product bits of one plane and one bit of the weights."""
    ternary = code.kind == "ternary"
    table = "USED2" if ternary else "AGREE3" if code.kind == "sign" else "NOT_BOTH3" if inverted else "BOTH3"
    each = 2 if ternary else 3
    for start in range(0, simd, each):
        lanes = range(start, min(start + each, simd))
        inputs = []
        for lane in lanes:
            x, w = f"taps[{lane * width + plane}]", f"mine[{lane * code.bits + weight_bit}]"
            inputs.append(f"{f'mine[{lane * code.bits + 1}], ' if ternary else ''}{w}, {x}")
        if len(lanes) == 1:
            yield 0, _single(code, inputs[0], inverted)
            continue
        # A missing third input counts nothing: zero and one never agree, and are never both set; inverted, both are.
        spare = ["1'b1, 1'b1" if inverted else "1'b0, 1'b1"] * (each - len(lanes))
        address = ", ".join([*spare, *reversed(inputs)])
        yield 0, f"{table}_BIT0[{{{address}}}]"
        yield 1, f"{table}_BIT1[{{{address}}}]"


def _single(code: Code, inputs: str, inverted: bool) -> str:
    parts = inputs.split(", ")
    if code.kind == "sign":
        return f"{parts[0]} == {parts[1]}"
    if code.kind == "ternary":
        return f"{parts[0]} && {parts[1]} == {parts[2]}"
    return f"!({parts[0]} && {parts[1]})" if inverted else f"{parts[0]} && {parts[1]}"


def _compressed(columns: Columns, level: int, limit: int, statements: list[Statement]) -> Columns:
    """Six bits of a column become their number; what is left of a column below six waits."""
    after: Columns = {}
    made: Columns = {}
    for column, bits in sorted(columns.items()):
        rest = list(bits)
        while len(rest) > ROWS:
            six, rest = rest[:6], rest[6:]
            address = ", ".join([*["1'b0"] * (6 - len(six)), *reversed(six)])
            for bit in range(3 if len(six) > 3 else 2):
                if column + bit < limit:
                    made.setdefault(column + bit, []).append(f"COUNT6_BIT{bit}[{{{address}}}]")
        after.setdefault(column, []).extend(rest)
    for column, expressions in sorted(made.items()):
        name = f"level{level}_{column}"
        statements.append(Statement(name, tuple(expressions)))
        after.setdefault(column, []).extend(f"{name}[{i}]" for i in range(len(expressions)))
    return after
