"""The calls of layers in a Keras model (Sequential, functional, nested), visited one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras

from whetgen.frontends.keras.checks import check_functional
from whetgen.frontends.keras.handlers.activations import NO_OPS
from whetgen.frontends.keras.handlers.moves import MOVES

Visit = Callable[[Any, str, Any, list[Any]], Any]
"""(layer, its path, the Keras call node, values of its inputs) -> value of its output."""

_PRODUCTS, _SHIFTS = ("Multiply", "Divide", "TrueDivide"), ("Add", "Subtract")  # with a constant


def walk(model: keras.Model, entry: Any, visit: Visit) -> list[Any]:
    """Values of the model's outputs, given the value of its one input.

    Layers are visited in a fixed order, sources first; a layer that is shared is visited once a call.
    """
    return _walk(model, [entry], visit, "")


def scaling_at_input(model: keras.Model) -> str | None:
    """Path and class of a Rescaling layer, or of a product with a constant, that reads the input codes, as they are,
    moved or shifted; None where there is none."""
    found: list[str] = []

    def visit(operation, path, node, still_codes):
        kind, single = type(operation).__name__, len(still_codes) == 1
        if all(still_codes) and (kind == "Rescaling" or (single and kind in _PRODUCTS)):
            found.append(f"layer '{path}' ({kind})")
        return all(still_codes) and (kind in (*NO_OPS, *MOVES) or (single and kind in _SHIFTS))

    walk(model, True, visit)
    return found[0] if found else None


def output_names(model: keras.Model) -> list[str]:
    """A unique name for each output: that of the layer that makes it."""
    names: list[str] = []
    for tensor in model.outputs:
        base = tensor._keras_history.operation.name
        name, count = base, 1
        while name in names:
            name, count = f"{base}_{count}", count + 1
        names.append(name)
    return names


def _walk(model: keras.Model, entries: list[Any], visit: Visit, prefix: str) -> list[Any]:
    check_functional(model)
    values = {id(t): value for t, value in zip(model.inputs, entries, strict=True)}
    for operation, node in _calls_in_order(model):
        inputs = [values[id(t)] for t in node.input_tensors]
        path = f"{prefix}{operation.name}"
        if isinstance(operation, keras.Model):
            results = _walk(operation, inputs, visit, f"{path}/")
        else:
            results = [visit(operation, path, node, inputs)]
        values.update((id(t), value) for t, value in zip(node.output_tensors, results, strict=True))
    return [values[id(t)] for t in model.outputs]


def _calls_in_order(model: keras.Model) -> Iterator[tuple[Any, Any]]:
    """(operation, call node) pairs, sources first: a depth-first walk back from the outputs."""
    entered = {id(t) for t in model.inputs}
    done: set[int] = set()
    stack = [(t, False) for t in reversed(model.outputs)]
    while stack:
        tensor, ready = stack.pop()
        history = tensor._keras_history
        node = history.operation._inbound_nodes[history.node_index]
        if id(tensor) in entered or id(node) in done:
            continue
        if ready:
            done.add(id(node))
            yield history.operation, node
        else:
            stack.append((tensor, True))
            stack.extend((t, False) for t in reversed(node.input_tensors))
