"""Claims about a netlist, proved for all inputs by exact linear relations.

A comparison: the tables above the counters and adders are a function of a few nets, the leaves; the relation tells the sum by the
leaves, up to a rest with bounds. The claim holds where every value of the leaves that makes the output 1 leaves the sum at the
threshold or above, and every other one below. A word: its bits are the sum modulo the word, and the sum fits the word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from whetgen.formal.claims import Claim, Word
from whetgen.formal.netlist import Netlist
from whetgen.formal.relation import SCALE, Circuit, NoRelation, Relation

NEARBY = 400  # blocks that are tried for a proof that a bit is always 0

Span = tuple[Fraction, Fraction]


class Prover:
    """Proves claims about one layer; what it learns about bits that are never 1 serves all of them."""

    def __init__(self, netlist: Netlist, words: Sequence[Word]):
        self.netlist, self.words = netlist, words
        self.circuit = Circuit(netlist)
        self.never: set[Hashable] = set()
        self._tried: set[int] = set()

    def proves(self, claim: Claim) -> bool:
        """Whether the claim is proved; False says nothing about the netlist."""
        terms: Counter[int] = Counter()
        for index, factor in claim.terms.items():
            terms.update(dict(self.words[index].bits(factor)))
        try:
            return self._compares(claim, terms) if claim.fire else self._equals(claim, terms)
        except NoRelation:
            return False

    # ---- words ----

    def _equals(self, claim: Claim, terms: Mapping[int, int]) -> bool:
        given: Counter[int] = Counter()
        constant = 0
        for k, literal in enumerate(self.netlist.outputs[claim.first : claim.first + claim.width]):
            constant += (literal & 1) << k
            if literal > 1:
                given[literal >> 1] += -(1 << k) if literal & 1 else 1 << k
        lo, hi = self._span({n: Fraction(v) for n, v in terms.items()})
        lowest = -(1 << (claim.width - 1)) if claim.signed else 0
        if not lowest <= lo + claim.level <= hi + claim.level < lowest + (1 << claim.width):
            return False
        told = self.circuit.relation(given)
        module = SCALE << claim.width
        nets = set(told.x) | set(terms)
        same = all((told.x.get(n, 0) - terms.get(n, 0) * SCALE) % module == 0 for n in nets)
        if not same or (told.constant + (constant - claim.level) * SCALE) % module:
            return False
        odd = [name for name, (low, _, step) in told.rest.items() if low % module or step % module]
        return all(self._is_never(name) for name in odd)

    # ---- comparisons ----

    def _compares(self, claim: Claim, terms: Mapping[int, int]) -> bool:
        output = self.netlist.outputs[claim.first]
        leaves = self._leaves(output >> 1)
        own = [n for n in leaves if n > self.netlist.inputs]
        cone = self.circuit.cone(own)
        read = frozenset(i >> 1 for k in cone for cell in self.circuit.blocks[k] for i in cell.inputs)
        roots = [k for k in cone if read.isdisjoint(n for cell in self.circuit.blocks[k] for n in cell.outputs)]
        relations = [self.circuit.relation({}, own, root, read) for root in roots]
        factors = _factors(relations, {n: v for n, v in terms.items() if n not in leaves})
        if factors is None:
            return False
        doubtful = _by_size(relations, factors)
        while not self._separates(claim, terms, output, leaves, relations, factors):
            known = len(self.never)
            while doubtful and len(self.never) == known:
                self._is_never(doubtful.pop())
            if len(self.never) == known:
                return False
        return True

    def _separates(self, claim, terms, output, leaves, relations, factors) -> bool:
        value: dict[int, Fraction] = {n: Fraction(0) for n in leaves}
        beside = {n: Fraction(v) for n, v in terms.items()}  # what the relations do not say of the bits that come in
        low = high = Fraction(0)
        for told, factor in zip(relations, factors, strict=True):
            low, high = low - factor * told.constant, high - factor * told.constant
            for net, coefficient in told.leaves.items():
                value[net] += factor * coefficient
            for net, coefficient in told.x.items():
                beside[net] = beside.get(net, Fraction(0)) - factor * coefficient
        for lo, hi in self._rests(relations, factors):
            low, high = low + lo, high + hi
        for net in leaves:
            value[net] += beside.pop(net, Fraction(0)) if net <= self.netlist.inputs else 0
        lo, hi = self._span(beside)
        silent, firing = self._bounds(output, value)
        return (silent is None or silent[1] + high + hi < claim.level) and (
            firing is None or firing[0] + low + lo >= claim.level
        )

    def _rests(self, relations, factors) -> Iterator[Span]:
        """Spans of what the relations leave; the same net in several of them is one term."""
        nets: Counter[int] = Counter()
        for told, factor in zip(relations, factors, strict=True):
            for name, (lo, hi, _) in told.rest.items():
                if name in self.never:
                    continue
                if isinstance(name, int):
                    nets[name] += factor * (lo + hi)
                else:
                    yield min(factor * lo, factor * hi), max(factor * lo, factor * hi)
        for coefficient in nets.values():
            yield min(coefficient, Fraction(0)), max(coefficient, Fraction(0))

    def _table(self, net: int):
        if net not in self.circuit.driver:
            return None
        block = self.circuit.blocks[self.circuit.driver[net]]
        return next((cell for cell in block if cell.truth is not None and net in cell.outputs), None)

    def _leaves(self, net: int) -> set[int]:
        """Nets that the tables above ``net`` read, and that no table drives."""
        waiting, seen, leaves = [net], {0}, set()
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            table = self._table(at)
            if table is None:
                leaves.add(at)
            else:
                waiting += [i >> 1 for i in table.inputs]
        return leaves

    def _bounds(self, literal: int, value: Mapping[int, Fraction]) -> tuple[Span | None, Span | None]:
        """Span of the leaves' weighted sum where the literal is 0, and where it is 1; None where it never is.

        Leaves that are met again count as bits of their own, without weight: more may happen then, never less.
        """
        met: set[int] = set()

        def of(literal: int) -> tuple[Span | None, Span | None]:
            net = literal >> 1
            if net == 0:
                found = (Fraction(0), Fraction(0)), None
            elif net in met:
                found = (Fraction(0), Fraction(0)), (Fraction(0), Fraction(0))
            elif (table := self._table(net)) is None:
                met.add(net)
                found = (Fraction(0), Fraction(0)), (value[net], value[net])
            else:
                met.add(net)
                found = _of_table(table.truth, [of(i) for i in table.inputs])
            return found[::-1] if literal & 1 else found

        return of(literal)

    # ---- facts ----

    def _span(self, coefficients: Mapping[int, Fraction]) -> Span:
        """Of a weighted sum of the bits that come in; of whole words by the range of the word."""
        low = high = Fraction(0)
        for word in self.words:
            own = [coefficients.get(net, Fraction(0)) for net in range(word.net, word.net + word.width)]
            if not any(own):
                continue
            unit = own[0]
            if own == [c * unit for _, c in word.bits(1)]:
                ends = sorted((unit * word.lo, unit * word.hi))
            else:
                ends = [sum(c for c in own if c < 0), sum(c for c in own if c > 0)]
            low, high = low + ends[0], high + ends[1]
        return low, high

    def _is_never(self, name: Hashable) -> bool:
        """Whether that term is always 0, by the number of some block that its cell leads to."""
        nets = [net for net, _ in name] if isinstance(name, tuple) else [name]
        waiting, seen = sorted({self.circuit.driver[n] for n in nets}), set()
        if name in self.never:
            return True
        if isinstance(name, tuple):
            self._learn(self.circuit.relation({net: c // SCALE for net, c in name if c}))
        while waiting and len(seen) < NEARBY and name not in self.never:
            block = min(waiting)
            waiting.remove(block)
            seen.add(block)
            if block not in self._tried and self.circuit.blocks[block][0].truth is None:
                self._tried.add(block)
                self._learn(self.circuit.relation({}, (), block))
            readers = {r for cell in self.circuit.blocks[block] for n in cell.outputs for r in self.circuit.readers[n]}
            waiting += sorted(readers - seen - set(waiting))
        return name in self.never

    def _learn(self, told: Relation) -> None:
        """Terms that would be larger than all that there is."""
        low, high = self._span({n: Fraction(v) for n, v in told.x.items()})
        known = [t for name, t in told.rest.items() if name not in self.never]
        low, high = low + told.constant - sum(t[1] for t in known), high + told.constant - sum(t[0] for t in known)
        for name, (lo, hi, step) in told.rest.items():
            alone = hi - lo == step and name not in self.never
            if alone and ((lo == 0 and hi > high) or (hi == 0 and lo < low)):
                self.never.add(name)


def _by_size(relations: Sequence[Relation], factors: Sequence[Fraction]) -> list[Hashable]:
    """What is left, the largest last."""
    sizes: dict[Hashable, Fraction] = {}
    for told, factor in zip(relations, factors, strict=True):
        sizes |= {name: abs(factor * (hi + lo)) for name, (lo, hi, _) in told.rest.items()}
    return sorted(sizes, key=lambda name: sizes[name])


def _of_table(truth: int, inputs: Sequence[tuple[Span | None, Span | None]]) -> tuple[Span | None, Span | None]:
    found: list[Span | None] = [None, None]
    for row in range(1 << len(inputs)):
        spans = [given[row >> k & 1] for k, given in enumerate(inputs)]
        if None not in spans:
            low, high = sum(s[0] for s in spans), sum(s[1] for s in spans)
            before = found[truth >> row & 1]
            found[truth >> row & 1] = (low, high) if before is None else (min(low, before[0]), max(high, before[1]))
    return found[0], found[1]


def _factors(relations: Sequence[Relation], terms: Mapping[int, int]) -> list[Fraction] | None:
    """What to multiply the relations by so that most of their bits get the coefficients of ``terms``; None without a clue."""
    found: dict[int, Fraction] = {}
    while len(found) < len(relations):
        votes = Counter(_votes(relations, terms, found))
        if not votes:
            return None
        (chosen, factor), _ = max(votes.items(), key=lambda vote: (vote[1], -vote[0][0]))
        found[chosen] = factor
    return [found[k] for k in range(len(relations))]


def _votes(relations, terms, found: Mapping[int, Fraction]) -> Iterable[tuple[int, Fraction]]:
    rows = [({k: told.x[n] for k, told in enumerate(relations) if n in told.x}, wanted) for n, wanted in terms.items()]
    names = {name for told in relations for name in told.rest if isinstance(name, int)}
    rows += [({k: sum(told.rest[n][:2]) for k, told in enumerate(relations) if n in told.rest}, 0) for n in names]
    for row, wanted in rows:
        unknown = [k for k in row if k not in found]
        if len(unknown) == 1:
            value = Fraction(wanted - sum(found[k] * c for k, c in row.items() if k in found)) / row[unknown[0]]
            if value:
                yield unknown[0], value
