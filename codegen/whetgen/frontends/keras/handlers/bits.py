"""Layers of single bits: lookup tables, and numbers as thermometers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from whetgen.frontends.builder import Builder
from whetgen.frontends.keras.calls import LayerCall, handles
from whetgen.frontends.keras.handlers.settings import padding_of, stored
from whetgen.frontends.keras.truth_tables import Lines, lines
from whetgen.ir.exact import exact_array
from whetgen.ir.nodes import Concat
from whetgen.ir.real import Affine, RealConv, RealDense, RealSum, RealThreshold


@handles("LookupTables")
def _lookup_tables(call: LayerCall, builder: Builder) -> str:
    """One weighted sum for each table; its bit is the alternating sum of steps along it."""
    form = _lines(call, builder.shapes[call.source][-1])
    bias = np.zeros(form.kernel.shape[-1])
    sums = builder.add(RealDense, f"{call.path}_lines", source=call.source, kernel=form.kernel, bias=bias)
    return _turning(call, builder, sums, form.levels)


@handles("LookupTables2D")
def _lookup_tables_2d(call: LayerCall, builder: Builder) -> str:
    """The same for each window."""
    layer, shape = call.layer, builder.shapes[call.source]
    size, stride = (layer.size, layer.size), (layer.stride, layer.stride)
    form = _lines(call, layer.size**2 * shape[-1])
    sums = builder.add(
        RealConv,
        f"{call.path}_lines",
        source=call.source,
        kernel=form.kernel.reshape(*size, shape[-1], -1),
        bias=np.zeros(form.kernel.shape[-1]),
        stride=stride,
        dilation=(1, 1),
        padding=padding_of(call, shape, size, stride),
        groups=1,
    )
    return _turning(call, builder, sums, form.levels)


def _lines(call: LayerCall, inputs: int) -> Lines:
    tables, wiring = stored(call.layer.tables), np.asarray(call.layer.wiring)
    if not np.isin(tables, (0.0, 1.0)).all():
        raise call.refuse("has table entries other than 0 and 1; whetgen.sharpen.finish(model) settles them")
    return lines(tables.astype(bool), wiring, inputs)


def _turning(call: LayerCall, builder: Builder, sums: str, levels: np.ndarray) -> str:
    """Bits that turn at each of the ``levels`` (changes, tables) of their sum, from 0 at first."""
    one, turns = np.array(Fraction(1), dtype=object), []
    for number, level in enumerate(levels):
        margin = builder.add(
            Affine,
            f"{call.path}_margin{number}",
            source=sums,
            multiplier=one,
            addend=exact_array(-level),
            addend_size=np.abs(level),
        )
        name = f"{call.path}_turn{number}" if len(levels) > 1 else call.path
        turns.append(builder.add(RealThreshold, name, source=margin, level=Fraction(0)))
    if len(turns) == 1:
        return turns[0]
    signs = tuple(1 - number % 2 * 2 for number in range(len(turns)))
    return builder.add(RealSum, call.path, operands=tuple(turns), signs=signs)


@handles("Thermometer")
def _thermometer(call: LayerCall, builder: Builder) -> str:
    """``x - threshold >= 0``, level after level along the last axis."""
    thresholds = exact_array(call.layer.thresholds)
    one, size = np.array(Fraction(1), dtype=object), np.abs(stored(call.layer.thresholds))
    margins = [
        builder.add(
            Affine,
            f"{call.path}_margin{level}",
            source=call.source,
            multiplier=one,
            addend=-row,
            addend_size=size[level],
        )
        for level, row in enumerate(thresholds)
    ]
    joined = margins[0]
    if len(margins) > 1:
        joined = builder.add(Concat, f"{call.path}_margins", operands=tuple(margins), axis=len(call.shape) - 1)
    return builder.add(RealThreshold, call.path, source=joined, level=Fraction(0))
