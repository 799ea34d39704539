"""A Keras model as a graph of real-valued nodes, and the same model run layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.reasons import one_line
from whetgen.frontends.builder import Builder
from whetgen.frontends.heads import read_heads, tells_class
from whetgen.frontends.keras.calls import LayerCall
from whetgen.frontends.keras.checks import check_model
from whetgen.frontends.keras.handlers import handle
from whetgen.frontends.keras.layer_calls import output_names, walk
from whetgen.frontends.keras.precision import single_precision
from whetgen.ir.graph import Graph, InputMeaning, Output, OutputKind
from whetgen.ir.integers import Word
from whetgen.ir.nodes import Input, Shape
from whetgen.ir.real import NEURONS, Decode, Head


@dataclass(frozen=True, eq=False)
class Trace:
    """``graph``: of real-valued nodes; ``results``: the node that each call of a layer makes, in the order of the walk."""

    graph: Graph
    results: tuple[str, ...]


def trace_keras(model: keras.Model, element: Word, meaning: InputMeaning) -> Trace:
    """The model as a graph of real-valued nodes, its parameters exact.

    ``element``: type of an input code; ``meaning``: its real value.

    Raises:
        BadInput: something in the model is not supported; the message names the layer.
    """
    shape = check_model(model)
    builder, results = Builder(), []
    name = model.inputs[0].name
    builder.add(Input, name, shape=shape, type=element)

    def visit(layer, path, node, inputs):
        shape = _result_shape(layer, path, node, inputs, builder)
        results.append(handle(LayerCall(layer, path, inputs, shape, _operands(node, inputs)), builder))
        return results[-1]

    with single_precision(model):
        sources = walk(model, name, visit)
    _check_heads(builder)
    outputs = tuple(_output(builder, s, n) for s, n in zip(sources, output_names(model), strict=True))
    return Trace(Graph(tuple(builder.nodes), outputs, meaning), tuple(results))


def _operands(node: Any, inputs: list[str]) -> tuple:
    """What a layer is called with, in order: the names of the tensors, and constants."""
    names = {id(t): name for t, name in zip(node.input_tensors, inputs, strict=True)}
    filled = node.arguments.fill_in(names)
    return tuple(value for value in keras.tree.flatten(filled) if value is not None)


def run_keras(model: keras.Model, trace: Trace, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Keras' own values, at single precision or better, of the spikes and outputs that a layer call returns, by node name.

    ``codes``: (frames, *input shape) integers.

    Raises:
        BadInput: a layer that Keras saves but cannot run, or whose numbers overflow; the message names it.
    """
    meaning, values, names = trace.graph.meaning, {}, iter(trace.results)
    real = codes.astype(np.float64) * float(meaning.scale) + float(meaning.offset)
    wanted = {n.name for n in trace.graph.nodes if isinstance(n, NEURONS)} | trace.graph.read_by_output

    def visit(layer, path, node, inputs):
        tensors = {id(t): value for t, value in zip(node.input_tensors, inputs, strict=True)}
        arguments, options = node.arguments.fill_in(tensors)
        value, name = _called(layer, path, arguments, options), next(names)
        if name in wanted:
            values[name] = np.asarray(value)
        return value

    with single_precision(model):
        walk(model, keras.ops.convert_to_tensor(real.astype(np.float32)), visit)
    return values


def _called(layer: Any, path: str, arguments: tuple, options: dict[str, Any]) -> keras.KerasTensor:
    """What Keras makes of one call.

    Raises:
        BadInput: it cannot run, or its numbers overflow.
    """
    try:
        value = layer(*arguments, **options)
    except Exception as error:  # TensorFlow raises nearly every type here
        raise BadInput(
            f"layer '{path}' ({type(layer).__name__}) does not run in Keras ({one_line(error)}); "
            "change its settings and train the model again"
        ) from error
    if not np.isfinite(value).all():
        dtype = keras.backend.standardize_dtype(value.dtype)
        raise BadInput(
            f"layer '{path}' ({type(layer).__name__}) overflows {dtype} in Keras, its results are Inf or NaN; "
            "give it smaller weights"
        )
    return value


def _result_shape(layer: Any, path: str, node: Any, sources: list[str], builder: Builder) -> Shape:
    """Shape of a call's result; in a nested model with open axes, that for the shapes which it reads here."""
    shape = tuple(node.output_tensors[0].shape[1:])
    if None not in shape:
        return shape
    fixed = {
        id(t): keras.KerasTensor((None, *builder.shapes[s]), t.dtype)
        for t, s in zip(node.input_tensors, sources, strict=True)
    }
    arguments, options = node.arguments.fill_in(fixed)
    shape = tuple(layer.compute_output_spec(*arguments, **options).shape[1:])
    if None in shape:
        raise BadInput(f"layer '{path}' ({type(layer).__name__}) makes the open shape {shape}; fix its axes")
    return shape


def _output(builder: Builder, source: str, name: str) -> Output:
    """Kind and scale are settled when the graph is lowered, and whether one neuron is a spike."""
    made = next(node for node in builder.nodes if node.name == source)
    kind: OutputKind = "scores" if isinstance(made, Decode) else "accumulators"
    return Output(name, source, kind, classifier=tells_class(builder, source))


def _check_heads(builder: Builder) -> None:
    for head, reader in read_heads(builder):
        what = head.activation if isinstance(head, Head) else "SoftmaxDecode"
        raise BadInput(
            f"layer '{head.name}' ({what}) is read by '{reader.name}'; softmax, sigmoid and SoftmaxDecode "
            "are only supported as outputs, use SpikingBReLU or SpikingSigmoid between layers"
        )
