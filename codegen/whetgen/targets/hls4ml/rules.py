"""The hls4ml layers of each kind of layer, one rule each: a table stands in ``plan``."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

import numpy as np

from whetgen.ir.integers import Word, signed_bits
from whetgen.layers import Blend, Layer, Linear, Move, Pool, SumRange, Tensor, Window
from whetgen.targets.hls4ml.decoding import decoding, is_decoding
from whetgen.targets.hls4ml.model import ConstArray, PlannedLayer
from whetgen.targets.hls4ml.planning import Planning


@singledispatch
def plan_layer(layer: Layer, state: Planning) -> str:
    """Add what computes the layer; the name of what holds its result."""
    raise TypeError(f"no hls4ml form of {type(layer).__name__}")


@plan_layer.register
def _(layer: Linear, state: Planning) -> str:
    inputs, name = state.inputs(layer), state.identifiers.unique(layer.name)
    if is_decoding(layer):
        return state.put(decoding(name, inputs, layer), layer.name)
    window, dense = layer.window, layer.window.trivial and layer.window.groups == 1
    sizes = {"n_in": len(layer.weights), "n_out": layer.neurons} if dense else _window(window, layer.neurons)
    grouped = {"n_chan": window.channels // window.groups, "groups": window.groups}
    planned = PlannedLayer(
        kind="dense" if dense else "conv",
        name=name,
        inputs=inputs,
        shape=layer.result.shape,
        result=layer.result.word,
        constants={**sizes, **({} if dense else grouped), **_finish(layer.fire, layer.levels)},
        types=_accumulator(layer.sum_range),
        arrays=(ConstArray("weights", layer.weights.T), ConstArray("levels", layer.levels)),
    )
    return state.put(planned, layer.name)


def _window(window: Window, channels: int) -> dict[str, int]:
    """Sizes of the map before and after, of the window, its steps and the padding in front, as hls4ml names its own."""
    return {
        "in_height": window.height,
        "in_width": window.width,
        "out_height": window.out_height,
        "out_width": window.out_width,
        "n_filt": channels,
        "filt_height": window.kernel[0],
        "filt_width": window.kernel[1],
        "stride_height": window.stride[0],
        "stride_width": window.stride[1],
        "dilation_height": window.dilation[0],
        "dilation_width": window.dilation[1],
        "pad_top": window.before[0],
        "pad_left": window.before[1],
    }


def _finish(fire: bool, levels: np.ndarray) -> dict[str, int]:
    """What becomes of a sum: ``level_step`` leads to the levels of the next position, 0 where all have the same."""
    return {"fires": int(fire), "level_step": levels.shape[1] if len(levels) > 1 else 0}


def _accumulator(sums: SumRange) -> dict[str, Word]:
    """Holds every partial sum, in any order."""
    return {"accum_t": Word(signed_bits(-sums.bound, sums.bound), signed=True)}


@plan_layer.register
def _(layer: Pool, state: Planning) -> str:
    window, sums = layer.window, not layer.largest
    levels = np.zeros((1, window.channels), dtype=object) if layer.levels is None else layer.levels
    planned = PlannedLayer(
        kind="sum_pool" if sums else "max_pool",
        inputs=state.inputs(layer),
        name=state.identifiers.unique(layer.name),
        shape=layer.result.shape,
        result=layer.result.word,
        constants={**_window(window, window.channels), **(_finish(layer.fire, levels) if sums else {})},
        types=_accumulator(layer.sum_range) if sums else {},
        arrays=(ConstArray("levels", levels),) if sums else (),
    )
    return state.put(planned, layer.name)


@plan_layer.register
def _(layer: Blend, state: Planning) -> str:
    """The first two operands, then the sum so far and one operand at a time."""
    factors, inputs, bound = layer.factors, state.inputs(layer), layer.sum_range.bound
    nothing, one = np.zeros((1, 1), dtype=np.int64), np.ones((1, 1), dtype=np.int64)
    while len(inputs) > 2:
        so_far = replace(layer.result, name=f"{layer.name}_part", lo=-bound, hi=bound)
        part = replace(layer, result=so_far, factors=factors[:2], levels=nothing, fire=False)
        factors, inputs = (one, *factors[2:]), (_blend(part, inputs[:2], state), *inputs[2:])
    return _blend(replace(layer, result=replace(layer.result, name=layer.name), factors=factors), inputs, state)


def _blend(layer: Blend, inputs: tuple[str, ...], state: Planning) -> str:
    """A sum of one or two operands, named after its result."""
    arrays = (*map(ConstArray, ("factor", "factor2"), layer.factors), ConstArray("levels", layer.levels))
    sizes = {f"n_{array.role}": array.values.size for array in arrays}
    planned = PlannedLayer(
        kind="blend" if len(inputs) == 2 else "scale",
        name=state.identifiers.unique(layer.result.name),
        inputs=inputs,
        shape=layer.result.shape,
        result=layer.result.word,
        constants={"n_in": layer.result.count, "fires": int(layer.fire), **sizes},
        types=_accumulator(layer.sum_range),
        arrays=arrays,
    )
    return state.put(planned, layer.name)


@plan_layer.register
def _(layer: Move, state: Planning) -> str:
    """The first two sources joined, then what is joined so far and one source at a time; the last of these moves, too."""
    inputs, sources = state.inputs(layer), layer.sources
    while len(inputs) > 2:
        first, second, *others = sources
        count, lo, hi = first.count + second.count, min(first.lo, second.lo), max(first.hi, second.hi)
        so_far = Tensor(f"{layer.name}_part", (count,), lo, hi)
        part = replace(layer, sources=sources[:2], result=so_far, indices=np.arange(count))
        sources, inputs = (so_far, *others), (_gather(part, inputs[:2], state), *inputs[2:])
    return _gather(replace(layer, sources=sources, result=replace(layer.result, name=layer.name)), inputs, state)


def _gather(layer: Move, inputs: tuple[str, ...], state: Planning) -> str:
    """Elements of one or two tensors in other places, named after its result."""
    sizes = dict(zip(("n_in", "n_in2"), (t.count for t in layer.sources), strict=False))
    planned = PlannedLayer(
        kind="gather2" if len(inputs) == 2 else "gather",
        name=state.identifiers.unique(layer.result.name),
        inputs=inputs,
        shape=layer.result.shape,
        result=layer.result.word,
        constants={**sizes, "n_out": layer.result.count},
        arrays=(ConstArray("indices", layer.indices),),
    )
    return state.put(planned, layer.name)
