"""The adders of a layer: sums of bits, with counters that are functions of six bits.

A neuron's sum is compressed column by column (a column is all bits of one weight): first the bits are made, three
inputs with one-bit weights at once as they fill a table of six inputs, then six bits of a column become their
number, three bits, until no column holds more than ``ROWS``. What is left is added as words, a cycle later.
"""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.backends.verilog.folded.codes import Code

ROWS = 3
# Functions of six bits, in parities and majorities: a sum would become a carry chain, a table in a constant a tree of
# multiplexers that takes synthesis long to simplify.
_SETS = {
    # Of {w2, x2, w1, x1, w0, x0}: how many of the three agree, are both set, are not.
    "AGREE3": tuple(f"(bits[{n + 1}] ~^ bits[{n}])" for n in (0, 2, 4)),
    "BOTH3": tuple(f"(bits[{n + 1}] & bits[{n}])" for n in (0, 2, 4)),
    "NOT_BOTH3": tuple(f"~(bits[{n + 1}] & bits[{n}])" for n in (0, 2, 4)),
    # Of {v1, w1, x1, v0, w0, x0}: how many of the two are used (v) and agree.
    "USED2": tuple(f"(bits[{n + 2}] & (bits[{n + 1}] ~^ bits[{n}]))" for n in (0, 3)),
}


def _majority(a: str, b: str, c: str) -> str:
    return f"({a} & {b}) | ({a} & {c}) | ({b} & {c})"


_LOW, _HIGH = _majority("bits[0]", "bits[1]", "bits[2]"), _majority("bits[3]", "bits[4]", "bits[5]")
_CARRY = "(^bits[2:0] & ^bits[5:3])"
FUNCTIONS = {
    **{f"{name}_BIT0": " ^ ".join(parts) for name, parts in _SETS.items()},
    **{f"{name}_BIT1": _majority(*parts) if len(parts) == 3 else " & ".join(parts) for name, parts in _SETS.items()},
    "COUNT6_BIT0": "^bits",
    "COUNT6_BIT1": f"({_LOW}) ^ ({_HIGH}) ^ {_CARRY}",
    "COUNT6_BIT2": _majority(f"({_LOW})", f"({_HIGH})", _CARRY),
}


@dataclass(frozen=True)
class Statement:
    """``wire [width-1:0] name`` with one expression a bit, the first in bit 0."""

    name: str
    expressions: tuple[str, ...]


@dataclass(frozen=True)
class Sums:
    """The module that adds up PE neurons' inputs. ``functions``: (name, expression of six ``bits``)."""

    module: str
    title: str
    taps_bits: int
    weights_bits: int
    part_bits: int
    functions: tuple[tuple[str, str], ...]
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
    used = {e.split("(")[0].lower() for s in statements for e in s.expressions}
    functions = tuple((name.lower(), body) for name, body in sorted(FUNCTIONS.items()) if name.lower() in used)
    return Sums(module, title, simd * width, simd * code.bits, part_bits, functions, tuple(statements), rows)


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
    table = "used2" if ternary else "agree3" if code.kind == "sign" else "not_both3" if inverted else "both3"
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
        yield 0, f"{table}_bit0({{{address}}})"
        yield 1, f"{table}_bit1({{{address}}})"


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
                    made.setdefault(column + bit, []).append(f"count6_bit{bit}({{{address}}})")
        after.setdefault(column, []).extend(rest)
    for column, expressions in sorted(made.items()):
        name = f"level{level}_{column}"
        statements.append(Statement(name, tuple(expressions)))
        after.setdefault(column, []).extend(f"{name}[{i}]" for i in range(len(expressions)))
    return after
