"""Proofs that a layer's netlist has the bits that its claims say, for all inputs.

A word: the relation of its bits is the claim's weighted sum, modulo the word, and the sum fits the word.

A comparison: the output is a function of a few nets, the *leaves*, by the tables in front of it. Relations say which sums the leaves
stand for, up to a rest between two bounds. The claim holds where every pattern of the leaves that makes the output 1 means a sum at
the threshold or above, and every other one a sum below. ``docs/internals.md`` has an example.
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
from whetgen.formal.spans import ZERO, Span, input_span, leaves_of, scaled, split_by, total
from whetgen.formal.zeros import Zeros

Multiples = list[tuple[Relation, Fraction]]


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
        output = self.netlist.outputs[claim.first]
        leaves = leaves_of(self.blocks, output >> 1)
        relations = self._relations(leaves)
        factors = multipliers(relations, {n: v for n, v in terms.items() if n not in leaves})
        if factors is None:
            return False
        told, doubtful = list(zip(relations, factors, strict=True)), by_size(relations, factors)
        while not self._separates(claim, terms, output, leaves, told):
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
        self, claim: Claim, terms: Mapping[int, int], output: int, leaves: Iterable[int], told: Multiples
    ) -> bool:
        """Whether the sum is below the level wherever the output is 0, and not below it wherever that is 1."""
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
        low, high = total([(-constant, -constant), *self._rests(told), input_span(self.elements, beside)])
        silent, firing = split_by(self.blocks, output, value)
        return (silent is None or silent[1] + high < claim.level) and (firing is None or firing[0] + low >= claim.level)

    def _rests(self, told: Multiples) -> Iterator[Span]:
        """Spans of what the relations leave; the same net in several of them is one term."""
        nets: dict[int, Fraction] = defaultdict(Fraction)
        for made, factor in told:
            for name, (lo, hi, _) in made.rest.items():
                if isinstance(name, int):
                    nets[name] += factor * (lo + hi)
                else:
                    yield ZERO if name in self.zeros else scaled(factor, lo, hi)
        yield from (scaled(coefficient, 0, 1) for net, coefficient in nets.items() if net not in self.zeros)
