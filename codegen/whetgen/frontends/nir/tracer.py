"""A NIR graph as real-valued nodes, each of its nodes as an operator of ``frontends.operators``.

One time step is what Whetstone's networks take: IF integrates its input once, ``v = r x``, and spikes where ``v`` is
above the threshold. Nodes with several edges into them read their sum. https://neuroir.org/docs/primitives.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.nir_files import NirFile, NirNode
from whetgen.foreign.nir_math import in_order, sources_of
from whetgen.frontends.heads import tells_class
from whetgen.frontends.operators import arithmetic, moves, pools, quantisers, sums  # noqa: F401 - their handlers
from whetgen.frontends.operators.building import OperatorBuilder
from whetgen.frontends.operators.handlers import HANDLERS
from whetgen.frontends.operators.values import OperatorCall, Signal
from whetgen.ir.graph import Graph, InputMeaning, Output
from whetgen.ir.integers import Word
from whetgen.ir.nodes import Input

_MEMORY = "has a memory, which a network that spikes once does not; use IF or Threshold"
_REFUSED = dict.fromkeys(("LIF", "CubaLIF", "LI", "CubaLI", "I", "Delay"), _MEMORY)


@dataclass(frozen=True, eq=False)
class NirTrace:
    """``graph``: of real-valued nodes; ``signals``: what each node of the file makes, ``neurons``: the traced node of each
    that spikes, both by its name."""

    graph: Graph
    signals: dict[str, Signal]
    neurons: dict[str, str]


def trace_nir(file: NirFile, element: Word, meaning: InputMeaning) -> NirTrace:
    """The graph as real-valued nodes, its parameters exact.

    Raises:
        BadInput: neurons with a memory, circles, several inputs, or nodes that are not supported; the message names the node.
    """
    sources, builder = sources_of(file), OperatorBuilder()
    signals: dict[str, Signal] = {}
    entries = [name for name, node in file.nodes.items() if node.kind == "Input"]
    exits = [name for name, node in file.nodes.items() if node.kind == "Output"]
    if len(entries) != 1 or not exits:
        raise BadInput(
            f"{file.path}: has {len(entries)} inputs and {len(exits)} outputs; one input and some outputs are needed"
        )
    for name in in_order(file):
        node = file.nodes[name]
        if node.kind == "Input":
            signals[name] = _entry(builder, file, name, node, element)
        else:
            signals[name] = _traced(builder, name, node, [signals[s] for s in sources[name] if s in signals])
    outputs = tuple(_output(builder, name, signals[name]) for name in exits)
    neurons = {name: signals[name].node for name, node in file.nodes.items() if node.kind in ("IF", "Threshold")}
    return NirTrace(Graph(tuple(builder.nodes), outputs, meaning), signals, neurons)


def _entry(builder: OperatorBuilder, file: NirFile, name: str, node: NirNode, element: Word) -> Signal:
    given = np.atleast_1d(node.fields.get("shape", np.zeros(0)))
    shape = tuple(int(n) for n in given) if given.dtype.kind in "iu" and given.ndim == 1 else ()
    if not 1 <= len(shape) <= 3 or min(shape) < 1:
        raise BadInput(f"{file.path}: the input '{name}' has the shape {shape}; one to three axes are supported")
    first = Signal(name, shape, last=len(shape) > 1)
    made = builder.add(Input, name, shape=tuple(shape[a] for a in first.order), type=element)
    return replace(first, node=made)


def _traced(builder: OperatorBuilder, name: str, node: NirNode, inputs: list[Signal]) -> Signal:
    call = OperatorCall(operator=node.kind, name=name, inputs=tuple(inputs), outputs=(name,), attributes={})
    if node.kind not in _RULES:
        raise call.refuse(_REFUSED.get(node.kind, "is not supported"))
    found = inputs[0] if len(inputs) == 1 else _made("Sum", replace(call, name=f"{name}_input"), builder)
    with call.told("write the graph again with nir.write"):
        for operator, constants, attributes in _RULES[node.kind](call, node.fields, found):
            step = replace(call, inputs=(found, *constants), attributes=attributes)
            found = _made(operator, step, builder)
    return found


def _made(operator: str, call: OperatorCall, builder: OperatorBuilder) -> Signal:
    found = HANDLERS[operator](call, builder)
    assert isinstance(found, Signal)  # no operator of NIR tells a class
    return found


Fields = dict[str, np.ndarray]
MadeNode = tuple[str, tuple[np.ndarray, ...], dict[str, Any]]
"""An operator, its constants and attributes."""
Rule = Callable[[OperatorCall, Fields, Signal], list[MadeNode]]
"""(call, the node's fields, what it reads) -> operators."""


def _field(call: OperatorCall, fields: Fields, name: str) -> np.ndarray:
    if name not in fields:
        raise call.refuse(f"has no '{name}'; write the graph again with nir.write")
    return fields[name]


def _affine(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    return [("Gemm", (_field(call, fields, "weight"), _field(call, fields, "bias")), {"transB": 1})]


def _linear(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    return [("Gemm", (_field(call, fields, "weight"),), {"transB": 1})]


def _conv(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    weight = _field(call, fields, "weight")
    axes = weight.ndim - 2
    settings = {
        "strides": _numbers(call, fields, "stride", axes),
        "dilations": _numbers(call, fields, "dilation", axes),
        "group": int(np.asarray(_field(call, fields, "groups")).reshape(-1)[0]),
        **_padding(call, fields, axes),
    }
    return [("Conv", (weight, np.broadcast_to(_field(call, fields, "bias"), weight.shape[:1])), settings)]


def _numbers(call: OperatorCall, fields: Fields, name: str, axes: int) -> list[int]:
    """A number for each axis; one alone is for all."""
    given = [int(n) for n in np.asarray(_field(call, fields, name)).reshape(-1)]
    if len(given) not in (1, axes):
        raise call.refuse(f"has {len(given)} numbers as '{name}' for {axes} axes; write the graph again")
    return given * (axes // len(given))


def _padding(call: OperatorCall, fields: Fields, axes: int) -> dict[str, Any]:
    """NIR takes the word of PyTorch: 'same' has the odd zero behind."""
    given = _field(call, fields, "padding")
    if given.dtype.kind in "US":
        return {"auto_pad": {"same": "SAME_UPPER", "valid": "VALID"}.get(str(given), str(given))}
    return {"pads": _numbers(call, fields, "padding", axes) * 2}


def _average(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    settings = {
        "kernel_shape": _numbers(call, fields, "kernel_size", 2),
        "strides": _numbers(call, fields, "stride", 2),
    }
    return [("AveragePool", (), {**settings, **_padding(call, fields, 2), "count_include_pad": 1})]


def _sum_pool(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    count = np.array(float(prod(_numbers(call, fields, "kernel_size", 2))))
    return [*_average(call, fields, x), ("Mul", (count,), {})]


def _flatten(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    """``start_dim`` counts the axis of the batch where it was 1, as PyTorch has it, and not where it was 0."""
    start, end = (int(np.asarray(_field(call, fields, f"{end}_dim")).reshape(-1)[0]) for end in ("start", "end"))
    rank = len(x.shape)
    if start > 1 or end % (rank + 1) not in (rank, rank - 1) or (end > 0 and end != rank - 1 + start):
        raise call.refuse(f"joins the axes {start} to {end}; only all axes of a frame are supported")
    return [("Flatten", (), {"axis": 1})]


def _by_channel(x: Signal, values: np.ndarray) -> np.ndarray:
    """Parameters for each channel, or for each element."""
    return values.reshape(-1, *[1] * (len(x.shape) - 1)) if values.shape == x.shape[:1] else values


def _scale(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    return [("Mul", (_by_channel(x, _field(call, fields, "scale")),), {})]


def _threshold(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    return [("Greater", (_by_channel(x, _field(call, fields, "threshold")),), {})]


def _integrate_and_fire(call: OperatorCall, fields: Fields, x: Signal) -> list[MadeNode]:
    r, level = (_by_channel(x, _field(call, fields, name)) for name in ("r", "v_threshold"))
    fires: MadeNode = ("Greater", (level,), {})
    return [fires] if r.size and np.all(r == 1) else [("Mul", (r,), {}), fires]


_RULES: dict[str, Rule] = {
    "Affine": _affine,
    "Linear": _linear,
    "Conv1d": _conv,
    "Conv2d": _conv,
    "AvgPool2d": _average,
    "SumPool2d": _sum_pool,
    "Flatten": _flatten,
    "Scale": _scale,
    "Threshold": _threshold,
    "IF": _integrate_and_fire,
    "Output": lambda call, fields, x: [],
}


def _output(builder: OperatorBuilder, name: str, signal: Signal) -> Output:
    return Output(name, signal.node, "accumulators", classifier=tells_class(builder, signal.node))
