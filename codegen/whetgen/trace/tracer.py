"""A Keras model as a graph of real-valued nodes, and the same model run layer by layer."""

from __future__ import annotations

import keras
import numpy as np

from whetgen.errors import BadInput
from whetgen.ir.graph import Graph, InputMeaning, Output
from whetgen.ir.nodes import ElementType, Input, Shape
from whetgen.ir.real import Decode, Head
from whetgen.trace.builder import Builder
from whetgen.trace.handlers import Call, handle
from whetgen.trace.walk import check_model, output_names, walk


def trace_keras(model: keras.Model, element: ElementType, meaning: InputMeaning) -> Graph:
    """The model as a graph of real-valued nodes, its parameters exact.

    ``element``: type of an input code; ``meaning``: its real value.

    Raises:
        BadInput: something in the model is not supported; the message names the layer.
    """
    shape = check_model(model)
    builder = Builder()
    name = model.inputs[0].name
    builder.add(Input, name, shape=shape, type=element)

    def visit(layer, path, node, inputs):
        return handle(Call(layer, path, inputs, _result_shape(layer, path, node, inputs, builder)), builder)

    sources = walk(model, name, visit)
    _check_heads(builder)
    outputs = tuple(_output(builder, s, n) for s, n in zip(sources, output_names(model), strict=True))
    return Graph(tuple(builder.nodes), outputs, meaning)


def run_keras(model: keras.Model, traced: Graph, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Keras' own float32 values of every traced tensor that a layer call returns, by node name.

    ``codes``: (frames, *input shape) integers.
    """
    name = traced.input.name
    real = codes.astype(np.float64) * float(traced.meaning.scale) + float(traced.meaning.offset)
    values: dict[str, np.ndarray] = {}
    builder = Builder()
    builder.add(Input, name, shape=traced.input.shape, type=traced.input.type)

    def visit(layer, path, node, inputs):
        tensors = {id(t): value for t, (_, value) in zip(node.input_tensors, inputs, strict=True)}
        arguments, options = node.arguments.fill_in(tensors)
        value = layer(*arguments, **options)
        sources = [source for source, _ in inputs]
        result = handle(Call(layer, path, sources, _result_shape(layer, path, node, sources, builder)), builder)
        values[result] = np.asarray(value)
        return result, value

    walk(model, (name, keras.ops.convert_to_tensor(real.astype(np.float32))), visit)
    return values


def _result_shape(layer, path: str, node, sources: list[str], builder: Builder) -> Shape:
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
    """Kind and scale are settled when the graph is lowered."""
    node = next(n for n in builder.nodes if n.name == source)
    flat = len(builder.shapes[source]) == 1 and builder.shapes[source][0] > 1
    classifier = flat and (isinstance(node, Decode) or (isinstance(node, Head) and node.activation == "softmax"))
    return Output(name, source, "scores" if isinstance(node, Decode) else "accumulators", classifier=classifier)


def _check_heads(builder: Builder) -> None:
    heads = {n.name: n for n in builder.nodes if isinstance(n, Head | Decode)}
    for node in builder.nodes:
        for source in node.sources:
            if source in heads:
                what = "SoftmaxDecode" if isinstance(heads[source], Decode) else heads[source].activation
                raise BadInput(
                    f"layer '{source}' ({what}) is read by '{node.name}'; softmax, sigmoid and SoftmaxDecode "
                    "are only supported as outputs, use SpikingBReLU or SpikingSigmoid between layers"
                )
