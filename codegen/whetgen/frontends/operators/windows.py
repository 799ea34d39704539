"""How windows slide: ONNX's attributes as strides and zeros on each side."""

from __future__ import annotations

import math
from collections.abc import Sequence

from whetgen.frontends.operators.values import OperatorCall
from whetgen.ir.nodes import NO_PADDING, Padding, Pair, Shape


def pair(numbers: Sequence[int]) -> Pair:
    """A setting of one or two axes as (height, width)."""
    return (1, int(numbers[0])) if len(numbers) == 1 else (int(numbers[0]), int(numbers[1]))


def padding_of(call: OperatorCall, source: Shape, extent: Pair, stride: Pair) -> Padding:
    """Zeros on each side.

    Raises:
        BadInput: negative ones, or an ``auto_pad`` that ONNX does not know.
    """
    kind = call.attribute("auto_pad", "NOTSET")
    if kind == "VALID":
        return NO_PADDING
    if kind in ("SAME_UPPER", "SAME_LOWER"):
        totals = [
            max((math.ceil(n / s) - 1) * s + e - n, 0) for n, e, s in zip(source[:2], extent, stride, strict=True)
        ]
        small, large = ([t // 2 for t in totals], [t - t // 2 for t in totals])
        before, after = (small, large) if kind == "SAME_UPPER" else (large, small)
        return ((before[0], after[0]), (before[1], after[1]))
    pads = list(call.attribute("pads", ())) or [0, 0, 0, 0]
    if len(pads) == 2:
        pads = [0, pads[0], 0, pads[1]]
    if kind != "NOTSET" or len(pads) != 4 or min(pads) < 0:
        raise call.refuse(f"has auto_pad {kind} and pads {pads}; use zeros on both sides of each axis")
    return ((pads[0], pads[2]), (pads[1], pads[3]))
