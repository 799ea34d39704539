"""Graph -> Plan: one hls4ml layer a node, every type as wide as its proved range.

==============  ==========================================================================
node            layers
==============  ==========================================================================
Dense           decode where it reads spikes and every weight is 2 or -2 (an N-hot key), else dense
Conv            conv
Threshold       threshold
MaxPool         max_pool (spikes: OR)
SumPool         sum_pool
WeightedSum     scale, or a chain of blend: two operands each
Permute, Pad,   gather by a constant table of indices
Upsample
Concat          a chain of gather2
Reshape         nothing: tensors are flat arrays, so it is its source under another name
==============  ==========================================================================

Each output is a layer that nothing else reads; where the graph has it otherwise a copy is added.
The rules stand in ``nodes``.
"""

from __future__ import annotations

import re

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir import Graph, Output
from whetgen.targets.hls4ml.nodes import comparing, plan_node
from whetgen.targets.hls4ml.planning import Planning
from whetgen.targets.hls4ml.records import Constant, InputLayer, Layer, Plan, word_for
from whetgen.targets.output.identifiers import Identifiers, check_name

_WINDOWED = ("conv", "max_pool", "sum_pool")
_ATTRIBUTES = "name class_name inputs outputs index trace result_t reuse_factor target_cycles strategy"
_GENERATED = re.compile(r"(layer|config|input|result)\d*_?(out|t)?|\w+_t|nnet|hls|loaded_weights", re.IGNORECASE)


def plan(graph: Graph, name: str, classify: bool = False) -> Plan:
    """The layers of ``graph`` for a project called ``name``.

    ``classify``: the class (index of the largest, lowest of equals; of one neuron whether it is 0 or more) instead of the scores of the one classifier output.

    Raises:
        BadInput: a name that is not legal, integers wider than ap_int holds, nothing to classify.
    """
    _check_project(name)
    state = Planning(graph, Identifiers(name, *_ATTRIBUTES.split()))
    entry = InputLayer(
        _input_name(graph, state.identifiers), graph.input.shape, word_for(*graph.ranges[graph.input.name])
    )
    state.at[graph.input.name] = entry.name
    for node in graph.needed[1:]:
        plan_node(node, state)
    outputs = _class_output(state) if classify else tuple(_output(o, state, entry.name) for o in graph.outputs)
    return Plan(name, entry, tuple(state.layers), outputs, _as_dataflow(state))


def _as_dataflow(state: Planning) -> bool:
    """Layers at work side by side: hls4ml's own rule for windows, as long as each tensor has the one reader it allows."""
    reads = [source for layer in state.layers for source in layer.inputs]
    return len(set(reads)) == len(reads) and any(layer.kind in _WINDOWED for layer in state.layers)


def _check_project(name: str) -> None:
    if _GENERATED.fullmatch(check_name(name)):
        raise BadInput(f"--name {name!r} is a word that hls4ml generates itself; choose another")


def _input_name(graph: Graph, identifiers: Identifiers) -> str:
    """The user's, unless hls4ml makes the same word itself: it becomes an argument of the C++ function."""
    name = graph.input.name
    return identifiers.unique(f"{name}_codes" if _GENERATED.fullmatch(name) else name)


def _output(output: Output, state: Planning, entry: str) -> str:
    layer = state.at[output.source]
    taken = {s for other in state.layers for s in other.inputs} | {entry}
    shared = [o.name for o in state.graph.outputs if state.at[o.source] == layer]
    if layer not in taken and len(shared) == 1:
        return layer
    name, node = state.identifiers.unique(output.name), state.graph[output.source]
    size = (Constant("n_in", state.size(node.name)),)
    state.put(Layer("copy", name, (layer,), state.graph.shapes[node.name], state.result(node), size), output.name)
    return name


def _class_output(state: Planning) -> tuple[str]:
    heads = [o for o in state.graph.outputs if o.classifier]
    if len(heads) != 1 or len(state.graph.outputs) != 1:
        raise BadInput(
            f"classify needs exactly one output, a classifier; this network has {len(state.graph.outputs)} outputs, {len(heads)} of them classifiers"
        )
    (head,), name = heads, state.identifiers.unique("winner")
    inputs, word = (state.at[head.source],), word_for(0, state.graph.classes(head) - 1)
    if (scores := state.size(head.source)) > 1:
        layer = Layer("argmax", name, inputs, (1,), word, (Constant("n_in", scores),))
    else:
        level = np.array([head.level], dtype=object)
        layer = Layer("decide", name, inputs, (1,), word, *comparing(head.source, level, state))
    state.put(layer, head.name)
    return (name,)
