"""Writers of ONNX files that somebody made with intent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tests.broken.hostile_files import Writer

from whetgen.fuzz.onnx_models import Net


def onnx_with(change: Callable[[onnx.ModelProto], None]) -> Writer:
    def write(folder: Path) -> None:
        model = onnx.load(folder / "net.onnx")
        change(model)
        (folder / "net.onnx").write_bytes(model.SerializeToString())

    return write


def onnx_of(operator: str, *inputs: Any, **attributes: Any) -> Writer:
    """One node over the input."""

    def write(folder: Path) -> None:
        made = Net((1, 4, 4))
        made.add(operator, *inputs, **attributes)
        (folder / "net.onnx").write_bytes(made.model().SerializeToString())

    return write


def onnx_constant(operator: str, *inputs: np.ndarray, **attributes: Any) -> Writer:
    """One node over constants, whose result is added to the input."""

    def write(folder: Path) -> None:
        made = Net((1, 4, 4))
        first = made.constant(inputs[0], inputs[0].dtype)
        added = made.add(operator, *inputs[1:], at=[first], **attributes)
        made.at = "codes"
        made.add("Add", added)
        (folder / "net.onnx").write_bytes(made.model().SerializeToString())

    return write


def doubled(folder: Path) -> None:
    """A constant of a million numbers joined with itself, 64 at a time."""
    made = Net((1, 4, 4))
    name = made.constant(np.ones(1 << 20))
    for _ in range(3):
        name = made.add("Concat", at=[name] * 64, axis=0)
    made.at = "codes"
    made.add("Add", name)
    (folder / "net.onnx").write_bytes(made.model().SerializeToString())


def loop(model: onnx.ModelProto) -> None:
    """A loop of 2^62 turns in place of the first node."""
    first = model.graph.node[0]
    turns = numpy_helper.from_array(np.array(2**62), "turns")
    body = helper.make_graph(
        [helper.make_node("Identity", [name], [f"{name}_out"]) for name in ("go", "value")],
        "body",
        [
            helper.make_tensor_value_info("turn", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value_out", TensorProto.FLOAT, None),
        ],
    )
    model.graph.initializer.append(turns)
    model.graph.node[0].CopyFrom(helper.make_node("Loop", ["turns", "", "codes"], first.output, body=body, name="evil"))


def own_conv(model: onnx.ModelProto) -> None:
    """A function of the file that calls itself Conv and never ends."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    loop(made)
    body = made.graph.node[0]
    body.input[2], body.output[0] = "x", "y"
    turns = helper.make_node("Constant", [], ["turns"], value=made.graph.initializer[-1])
    function = helper.make_function("", "Conv", ["x", "w"], ["y"], [turns, body], model.opset_import)
    model.functions.append(function)


def deep(model: onnx.ModelProto) -> None:
    """Graphs in graphs, 90 deep."""
    graph = helper.make_graph([], "leaf", [], [])
    for _ in range(22):
        graph = helper.make_graph([helper.make_node("If", ["c"], ["y"], then_branch=graph)], "g", [], [])
    model.graph.node[0].attribute.add(name="evil", type=onnx.AttributeProto.GRAPH).g.CopyFrom(graph)


def outside(location: str, **more: str) -> Callable[[onnx.ModelProto], None]:
    def change(model: onnx.ModelProto) -> None:
        tensor = model.graph.initializer[1]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, **more}.items():
            tensor.external_data.add(key=key, value=value)

    return change


def segment(model: onnx.ModelProto) -> None:
    """An array that is the part of a larger one."""
    model.graph.initializer[1].segment.begin = 1


def huge_dimensions(model: onnx.ModelProto) -> None:
    model.graph.initializer[1].dims[0] = 1 << 62
