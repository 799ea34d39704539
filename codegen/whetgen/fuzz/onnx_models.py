"""Small ONNX and QONNX models: built node by node, or drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from whetgen.fuzz.recipe import ModelRecipe, arrays_of

QONNX = "qonnx.custom_op.general"
OPSET = 17
_MOST_ELEMENTS = 150


@dataclass
class Net:
    """A chain of nodes under construction; ``at`` is the tensor that the next one reads."""

    shape: tuple[int, ...]
    at: str = "codes"
    nodes: list = field(default_factory=list)
    constants: list = field(default_factory=list)
    opset: int = OPSET
    kind: int = TensorProto.FLOAT

    def constant(self, values: Any, dtype: type = np.float32) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype=dtype), name))
        return name

    def add(
        self, operator: str, *inputs: Any, at: Sequence[str] | None = None, domain: str = "", **attributes: Any
    ) -> str:
        """``operator(at, *inputs)``; arrays and numbers become constants, whole numbers of int64."""
        names = [i if isinstance(i, str) else self._array(i) for i in inputs]
        made = f"{operator.lower()}{len(self.nodes)}"
        read = [self.at] if at is None else list(at)
        self.nodes.append(helper.make_node(operator, [*read, *names], [made], name=made, domain=domain, **attributes))
        self.at = made
        return made

    def _array(self, values: Any) -> str:
        values = np.asarray(values)
        return self.constant(values, np.int64 if values.dtype.kind in "iu" else np.float32)

    def bipolar(self, scale: Any = 1.0) -> str:
        return self.add("BipolarQuant", np.float32(scale), domain=QONNX)

    def quant(
        self, scale: Any, bits: float, signed: int = 1, narrow: int = 0, zero: float = 0.0, mode: str = "ROUND"
    ) -> str:
        inputs = (np.float32(scale), np.float32(zero), np.float32(bits))
        return self.add("Quant", *inputs, domain=QONNX, signed=signed, narrow=narrow, rounding_mode=mode)

    def weights(self, values: np.ndarray, scale: Any, bits: int = 1) -> str:
        """Weights behind a quantiser of their own, as Brevitas exports them; the chain stays where it is."""
        kept, stored = self.at, self.constant(values)
        self.at = stored
        made = self.bipolar(scale) if bits == 1 else self.quant(scale, bits, narrow=1)
        self.at = kept
        return made

    def model(self, outputs: Sequence[str] | None = None) -> ModelProto:
        entry = helper.make_tensor_value_info("codes", self.kind, (1, *self.shape))
        names = [self.at] if outputs is None else outputs
        infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
        graph = helper.make_graph(self.nodes, "net", [entry], infos, self.constants)
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(QONNX, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def some_scale(rng: np.random.Generator, channels: int | None = None) -> np.ndarray:
    """Scales that are powers of two, or none; a number, or one a channel."""
    size = () if channels is None or rng.random() < 0.5 else (channels,)
    return np.where(rng.random(size) < 0.5, 0.5, 1.0) * np.float32(rng.choice([1.0, 0.3, 0.7071]))


def random_onnx_model(recipe: ModelRecipe) -> ModelProto:
    """Blocks over a map, then two layers over a vector: every quantiser, pools, moves, norms, residual sums."""
    rng = arrays_of(recipe.draws("input"))
    longest = max(4, min(recipe.longest, 7))
    net = Net((int(rng.integers(1, min(3, recipe.widest) + 1)), *(int(rng.integers(4, longest + 1)) for _ in range(2))))
    shape = net.shape
    if rng.random() < 0.4:
        net.add("Sub" if rng.random() < 0.5 else "Add", np.float32(rng.choice([-127.5, 3.0, 128.0])))
    for step in recipe.steps:
        if np.prod(shape) > _MOST_ELEMENTS:
            break
        own = arrays_of(recipe.draws(f"layer {step}"))
        for part in (_conv, _pool, _quantise, _pool, _move):
            shape = part(net, own, shape)
    net.add("Flatten")
    width = int(np.prod(shape))
    for last in (False, True):
        units = int(rng.integers(1, recipe.widest + 1))
        width = _dense(net, rng, width, units)
        if not last:
            _quantise(net, rng, (width,))
    return net.model()


def _conv(net: Net, rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[int, ...]:
    channels, height, width = shape
    groups = channels if rng.random() < 0.3 else 1
    outs = groups * int(rng.integers(1, 4))
    kh, kw = int(rng.integers(1, min(4, height + 1))), int(rng.integers(1, min(4, width + 1)))
    stride, pads = [int(n) for n in rng.integers(1, 3, 2)], [int(n) for n in rng.integers(0, 2, 4)]
    values = rng.normal(size=(outs, channels // groups, kh, kw))
    scale = some_scale(rng, outs).reshape(-1, 1, 1, 1) if rng.random() < 0.5 else some_scale(rng)
    weights = net.weights(values, scale, int(rng.integers(1, 4)))
    settings: dict[str, Any] = {"strides": stride, "pads": pads, "group": groups, "kernel_shape": [kh, kw]}
    net.add("Conv", weights, *([rng.normal(size=outs)] if rng.random() < 0.5 else []), **settings)
    high = (height + pads[0] + pads[2] - kh) // stride[0] + 1
    wide = (width + pads[1] + pads[3] - kw) // stride[1] + 1
    return outs, high, wide


def _dense(net: Net, rng: np.random.Generator, width: int, units: int) -> int:
    values = rng.normal(size=(width, units))
    if rng.random() < 0.5:
        net.add("MatMul", net.weights(values, some_scale(rng, units), int(rng.integers(1, 4))))
        if rng.random() < 0.5:
            net.add("Add", rng.normal(size=units))
    else:
        net.add("Gemm", net.weights(values.T, some_scale(rng), 2), rng.normal(size=units), transB=1)
    return units


def _pool(net: Net, rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[int, ...]:
    if rng.random() < 0.5 or min(shape[1:]) < 2:
        return shape
    kind = str(rng.choice(["MaxPool", "AveragePool"]))
    net.add(kind, kernel_shape=[2, 2], strides=[2, 2])
    return shape[0], shape[1] // 2, shape[2] // 2


def _norm(net: Net, rng: np.random.Generator, channels: int) -> None:
    rows = [rng.normal(size=channels) for _ in range(3)]
    net.add("BatchNormalization", *rows, np.abs(rng.normal(size=channels)) + 0.1, epsilon=1e-5)


def _quantise(net: Net, rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[int, ...]:
    channels, axes = shape[0], (1,) * (len(shape) - 1)
    if rng.random() < 0.5:
        _norm(net, rng, channels)
    match rng.integers(0, 8):
        case 0:
            net.bipolar(some_scale(rng))
        case 1:
            mode = str(rng.choice(["ROUND", "CEIL", "FLOOR", "UP", "DOWN", "HALF_UP", "HALF_DOWN"]))
            net.quant(
                some_scale(rng), int(rng.integers(2, 4)), int(rng.integers(0, 2)), int(rng.integers(0, 2)), mode=mode
            )
        case 2:
            net.add("Relu")
            net.quant(some_scale(rng), 2, signed=0)
        case 3:
            levels = np.sort(rng.integers(-4, 5, size=(channels, int(rng.integers(1, 4)))), axis=1).astype(np.float32)
            settings: dict[str, Any] = {"out_scale": 2.0, "out_bias": -1.0, "out_dtype": "INT4"}
            net.add("MultiThreshold", levels, domain=QONNX, **settings)
        case 4:
            net.add("Sign")
        case 5:
            net.add("GreaterOrEqual", rng.normal(size=(channels, *axes)).astype(np.float32))
            net.add("Cast", to=1)
        case 6:
            net.add("Less", np.float32(0.25))
            net.add("Where", np.float32(1.5), np.float32(-0.5))
        case 7:
            net.add("Clip", np.float32(-1.0), np.float32(1.0))
            net.quant(0.5, 4)
    return shape


def _move(net: Net, rng: np.random.Generator, shape: tuple[int, ...]) -> tuple[int, ...]:
    channels, height, width = shape
    match rng.integers(0, 7):
        case 0:
            net.add("Pad", np.array([0, 0, 1, 0, 0, 0, 0, 2]))
            return channels, height + 1, width + 2
        case 1:
            net.add("Transpose", perm=[0, 1, 3, 2])
            return channels, width, height
        case 2 if height > 1:
            net.add("Slice", np.array([1]), np.array([height]), np.array([2]))
            return channels, height - 1, width
        case 3:
            net.add(
                "Resize",
                "",
                np.array([1.0, 1.0, 2.0, 1.0], np.float32),
                mode="nearest",
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            )
            return channels, 2 * height, width
        case 4:
            net.add("Concat", at=[net.at, net.at], axis=1)
            return 2 * channels, height, width
        case 5:
            net.add("Add", at=[net.at, net.at])
            return shape
        case 6:
            net.add("Reshape", np.array([0, -1]))
            net.add("Reshape", np.array([-1, channels, height, width]))
    return shape
