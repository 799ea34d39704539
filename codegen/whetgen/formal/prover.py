"""Proofs that a layer's netlist has the bits that its claims say, for all inputs.

A word: the relation of its bits is the claim's weighted sum, modulo the word, and the sum fits the word.

A comparison: the output is a function of a few nets, the *leaves*, by the tables in front of it. Relations say which sums the leaves
stand for, up to a rest between two bounds. The claim holds where every pattern of the leaves that makes the output 1 means a sum at
the threshold or above, and every other one a sum below; of several thresholds, where it means a sum between the two that the
output's number says. ``docs/explanation/proofs.md`` has an example.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from whetgen.formal.blocks import Blocks
from whetgen.formal.claims import Claim, Element
from whetgen.formal.multipliers import by_size, multipliers
from whetgen.formal.netlist import Netlist
from whetgen.formal.relation import SCALE, NoRelation, Relation, relation
from whetgen.formal.spans import ZERO, Span, input_span, leaves_of, scaled, spans_by, split_by, total
from whetgen.formal.zeros import Zeros

Multiples = list[tuple[Relation, Fraction]]


MOST_LEAVES = 14  # of several thresholds every pattern is looked at


class Prover:
    """Proves claims about one layer; what it learns about terms that are always 0 serves all of them."""

    def __init__(self, netlist: Netlist, elements: Sequence[Element]):
        self.netlist, self.elements = netlist, elements
        self.blocks = Blocks(netlist)
        self.zeros = Zeros(self.blocks, elements)

    def proves(self, claim: Claim) -> bool:
        """Whether the claim is proved; False says nothing about the netlist."""
        terms: Counter[int] = Counter()
        for index, factor in claim.terms.items():
            terms.update(dict(self.elements[index].bits(factor)))
        try:
            return self._compares(claim, terms) if claim.fire else self._equals(claim, terms)
        except NoRelation:
            return False

    # ---- words ----

    def _equals(self, claim: Claim, terms: Mapping[int, int]) -> bool:
        lo, hi = input_span(self.elements, terms)
        lowest = -(1 << (claim.width - 1)) if claim.signed else 0
        if not lowest <= lo + claim.level <= hi + claim.level < lowest + (1 << claim.width):
            return False
        given: Counter[int] = Counter()
        constant = 0
        for k, literal in enumerate(self.netlist.outputs[claim.first : claim.first + claim.width]):
            constant += (literal & 1) << k
            if literal > 1:
                given[literal >> 1] += -(1 << k) if literal & 1 else 1 << k
        told, module = relation(self.blocks, given), SCALE << claim.width
        left = [told.x.get(n, 0) - terms.get(n, 0) * SCALE for n in {*told.x, *terms}]
        left.append(told.constant + (constant - claim.level) * SCALE)
        odd = [name for name, values in told.rest.items() if values.lo % module or values.step % module]
        return not any(v % module for v in left) and all(self.zeros.proves(name) for name in odd)

    # ---- comparisons ----

    def _compares(self, claim: Claim, terms: Mapping[int, int]) -> bool:
        outputs = self.netlist.outputs[claim.first : claim.first + claim.width]
        leaves = {leaf for output in outputs for leaf in leaves_of(self.blocks, output >> 1)}
        if claim.higher and len(leaves) > MOST_LEAVES:
            return False
        relations = self._relations(leaves)
        factors = multipliers(relations, {n: v for n, v in terms.items() if n not in leaves})
        if factors is None:
            return False
        told, doubtful = list(zip(relations, factors, strict=True)), by_size(relations, factors)
        while not self._separates(claim, terms, outputs, leaves, told):
            known = len(self.zeros)
            while doubtful and len(self.zeros) == known:
                self.zeros.proves(doubtful.pop())
            if len(self.zeros) == known:
                return False
        return True

    def _relations(self, leaves: Iterable[int]) -> list[Relation]:
        """One for each block in front of the leaves that no other of these blocks reads."""
        own = [n for n in leaves if n > self.netlist.inputs]
        cone = self.blocks.cone(own)
        cells = {k: self.blocks.blocks[k] for k in cone}
        read = frozenset(i >> 1 for block in cells.values() for cell in block for i in cell.inputs)
        roots = [k for k in cone if read.isdisjoint(n for cell in cells[k] for n in cell.outputs)]
        return [relation(self.blocks, {}, own, root, read) for root in roots]

    def _separates(
        self, claim: Claim, terms: Mapping[int, int], outputs: Sequence[int], leaves: Iterable[int], told: Multiples
    ) -> bool:
        """Whether the sum reaches as many levels as the outputs say, wherever they say so: of one, whether it does."""
        value = {n: Fraction(0) for n in leaves}
        beside = {n: Fraction(v) for n, v in terms.items()}  # what the relations do not say of the bits that come in
        for made, factor in told:
            for net, coefficient in made.leaves.items():
                value[net] += factor * coefficient
            for net, coefficient in made.x.items():
                beside[net] = beside.get(net, Fraction(0)) - factor * coefficient
        for net in value:
            value[net] += beside.pop(net, Fraction(0)) if net <= self.netlist.inputs else 0
        constant = sum((factor * made.constant for made, factor in told), Fraction(0))
        fixed, sums = [(-constant, -constant), input_span(self.elements, beside)], input_span(self.elements, terms)
        if not claim.higher:
            low, high = total([*fixed, *self._rests(told)])
            return _counts(claim, [s and (s[0] + low, s[1] + high) for s in split_by(self.blocks, outputs[0], value)])
        wraps = 1 << int(sums[1] - sums[0]).bit_length()
        return any(
            _counts(claim, spans_by(self.blocks, outputs, value, total([*fixed, *self._rests(told, turn)]), sums, turn))
            for turn in (0, wraps)
        )

    def _rests(self, told: Multiples, turn: int = 0) -> Iterator[Span]:
        """Spans of what the relations leave, but for multiples of ``turn``; the same net in several of them is one term."""
        nets: dict[int, Fraction] = defaultdict(Fraction)
        for made, factor in told:
            for name, (lo, hi, _) in made.rest.items():
                if isinstance(name, int):
                    nets[name] += factor * (lo + hi)
                else:
                    yield ZERO if name in self.zeros else scaled(factor, lo, hi)
        kept = {net: c for net, c in nets.items() if net not in self.zeros and not (turn and c % turn == 0)}
        yield from (scaled(coefficient, 0, 1) for coefficient in kept.values())


def _counts(claim: Claim, found: Sequence[Span | None]) -> bool:
    """Whether each number of reached thresholds means a sum that reaches as many."""
    return all(span is None or _between(claim.levels, reached, span) for reached, span in enumerate(found))


def _between(levels: Sequence[int], reached: int, span: Span) -> bool:
    """Whether all of the span reaches so many of the levels, and no more."""
    return (
        reached <= len(levels)
        and (reached == 0 or levels[reached - 1] <= span[0])
        and (reached == len(levels) or span[1] < levels[reached])
    )
