"""Graph -> Plan: one hls4ml layer a layer, every type as wide as its proved range.

======  ==========================================================================
layer   hls4ml layers
======  ==========================================================================
Linear  decode where it reads spikes and every weight is 2 or -2 (an N-hot key); dense where the window is the
        whole map; else conv
Pool    max_pool (spikes: OR) or sum_pool
Blend   scale, or a chain of blend: two operands each
Move    gather by an array of indices, from two sources gather2; more are joined before, two at a time
======  ==========================================================================

Thresholds are part of the layers whose sums they compare. Each output is a layer that nothing else reads; where the
graph has it otherwise a copy is added. The rules stand in ``rules``.
"""

from __future__ import annotations

import re

from whetgen.errors import BadInput
from whetgen.ir import Graph, Output
from whetgen.ir.integers import Word
from whetgen.layers import Tensor, layer_graph
from whetgen.targets.hls4ml.model import InputLayer, Plan, PlannedLayer
from whetgen.targets.hls4ml.planning import Planning
from whetgen.targets.hls4ml.rules import plan_layer
from whetgen.targets.output.identifiers import Identifiers, check_name
from whetgen.targets.streams.decision import with_decision

_WINDOWED = ("conv", "max_pool", "sum_pool")
_ATTRIBUTES = "name class_name inputs outputs index trace result_t reuse_factor target_cycles strategy"
_GENERATED = re.compile(r"(layer|config|input|result)\d*_?(out|t)?|\w+_t|nnet|hls|loaded_weights", re.IGNORECASE)


def plan(graph: Graph, name: str, classify: bool = False) -> Plan:
    """The layers of ``graph`` for a project called ``name``.

    ``classify``: the class (index of the largest, lowest of equals; of one neuron whether it is 0 or more) instead of the scores of the one classifier output.

    Raises:
        BadInput: the name is taken, ``classify`` is not possible, or an integer is wider than ap_int.
    """
    _check_project(name)
    graph = with_decision(_classifier(graph), "class") if classify else graph
    network, state = layer_graph(graph), Planning(Identifiers(name, *_ATTRIBUTES.split()))
    entry = InputLayer(_input_name(graph, state.identifiers), network.input.shape, network.input.word)
    state.at[network.input.name] = entry.name
    for layer in network.layers:
        state.at[layer.result.name] = plan_layer(layer, state)
    heads = list(zip(graph.outputs, network.outputs, strict=True))
    if classify and network.outputs[0].count > 1:
        outputs = [_winner(heads[0][1], state)]
    else:
        outputs = [_output(output, tensor, network.outputs, state) for output, tensor in heads]
    return Plan(
        name=name,
        input=entry,
        layers=tuple(state.layers),
        outputs=tuple(outputs),
        classifies=classify,
        dataflow=_as_dataflow(state),
    )


def _as_dataflow(state: Planning) -> bool:
    """Layers at work side by side: hls4ml's own rule for windows, as long as each tensor has the one reader it allows."""
    reads = [source for layer in state.layers for source in layer.inputs]
    return len(set(reads)) == len(reads) and any(layer.kind in _WINDOWED for layer in state.layers)


def _check_project(name: str) -> None:
    if _GENERATED.fullmatch(check_name(name)):
        raise BadInput(f"--name {name!r} is a word that hls4ml generates itself; choose another")


def _classifier(graph: Graph) -> Graph:
    """The graph, of which a class is all that it tells."""
    if not graph.is_classifier:
        heads = sum(output.classifier for output in graph.outputs)
        raise BadInput(
            f"classify needs exactly one output, a classifier; this network has {len(graph.outputs)} outputs, {heads} of them classifiers"
        )
    return graph


def _input_name(graph: Graph, identifiers: Identifiers) -> str:
    """The user's, unless hls4ml makes the same word itself: it becomes an argument of the C++ function."""
    name = graph.input.name
    return identifiers.unique(f"{name}_codes" if _GENERATED.fullmatch(name) else name)


def _winner(scores: Tensor, state: Planning) -> str:
    """The layer that tells the class."""
    planned = PlannedLayer(
        kind="argmax",
        name=state.identifiers.unique("winner"),
        inputs=(state.at[scores.name],),
        shape=(1,),
        result=Word.holding(0, scores.count - 1),
        constants={"n_in": scores.count},
    )
    return state.put(planned, scores.name)


def _output(output: Output, tensor: Tensor, outputs: tuple[Tensor, ...], state: Planning) -> str:
    """The layer that holds an output's tensor, or a copy where that is the input or somebody else's, too."""
    held = state.at[tensor.name]
    taken = {source for layer in state.layers for source in layer.inputs}
    alone = [t.name for t in outputs].count(tensor.name) == 1
    if alone and held not in taken and any(layer.name == held for layer in state.layers):
        return held
    planned = PlannedLayer(
        kind="copy",
        name=state.identifiers.unique(output.name),
        inputs=(held,),
        shape=tensor.shape,
        result=tensor.word,
        constants={"n_in": tensor.count},
    )
    return state.put(planned, output.name)
