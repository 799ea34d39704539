"""Of sums that neurons share, what they add and for whom, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from whetgen.targets.verilog.logic.sub_sums import SubSum
from whetgen.wording import listed


def sub_sum_comments(
    names: Sequence[str], shared: Sequence[SubSum], digits: np.ndarray, neurons: Sequence[int]
) -> Iterator[str]:
    """``inputs 1, 3 to 7, minus input 4, s_0; for neurons 0, 2, s_9``.

    ``digits``: (neurons, columns, words), of the neurons that have the numbers ``neurons``.
    """
    by_word = {sub.word: name for name, sub in zip(names, shared, strict=True)}
    sums: dict[int, list[str]] = defaultdict(list)
    for name, sub in zip(names, shared, strict=True):
        for word, _ in sub.terms:
            sums[word].append(name)
    for sub in shared:
        readers = [neurons[n] for n in np.flatnonzero(digits[:, :, sub.word].any(axis=1)).tolist()]
        yield f"{_added(sub, by_word)}; for {_together('neuron', readers, sums[sub.word])}"


def _added(sub: SubSum, names: dict[int, str]) -> str:
    by_factor: dict[int, list[int]] = defaultdict(list)
    for word, factor in sub.terms:
        by_factor[factor].append(word)
    parts: list[str] = []
    for factor in sorted(by_factor, key=lambda f: (abs(f), -f)):
        words = by_factor[factor]
        told = _together("input", [w for w in words if w not in names], [names[w] for w in words if w in names])
        often = f"{abs(factor)} times " if abs(factor) > 1 else ""
        parts.append(f"{'minus ' if factor < 0 else 'plus ' if parts else ''}{often}{told}")
    return ", ".join(parts)


def _together(noun: str, numbers: Sequence[int], names: Sequence[str]) -> str:
    return ", ".join([*([listed(noun, sorted(numbers))] if numbers else []), *names])
