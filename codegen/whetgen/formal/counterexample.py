"""Inputs for which a layer's netlist differs from its definition, where a proof failed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from whetgen.formal.claims import Claim, Element
from whetgen.formal.netlist import Netlist
from whetgen.formal.simulate import simulate

RANDOM, WALKS = 1024, 24

Example = tuple[int, ...]  # a number for each element of the input


def counterexample(
    netlist: Netlist, elements: Sequence[Element], claims: Sequence[Claim]
) -> tuple[Claim, Example] | None:
    """A claim and an input for which it does not hold; random inputs, and such that a sum just reaches, or misses, its threshold."""
    random = Random(0)
    tried = [tuple(e.lo for e in elements), tuple(e.hi for e in elements)]
    tried += [_random(random, elements) for _ in range(RANDOM)]
    for claim in (c for c in claims if c.fire):
        tried += [
            _walk(random, elements, claim, claim.levels[k // 2 % len(claim.levels)] - k % 2) for k in range(WALKS)
        ]
    for example, y in zip(tried, outputs_of(netlist, elements, tried), strict=True):
        for claim in claims:
            if not claim.holds(example, y):
                return claim, example
    return None


def outputs_of(netlist: Netlist, elements: Sequence[Element], examples: Sequence[Example]) -> list[list[int]]:
    """The bits of y for each of several inputs."""
    x = [
        sum((example[i] >> k & 1) << lane for lane, example in enumerate(examples))
        for i, element in enumerate(elements)
        for k in range(element.width)
    ]
    found = simulate(netlist, x, len(examples))
    return [[bits >> lane & 1 for bits in found] for lane in range(len(examples))]


def _random(random: Random, elements: Sequence[Element]) -> Example:
    return tuple(random.randint(e.lo, e.hi) for e in elements)


def _walk(random: Random, elements: Sequence[Element], claim: Claim, target: int) -> Example:
    """Changes numbers of a random input until the sum is the target, or all have been changed."""
    found = list(_random(random, elements))
    missing = target - sum(factor * found[i] for i, factor in claim.terms.items())
    for index in random.sample(sorted(claim.terms), len(claim.terms)):
        factor, element = claim.terms[index], elements[index]
        change = abs(missing) // abs(factor) * (1 if (missing > 0) == (factor > 0) else -1)
        after = min(max(found[index] + change, element.lo), element.hi)
        missing -= factor * (after - found[index])
        found[index] = after
    return tuple(found)
