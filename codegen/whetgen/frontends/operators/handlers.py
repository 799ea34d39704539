"""The operators by name: each module of handlers registers its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.values import OperatorCall, Signal, Value
from whetgen.ir.real import Affine

Handler = Callable[[OperatorCall, OperatorBuilder], Value]
HANDLERS: dict[str, Handler] = {}


def handles(*operators: str) -> Callable[[Handler], Handler]:
    """Register a handler for these operators of any domain."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(operators, handler))
        return handler

    return register


def affine(builder: OperatorBuilder, name: str, x: Signal, multiplier: np.ndarray, *addends: np.ndarray) -> Signal:
    """``multiplier * x + sum of addends``, exact numbers that broadcast against the node's tensor."""
    size = sum((np.abs(np.asarray(a, dtype=np.float64)) for a in addends), start=np.zeros(()))
    total = np.array(sum(addends), dtype=object)
    node = builder.add(
        Affine,
        name,
        source=x.node,
        multiplier=np.array(multiplier, dtype=object),
        addend=total,
        addend_size=np.asarray(size),
    )
    return Signal(node, x.shape, x.last)
