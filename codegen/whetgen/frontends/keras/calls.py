"""One call of a Keras layer, and the table of handlers: what each type of layer means as traced nodes.

A handler is found by the name of the layer's class (or of a base class), so that handlers need neither TensorFlow nor the
sharpening package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from whetgen.errors import BadInput
from whetgen.foreign.advice import instead_of, quantised
from whetgen.frontends.builder import Builder
from whetgen.ir.nodes import Shape


@dataclass(frozen=True)
class LayerCall:
    """One call of a layer: the layer, its path, the nodes it reads, its output shape.

    ``operands``: all that it is called with, in order: nodes by name, and constants.
    """

    layer: Any
    path: str
    inputs: list[str]
    shape: Shape
    operands: tuple[Any, ...]

    @property
    def source(self) -> str:
        return self.inputs[0]

    @property
    def merges(self) -> bool:
        """Whether it is one of Keras' merging layers, which take the first axis of each operand for the batch."""
        return hasattr(self.layer, "_merge_function")

    def refuse(self, why: str) -> BadInput:
        return BadInput(f"layer '{self.path}' ({type(self.layer).__name__}) {why}")


_COMPUTING = ("__call__", "call", "convolution_op")

LayerHandler = Callable[[LayerCall, Builder], str]
HANDLERS: dict[str, LayerHandler] = {}


def handles(*class_names: str) -> Callable[[LayerHandler], LayerHandler]:
    """Register a handler for layers of these class names."""

    def register(handler: LayerHandler) -> LayerHandler:
        HANDLERS.update(dict.fromkeys(class_names, handler))
        return handler

    return register


def handle(call: LayerCall, builder: Builder) -> str:
    """Add the call's nodes to ``builder``; returns the name of its output.

    Raises:
        BadInput: the layer's type or one of its settings is not supported.
    """
    if mode := getattr(call.layer, "quantization_mode", None):
        raise call.refuse(quantised(mode))
    for kind in type(call.layer).__mro__:
        if kind.__name__ in HANDLERS and is_known(kind):
            if not _computes_as(type(call.layer), kind):
                raise call.refuse(f"computes something else than {kind.__name__}; use {kind.__name__} itself")
            return HANDLERS[kind.__name__](call, builder)
    raise call.refuse(f"is not supported; {instead_of(type(call.layer).__name__)}")


def is_known(thing: Any) -> bool:
    """Whether a class or function of a known name is the one of Keras or of ``whetgen.sharpen``."""
    return (getattr(thing, "__module__", None) or "").split(".")[0] in ("keras", "whetgen")


def _computes_as(kind: type, base: type) -> bool:
    """Whether a subclass left alone what its base computes (it may build or configure otherwise)."""
    return all(getattr(kind, name, None) is getattr(base, name, None) for name in _COMPUTING)
