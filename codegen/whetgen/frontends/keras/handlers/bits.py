"""Layers of single bits: lookup tables, and numbers as thermometers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from whetgen.frontends.builder import Builder
from whetgen.frontends.keras.calls import LayerCall, handles
from whetgen.frontends.keras.handlers.settings import stored
from whetgen.frontends.keras.truth_tables import lines
from whetgen.ir.exact import exact_array
from whetgen.ir.nodes import Concat
from whetgen.ir.real import Affine, RealDense, RealSum, RealThreshold


@handles("LookupTables")
def _lookup_tables(call: LayerCall, builder: Builder) -> str:
    """One weighted sum for each table; its bit is the alternating sum of steps along it."""
    tables, wiring = stored(call.layer.tables), np.asarray(call.layer.wiring)
    if not np.isin(tables, (0.0, 1.0)).all():
        raise call.refuse("has table entries other than 0 and 1; whetgen.sharpen.finish(model) settles them")
    form = lines(tables.astype(bool), wiring, builder.shapes[call.source][-1])
    sums = builder.add(
        RealDense, f"{call.path}_lines", source=call.source, kernel=form.kernel, bias=np.zeros(len(tables))
    )
    return _turning(call, builder, sums, form.levels)


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
