"""How often each of several relations is to be taken, so that together they say what a claim speaks of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from whetgen.formal.relation import Relation, TermName


def multipliers(relations: Sequence[Relation], terms: Mapping[int, int]) -> list[Fraction] | None:
    """One for each relation, by the vote of the input bits: most of them then count what ``terms`` says. None without a vote."""
    found: dict[int, Fraction] = {}
    while len(found) < len(relations):
        votes = Counter(_votes(relations, terms, found))
        if not votes:
            return None
        (chosen, factor), _ = max(votes.items(), key=lambda vote: (vote[1], -vote[0][0]))
        found[chosen] = factor
    return [found[k] for k in range(len(relations))]


def _votes(
    relations: Sequence[Relation], terms: Mapping[int, int], found: Mapping[int, Fraction]
) -> Iterator[tuple[int, Fraction]]:
    """(relation, multiplier) of each bit that only one relation without a multiplier speaks of; bits of the rest want 0."""
    rows = [({k: told.x[n] for k, told in enumerate(relations) if n in told.x}, wanted) for n, wanted in terms.items()]
    names = {name for told in relations for name in told.rest if isinstance(name, int)}
    rows += [({k: sum(told.rest[n][:2]) for k, told in enumerate(relations) if n in told.rest}, 0) for n in names]
    for row, wanted in rows:
        unknown = [k for k in row if k not in found]
        if len(unknown) == 1:
            value = Fraction(wanted - sum(found[k] * c for k, c in row.items() if k in found)) / row[unknown[0]]
            if value:
                yield unknown[0], value


def by_size(relations: Sequence[Relation], factors: Sequence[Fraction]) -> list[TermName]:
    """Names of what the relations leave, the largest last."""
    sizes: dict[TermName, Fraction] = {}
    for told, factor in zip(relations, factors, strict=True):
        sizes |= {name: abs(factor * (values.hi + values.lo)) for name, values in told.rest.items()}
    return sorted(sizes, key=lambda name: sizes[name])
