"""What stands between the operators of an ONNX graph: constants, and tensors that depend on the input.

ONNX puts channels first, whetgen last; no element moves where one order can be read as the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.reasons import one_line
from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.ir.exact import exact_array
from whetgen.ir.nodes import Permute, Shape

_LONGEST_WORD = 60  # no word of ONNX or QONNX is longer
Bounds = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True)
class Signal:
    """A tensor that depends on the input.

    ``node``: the traced node that holds it. ``shape``: ONNX's, without the batch axis. ``last``: whether the node's
    tensor has the first of these axes, the channels, behind the others; else its axes are ONNX's own. ``bounds``:
    between these the values are clipped (None: not on that side), which no node has done yet. ``rounding``: the mode in
    which they are rounded, which awaits bounds; empty where they are not.
    """

    node: str
    shape: Shape
    last: bool = False
    bounds: Bounds = (None, None)
    rounding: str = ""

    @property
    def order(self) -> tuple[int, ...]:
        """ONNX's axis (without the batch axis) of each axis of the node's tensor."""
        axes = tuple(range(len(self.shape)))
        return (*axes[1:], *axes[:1]) if self.last else axes

    @property
    def clipped(self) -> bool:
        return self.bounds != (None, None) or bool(self.rounding)


@dataclass(frozen=True)
class Classes:
    """Index of the largest element of ``scores``, the lowest of equals: what ArgMax and TopK make."""

    scores: Signal


Value = Signal | Classes | np.ndarray


@dataclass(frozen=True, kw_only=True)
class OperatorCall:
    """One node of the file: its operator, what it reads, its attributes. ``inputs``: None where one is left out."""

    operator: str
    name: str
    inputs: tuple[Value | None, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any] = field(repr=False)
    opset: int = 0

    def refuse(self, why: str) -> BadInput:
        return BadInput(f"node '{self.name}' ({self.operator}) {why}")

    @contextmanager
    def told(self, advice: str) -> Iterator[None]:
        """Within the block, what a node makes Python raise that breaks its operator's rules is bad input, with ``advice``."""
        try:
            yield
        except BadInput:
            raise
        except (
            ArithmeticError,
            AssertionError,
            AttributeError,
            LookupError,
            MemoryError,
            TypeError,
            ValueError,
        ) as error:
            raise self.refuse(f"breaks a rule of its operator ({one_line(error)}); {advice}") from error

    def attribute(self, name: str, default: Any = None) -> Any:
        value = self.attributes.get(name, default)
        return value.decode("utf-8", "replace")[:_LONGEST_WORD] if isinstance(value, bytes) else value

    @property
    def signals(self) -> tuple[Signal, ...]:
        return tuple(value for value in self.inputs if isinstance(value, Signal))

    def signal(self, index: int = 0) -> Signal:
        """An input that must depend on the network's input, its clipping done by nobody."""
        value = self.awaiting(index)
        if value.rounding:
            raise self.refuse(
                "reads what is rounded to any integer; put a Clip with whole bounds directly behind the rounding"
            )
        return value

    def awaiting(self, index: int = 0) -> Signal:
        """As ``signal``, but it may be rounded and await its bounds."""
        value = self.inputs[index] if index < len(self.inputs) else None
        if not isinstance(value, Signal):
            raise self.refuse(
                f"reads a constant as input {index}, where only tensors that depend on the input make sense"
            )
        return value

    def unclipped(self, index: int = 0) -> Signal:
        """As ``signal``, but no Clip or Relu may be in front.

        Raises:
            BadInput: one is; only what quantises may follow it.
        """
        value = self.signal(index)
        if value.clipped:
            raise self.refuse(
                "reads what Relu or Clip made of real numbers, which is no network of thresholds; "
                "put a quantiser (BipolarQuant, Quant, MultiThreshold) or a comparison directly behind it"
            )
        return value

    def constant(self, index: int, default: Any = None) -> np.ndarray:
        """An input that must be a constant; ``default`` where it is left out."""
        value = self.inputs[index] if index < len(self.inputs) else None
        if value is None and default is not None:
            return np.asarray(default)
        if not isinstance(value, np.ndarray):
            raise self.refuse(f"needs a constant as input {index}; export the model with constants folded")
        return value

    def has(self, index: int) -> bool:
        return index < len(self.inputs) and self.inputs[index] is not None


def as_map(call: OperatorCall, builder: OperatorBuilder, signal: Signal) -> str:
    """The node with the signal as (height, width, channels); of a 1-D one the height is 1."""
    if len(signal.shape) not in (2, 3):
        raise call.refuse(f"needs a map of channels, its input has shape {(1, *signal.shape)}; reshape it first")
    return builder.as_map(channels_last(call, builder, signal).node, call.name)


def channels_last(call: OperatorCall, builder: OperatorBuilder, signal: Signal) -> Signal:
    """The same signal with its channels behind the other axes."""
    return in_order(call, builder, signal, replace(signal, last=len(signal.shape) > 1))


def channels_first(call: OperatorCall, builder: OperatorBuilder, signal: Signal) -> Signal:
    """The same signal with the axes as ONNX has them."""
    return in_order(call, builder, signal, replace(signal, last=False))


def in_order(call: OperatorCall, builder: OperatorBuilder, signal: Signal, wanted: Signal) -> Signal:
    """``wanted``, which names the same elements in another order of the axes, with the node that holds them so."""
    if signal.order == wanted.order:
        return replace(wanted, node=signal.node)
    shape = tuple(signal.shape[axis] for axis in wanted.order)
    if _same_elements(signal, wanted):
        return replace(wanted, node=builder.reshape(signal.node, shape, f"{call.name}_order"))
    axes = tuple(signal.order.index(axis) for axis in wanted.order)
    return replace(wanted, node=builder.add(Permute, f"{call.name}_order", source=signal.node, axes=axes))


def _same_elements(signal: Signal, wanted: Signal) -> bool:
    """Whether both orders run through the elements alike, because axes of one element do not count."""
    long = [[axis for axis in s.order if s.shape[axis] > 1] for s in (signal, wanted)]
    return long[0] == long[1]


def against(call: OperatorCall, signal: Signal, values: np.ndarray) -> np.ndarray:
    """A constant that ONNX broadcasts against ``signal``, as exact numbers that broadcast against its node's tensor.

    A single number has the shape (1,).
    """
    if not np.all(np.isfinite(values.astype(np.float64))):
        raise call.refuse("has a constant that is NaN or Inf; train the model again")
    rank = len(signal.shape)
    if values.ndim > rank:
        if values.shape[: values.ndim - rank] != (1,) * (values.ndim - rank):
            raise call.refuse(
                f"has a constant of shape {values.shape}, which is larger than the tensor {(1, *signal.shape)}"
            )
        values = values.reshape(values.shape[values.ndim - rank :])
    if any(have not in (1, want) for have, want in zip(values.shape[::-1], signal.shape[::-1], strict=False)):
        raise call.refuse(f"has a constant of shape {values.shape}, which does not fit the tensor {(1, *signal.shape)}")
    if values.size == 1:
        return exact_array(values.reshape(1))
    full = values.reshape(*(1,) * (rank - values.ndim), *values.shape)
    return exact_array(np.transpose(full, signal.order))


def laid(signal: Signal, values: np.ndarray) -> np.ndarray:
    """A tensor of the file (frames, ...) in the order of the traced node's axes."""
    return np.transpose(values.reshape(len(values), *signal.shape), (0, *(1 + axis for axis in signal.order)))


def as_in_file(signal: Signal, values: np.ndarray) -> np.ndarray:
    """The other way: a traced node's tensor (frames, ...) with the axes as the file has them."""
    frames = values.reshape(len(values), *(signal.shape[axis] for axis in signal.order))
    return np.transpose(frames, (0, *(1 + signal.order.index(axis) for axis in range(len(signal.shape)))))
