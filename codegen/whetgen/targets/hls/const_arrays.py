"""Arrays of constants as C++ text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whetgen.targets.hls.design import ConstArray
from whetgen.targets.output.aligned import aligned_lines
from whetgen.targets.output.identifiers import comment_text

_NATIVE = 1 << 63
_LIMB = (1 << 64) - 1


def const_array(name: str, comment: str, values: np.ndarray, bits: int, parts: Sequence[str] = ()) -> ConstArray:
    """``values`` (any shape) as an array of ``wg_constant<bits>``.

    ``parts``: whose each of so many equal parts along the first axis is; each stands as a comment over its lines.
    """
    literals = {value: literal(value, bits) for value in set(values.reshape(-1).tolist())}
    width = max(map(len, literals.values()))
    lines: list[str] = []
    for part, numbers in zip(parts or ("",), values.reshape(len(parts) or 1, -1).tolist(), strict=True):
        lines += [f"// {part}"] if part else []
        lines += aligned_lines(numbers, values.shape[-1], lambda value: literals[value].rjust(width))
    return ConstArray(name=name, width=bits, dims=values.shape, comment=comment_text(comment), lines=tuple(lines))


def literal(value: int, bits: int) -> str:
    """A C++ constant; beyond a native integer a call of ``wg_wide``, 64 bits at a time."""
    if bits <= 64:
        return str(value) if value > -_NATIVE else f"{value + 1} - 1"
    limbs = []
    while not -_NATIVE < value < _NATIVE:
        limbs.append(f"{value & _LIMB:#x}ULL")
        value >>= 64
    return f"wg_wide<{bits}>({', '.join([f'{value}LL', *reversed(limbs)])})"
