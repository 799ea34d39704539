"""Least and greatest values of weighted sums of bits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

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
