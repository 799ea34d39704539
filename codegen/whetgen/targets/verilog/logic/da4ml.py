"""Sub-sums that da4ml's solver finds (Sun et al., arXiv:2507.04535): an adder graph, of which what is used twice becomes a word.

What is used once is no sum of its own: its terms join the sum that uses it, which our counters then add up at once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.integers import magnitude
from whetgen.targets.verilog.logic.digits import signed_digits
from whetgen.targets.verilog.logic.sub_sums import SubSum, own_sub_sums

EXACT = 1 << 16  # the solver computes in float32, and rounds from about 24 bits on
Factors = dict[int, Fraction]  # factor of each word


def da4ml_sub_sums(weights: np.ndarray, highest: np.ndarray) -> tuple[np.ndarray, tuple[SubSum, ...]]:
    """A ``Finder``; weights of more than 16 bits are left to ``own_sub_sums``.

    Raises:
        BadInput: da4ml is not installed.
    """
    try:
        from da4ml.cmvm import solve
    except ImportError as error:
        raise BadInput(f"--solver da4ml: it is not installed ({error}); pip install 'whetgen[bench]'") from error
    if magnitude(weights) >= EXACT:
        return own_sub_sums(weights, highest)
    # In C order: the solver reads any other array transposed.
    kernel = np.ascontiguousarray(np.where(highest[:, None] > 0, weights, 0), dtype=np.float32)
    ranges = [(0.0, max(float(h), 1.0), 1.0) for h in highest]
    graph = _Words([None] * len(kernel))
    values: list[Factors] = [{word: Fraction(1)} for word in range(len(kernel))]
    for stage in solve(kernel, qintervals=ranges).solutions:
        values = _stage(stage, values, graph)
    table = np.zeros((len(graph.words), len(values)), dtype=object)
    for neuron, value in enumerate(values):
        for word, factor in graph.whole(value).items():
            table[word, neuron] = int(factor)
    return signed_digits(table).transpose(2, 0, 1), tuple(s for s in graph.words if s)


@dataclass(frozen=True)
class _Words:
    """Words by number: None for the inputs, then the shared sums."""

    words: list[SubSum | None]

    def shared(self, value: Factors) -> Factors:
        """The value as a multiple of one word, a new one of whole factors without a common divisor."""
        below = lcm(*(factor.denominator for factor in value.values()))
        above = gcd(*(int(factor * below) for factor in value.values()))
        terms = tuple((word, int(factor * below) // above) for word, factor in sorted(value.items()))
        self.words.append(SubSum(len(self.words), terms))
        return {len(self.words) - 1: Fraction(above, below)}

    def whole(self, value: Factors) -> Factors:
        """The value in whole multiples: a word that it takes a fraction of gives way to its terms."""
        while broken := [word for word, factor in value.items() if factor.denominator > 1]:
            word = max(broken)
            rest = {w: f for w, f in value.items() if w != word}
            sub = self.words[word]
            terms = sub.terms if sub else ()  # never of an input, whose factors are whole
            value = _sum(rest, {w: Fraction(f) for w, f in terms}, value[word])
        return value


def _stage(stage: Any, sources: list[Factors], graph: _Words) -> list[Factors]:
    """Results of one adder graph of da4ml's: buffers that take a source or add a buffer, shifted, to another."""
    used = Counter(i for op in stage.ops for i in ((op.id0, op.id1) if op.id1 >= 0 else ()))
    used.update(i for i in stage.out_idxs if i >= 0)
    buffers: list[Factors] = []
    for number, op in enumerate(stage.ops):
        if op.id1 < 0:
            value = _sum({}, sources[op.id0], Fraction(2) ** stage.inp_shifts[op.id0])
        else:
            value = _sum(buffers[op.id0], buffers[op.id1], Fraction(2) ** op.data * (-1 if op.opcode == 1 else 1))
        buffers.append(graph.shared(value) if used[number] > 1 and len(value) > 1 else value)
    ends = zip(stage.out_idxs, stage.out_shifts, stage.out_negs, strict=True)
    return [_sum({}, buffers[i], Fraction(2) ** shift * (-1 if neg else 1)) if i >= 0 else {} for i, shift, neg in ends]


def _sum(one: Factors, other: Factors, factor: Fraction) -> Factors:
    found = {word: one.get(word, Fraction(0)) + factor * other.get(word, Fraction(0)) for word in {**one, **other}}
    return {word: f for word, f in found.items() if f}
