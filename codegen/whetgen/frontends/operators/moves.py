"""Operators that move elements or leave them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import handles
from whetgen.frontends.operators.sums import as_signal
from whetgen.frontends.operators.values import OperatorCall, Signal, as_map, channels_first, channels_last, in_order
from whetgen.ir.nodes import Concat, MaxPool, Pad, Permute, Shape

_MAX_AXES = 3


@handles("Flatten")
def _flatten(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x = call.signal()
    axis = call.attribute("axis", 1) % (len(x.shape) + 1)
    if (axis > 1 and x.shape[: axis - 1] != (1,) * (axis - 1)) or axis == 0:
        raise call.refuse(f"joins axis {axis - 1} with that of the batch; flatten from axis 1 on")
    return _reshaped(call, builder, x, (prod(x.shape),))


@handles("Reshape")
def _reshape(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x = call.signal()
    wanted = [int(n) for n in call.constant(1).reshape(-1)]
    have = (1, *x.shape)
    if not call.attribute("allowzero", 0):
        wanted = [have[k] if n == 0 and k < len(have) else n for k, n in enumerate(wanted)]
    if wanted.count(-1) == 1:
        rest = prod(n for n in wanted if n != -1)
        wanted = [prod(x.shape) // rest if n == -1 and rest else n for n in wanted]
    if prod(wanted) != prod(x.shape) or min(wanted, default=0) < 1:
        raise call.refuse(
            f"makes the shape {tuple(call.constant(1).tolist())} of {have}; they do not hold as many elements"
        )
    return _without_batch(call, builder, x, wanted)


@handles("Squeeze")
def _squeeze(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x = call.signal()
    full = (1, *x.shape)
    axes = [axis % len(full) for axis in _axes(call)] or [k for k, n in enumerate(full) if n == 1 and k]
    return _without_batch(call, builder, x, [n for k, n in enumerate(full) if k not in axes])


@handles("Unsqueeze")
def _unsqueeze(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x = call.signal()
    axes = _axes(call)
    full, rank = [1, *x.shape], len(x.shape) + 1 + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        full.insert(axis, 1)
    return _without_batch(call, builder, x, full)


def _axes(call: OperatorCall) -> list[int]:
    """An attribute until opset 12, an input since."""
    return [int(a) for a in (call.constant(1).reshape(-1) if call.has(1) else call.attribute("axes", ()))]


def _without_batch(call: OperatorCall, builder: OperatorBuilder, x: Signal, shape: Sequence[int]) -> Signal:
    if len(shape) < 2 or shape[0] != 1:
        raise call.refuse(
            f"makes the shape {tuple(shape)}, whose first axis is not that of the batch; keep one frame a row"
        )
    return _reshaped(call, builder, x, tuple(shape[1:]))


def _reshaped(call: OperatorCall, builder: OperatorBuilder, x: Signal, shape: Shape) -> Signal:
    if len(shape) > _MAX_AXES:
        raise call.refuse(f"makes the shape {(1, *shape)}; up to three axes behind the batch are supported")
    if shape == x.shape:
        return x
    x = channels_first(call, builder, x)
    if len(shape) > 1 and prod(shape[1:]) == 1:
        node = builder.reshape(x.node, (*shape[1:], shape[0]), call.name)
        return Signal(node, shape, last=True, bounds=x.bounds)
    return Signal(builder.reshape(x.node, shape, call.name), shape, bounds=x.bounds)


@handles("Transpose")
def _transpose(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """Where the axes lie already as one of our two orders wants them, nothing moves."""
    x = call.signal()
    rank = len(x.shape)
    order = [int(p) for p in call.attribute("perm", tuple(range(rank, -1, -1)))]
    if order[0] != 0:
        raise call.refuse(f"moves the axis of the batch (perm {order}); keep it in front")
    axes = [p - 1 for p in order[1:]]
    found = Signal(x.node, tuple(x.shape[a] for a in axes), last=rank > 1, bounds=x.bounds)
    for last in (False, True):
        if tuple(axes[k] for k in replace(found, last=last).order) == x.order:
            return replace(found, last=last)
    places = tuple(x.order.index(axes[k]) for k in found.order)
    return replace(found, node=builder.add(Permute, call.name, source=x.node, axes=places))


@handles("Concat")
def _concat(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    signals = [call.unclipped(k) for k in range(len(call.inputs))]
    first = signals[0]
    if len(signals) == 1:
        return first
    axis = call.attribute("axis") % (len(first.shape) + 1)
    if axis == 0:
        raise call.refuse("joins frames (axis 0); join along another axis")
    operands = [in_order(call, builder, s, replace(s, last=first.last)) for s in signals]
    place = first.order.index(axis - 1)
    node = builder.add(Concat, call.name, operands=tuple(s.node for s in operands), axis=place)
    shape = list(first.shape)
    shape[axis - 1] = sum(s.shape[axis - 1] for s in signals)
    return Signal(node, tuple(shape), first.last)


@handles("Pad")
def _pad(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    x = call.unclipped()
    rank = len(x.shape) + 1
    pads = [int(n) for n in (call.constant(1).reshape(-1) if call.has(1) else call.attribute("pads", ()))]
    value = float(call.constant(2)) if call.has(2) else call.attribute("value", 0.0)
    if call.attribute("mode", "constant") != "constant" or value != 0 or call.has(3) or len(pads) != 2 * rank:
        raise call.refuse(
            "pads with something else than zeros, or along chosen axes only; pad all axes with constant 0"
        )
    if pads[0] or pads[rank]:
        raise call.refuse("pads the axis of the batch")
    return _framed(call, builder, x, [(pads[a], pads[a + rank]) for a in range(1, rank)])


@handles("Slice")
def _slice(call: OperatorCall, builder: OperatorBuilder) -> Signal:
    """Along any axis, in steps forwards."""
    x = call.signal()
    rank = len(x.shape) + 1
    if call.has(1):
        starts, ends = (call.constant(k).reshape(-1).tolist() for k in (1, 2))
        axes = call.constant(3, np.arange(len(starts))).reshape(-1).tolist()
        steps = call.constant(4, np.ones(len(starts), dtype=np.int64)).reshape(-1).tolist()
    else:
        starts, ends = call.attribute("starts"), call.attribute("ends")
        axes, steps = call.attribute("axes", range(len(starts))), [1] * len(starts)
    counts, strides = [(0, 0)] * (rank - 1), [1] * (rank - 1)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = (1, *x.shape)[axis % rank]
        kept = range(size)[slice(int(start), int(end), int(step))]
        if step < 0 or not kept or (axis % rank == 0 and len(kept) != 1):
            raise call.refuse("takes frames, nothing, or elements backwards; take a part along another axis, forwards")
        if axis % rank:
            counts[axis % rank - 1] = (-kept[0], kept[-1] + 1 - size)
            strides[axis % rank - 1] = int(step)
    found = replace(_framed(call, builder, x, counts), bounds=x.bounds)
    for axis, step in enumerate(strides):
        found = found if step == 1 else _every(call, builder, found, axis, step)
    return found


def _framed(call: OperatorCall, builder: OperatorBuilder, x: Signal, counts: Sequence[tuple[int, int]]) -> Signal:
    """Zeros before and behind each axis; negative counts leave elements out. Height and width in one node."""
    if len(x.shape) == _MAX_AXES and any(map(any, counts[1:])):
        x = channels_last(call, builder, x)
        padding = tuple((int(a), int(b)) for a, b in counts[1:])
        node = builder.add(Pad, call.name, source=as_map(call, builder, x), padding=padding)
        x, counts = as_signal(call, builder, node, _MAX_AXES), [counts[0], (0, 0), (0, 0)]
    for axis, (before, after) in enumerate(counts):
        if before or after:
            size = x.shape[axis] + before + after
            x = _along(call, builder, x, axis, size, Pad, padding=((0, 0), (int(before), int(after))))
    return x


def _every(call: OperatorCall, builder: OperatorBuilder, x: Signal, axis: int, step: int) -> Signal:
    """Each ``step``-th element: windows of one element that slide so far."""
    size = -(-x.shape[axis] // step)
    return _along(call, builder, x, axis, size, MaxPool, window=(1, 1), stride=(1, step))


def _along(
    call: OperatorCall, builder: OperatorBuilder, x: Signal, axis: int, size: int, kind: type, **settings: object
) -> Signal:
    """A node over the width of a map in which the axis is the width, all axes behind it channels."""
    place = x.order.index(axis)
    lengths = [x.shape[a] for a in x.order]
    rows = (prod(lengths[:place]), lengths[place], prod(lengths[place + 1 :]))
    source = builder.reshape(x.node, rows, f"{call.name}_rows")
    node = builder.add(kind, f"{call.name}_axis{axis + 1}", source=source, **settings)
    lengths[place] = size
    shape = tuple(size if a == axis else n for a, n in enumerate(x.shape))
    return replace(x, node=builder.reshape(node, tuple(lengths), call.name), shape=shape)
