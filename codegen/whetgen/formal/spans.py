"""Least and greatest values of weighted sums of bits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from whetgen.formal.blocks import Blocks
from whetgen.formal.claims import Element

Span = tuple[Fraction, Fraction]
Split = tuple[Span | None, Span | None]  # where a bit is 0, and where it is 1; None where it never is

ZERO = Fraction(0), Fraction(0)


def total(spans: Iterable[Span]) -> Span:
    """Least and greatest value of a sum whose terms vary independently of each other."""
    spans = list(spans)
    return sum((lo for lo, _ in spans), Fraction(0)), sum((hi for _, hi in spans), Fraction(0))


def scaled(factor: Fraction | int, lo: Fraction | int, hi: Fraction | int) -> Span:
    """Span of ``factor`` times what lies between ``lo`` and ``hi``."""
    ends = Fraction(factor * lo), Fraction(factor * hi)
    return min(ends), max(ends)


def input_span(elements: Sequence[Element], coefficients: Mapping[int, Fraction | int]) -> Span:
    """Of a weighted sum of input bits; an element whose bits count as they do in its number takes the element's range."""
    return total(_element_span(element, coefficients) for element in elements)


def _element_span(element: Element, coefficients: Mapping[int, Fraction | int]) -> Span:
    own = [coefficients.get(net, 0) for net in range(element.net, element.net + element.width)]
    if own == [c * own[0] for _, c in element.bits(1)]:
        return scaled(own[0], element.lo, element.hi)
    return total(scaled(c, 0, 1) for c in own)


def leaves_of(blocks: Blocks, net: int) -> set[int]:
    """Nets that the tables above ``net`` read and that no table drives: ``net`` is a function of them."""
    waiting, seen, leaves = [net], {0}, set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        table = blocks.table(at)
        if table is None:
            leaves.add(at)
        else:
            waiting += [i >> 1 for i in table.inputs]
    return leaves


def split_by(blocks: Blocks, literal: int, value: Mapping[int, Fraction]) -> Split:
    """Span of the leaves' weighted sum where the literal is 0, and where it is 1.

    A leaf that is met again counts as a bit of its own, without weight: more may happen then, never less.
    """
    met: set[int] = set()

    def of(literal: int) -> Split:
        net = literal >> 1
        found: Split = ZERO, None
        if net in met:
            found = ZERO, ZERO
        elif net:
            met.add(net)
            table = blocks.table(net)
            found = _of_table(table.truth or 0, [of(i) for i in table.inputs]) if table else (ZERO, (value[net],) * 2)
        return found[::-1] if literal & 1 else found

    return of(literal)


def _of_table(truth: int, inputs: Sequence[Split]) -> Split:
    found: list[Span | None] = [None, None]
    for row in range(1 << len(inputs)):
        spans = [given[row >> k & 1] for k, given in enumerate(inputs)]
        possible = [span for span in spans if span is not None]
        if len(possible) == len(spans):
            (low, high), before = total(possible), found[truth >> row & 1]
            found[truth >> row & 1] = (low, high) if before is None else (min(low, before[0]), max(high, before[1]))
    return found[0], found[1]


def spans_by(
    blocks: Blocks, outputs: Sequence[int], value: Mapping[int, Fraction], rest: Span, sums: Span, turn: int
) -> list[Span | None]:
    """Span of a sum for each number that the outputs, the lowest bit first, can make; None where they never do.

    The sum lies in ``sums`` and is what the leaves make, and something in ``rest``, with ``turn`` up to a multiple of it, of which a
    word that wraps has lost some. All patterns of the leaves are looked at, a bit of a long number each.
    """
    leaves = list(value)
    patterns = 1 << len(leaves)
    every = (1 << patterns) - 1
    rows = {0: 0} | {net: _alternating(k, patterns) for k, net in enumerate(leaves)}

    def of(literal: int) -> int:
        net = literal >> 1
        if net not in rows:
            table = blocks.table(net)
            assert table is not None, "a net is a leaf or a table's"
            rows[net] = _looked_up(table.truth or 0, [of(i) for i in table.inputs], every)
        return rows[net] ^ every if literal & 1 else rows[net]

    unit = lcm(*(end.denominator for end in (*value.values(), *rest, *sums)))
    (low, high), (least, most), turn = (int(end * unit) for end in rest), (int(end * unit) for end in sums), turn * unit
    begins = [low]
    for net in leaves:
        begins += [known + int(value[net] * unit) for known in begins]
    numbers = np.zeros(patterns, dtype=np.int64)
    for k, literal in enumerate(outputs):
        numbers += _row(of(literal), patterns) << k
    found: dict[int, tuple[int, int]] = {}
    first = least - (high - low)
    for number, begin in zip(numbers.tolist(), begins, strict=True):
        starts = range(first + (begin - first) % turn, most + 1, turn) if turn else (begin,)
        for start in (s for s in starts if first <= s <= most):
            old = found.get(number, (most, least))
            found[number] = min(old[0], max(start, least)), max(old[1], min(start + high - low, most))
    return [_fractions(found.get(number), unit) for number in range(1 << len(outputs))]


def _row(bits: int, patterns: int) -> np.ndarray:
    """(patterns,) the bits of a long number, the lowest first."""
    given = np.frombuffer(bits.to_bytes(-(-patterns // 8), "little"), dtype=np.uint8)
    return np.unpackbits(given, bitorder="little")[:patterns].astype(np.int64)


def _fractions(span: tuple[int, int] | None, unit: int) -> Span | None:
    return span and (Fraction(span[0], unit), Fraction(span[1], unit))


def _alternating(k: int, patterns: int) -> int:
    """Bit i is bit k of i."""
    block = ((1 << (1 << k)) - 1) << (1 << k)
    return sum(block << at for at in range(0, patterns, 2 << k))


def _looked_up(truth: int, inputs: Sequence[int], every: int) -> int:
    found = 0
    for row in range(1 << len(inputs)):
        if truth >> row & 1:
            met = every
            for k, given in enumerate(inputs):
                met &= given if row >> k & 1 else given ^ every
            found |= met
    return found
