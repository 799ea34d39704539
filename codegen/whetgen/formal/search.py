"""Inputs for which a layer's netlist differs from its definition, where a proof failed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from whetgen.formal.claims import Claim, Word
from whetgen.formal.netlist import Netlist
from whetgen.formal.simulate import simulate

RANDOM, WALKS = 1024, 24

Elements = tuple[int, ...]


def counterexample(netlist: Netlist, words: Sequence[Word], claims: Sequence[Claim]) -> tuple[Claim, Elements] | None:
    """A claim and input elements for which it does not hold; random ones and such that a sum just reaches, or misses, its threshold."""
    random = Random(0)
    tried = [tuple(w.lo for w in words), tuple(w.hi for w in words)]
    tried += [_random(random, words) for _ in range(RANDOM)]
    for claim in (c for c in claims if c.fire):
        tried += [_walk(random, words, claim, claim.level - k % 2) for k in range(WALKS)]
    y = outputs_of(netlist, words, tried)
    for lane, elements in enumerate(tried):
        for claim in claims:
            if not claim.holds(elements, y[lane]):
                return claim, elements
    return None


def outputs_of(netlist: Netlist, words: Sequence[Word], several: Sequence[Elements]) -> list[list[int]]:
    """The bits of y for each of several inputs."""
    x = [
        sum((elements[i] >> k & 1) << lane for lane, elements in enumerate(several))
        for i, word in enumerate(words)
        for k in range(word.width)
    ]
    found = simulate(netlist, x, len(several))
    return [[bits >> lane & 1 for bits in found] for lane in range(len(several))]


def _random(random: Random, words: Sequence[Word]) -> Elements:
    return tuple(random.randint(w.lo, w.hi) for w in words)


def _walk(random: Random, words: Sequence[Word], claim: Claim, target: int) -> Elements:
    """Changes random elements until the sum is the target, or all have been changed."""
    elements = list(_random(random, words))
    missing = target - sum(factor * elements[i] for i, factor in claim.terms.items())
    for index in random.sample(sorted(claim.terms), len(claim.terms)):
        factor, word = claim.terms[index], words[index]
        step = abs(missing) // abs(factor) * (1 if (missing > 0) == (factor > 0) else -1)
        after = min(max(elements[index] + step, word.lo), word.hi)
        missing -= factor * (after - elements[index])
        elements[index] = after
    return tuple(elements)
