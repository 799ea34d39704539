"""Our layers inside hls4ml, through its extension API: layer classes, C++ templates, C++ sources.

This module imports the real hls4ml: reach it through ``whetgen.targets.hls4ml.require``.
"""

from __future__ import annotations

from functools import cache
from math import prod

import hls4ml
import numpy as np
from hls4ml.backends.template import FunctionCallTemplate, LayerConfigTemplate
from hls4ml.model import ModelGraph
from hls4ml.model.layers import Layer as Hls4mlLayer
from hls4ml.model.layers import register_layer
from hls4ml.model.types import IntegerPrecisionType, WeightVariable

from whetgen.assets import assets
from whetgen.errors import BadInput
from whetgen.ir.integers import Word
from whetgen.targets.hls4ml.decoding import key_layer
from whetgen.targets.hls4ml.model import ConstArray, PlannedLayer, ap_type, class_name
from whetgen.targets.output.templating import template_environment

BACKENDS = ("Vitis", "Vivado")
_HEADERS = {
    "dense": "linear", "conv": "linear", "decode": "linear",
    "sharp": "fire", "argmax": "fire",
    "max_pool": "pool", "sum_pool": "pool",
    "scale": "elements", "blend": "elements", "gather": "elements", "gather2": "elements", "copy": "elements",
}  # fmt: skip
_SOURCES = tuple(f"nnet_whetgen_{part}.h" for part in ("common", *dict.fromkeys(_HEADERS.values())))
_SPIKES_STAY_SPIKES = ("Reshape", "Transpose", "Concatenate", "ZeroPadding1D", "ZeroPadding2D")


class IntegerArray(WeightVariable):
    """Integer constants, printed digit by digit: hls4ml's own formatting goes through floats."""

    def __iter__(self):
        return iter([str(value) for value in self.data.reshape(-1).tolist()])


class WhetgenLayer(Hls4mlLayer):
    """Any layer of ours: it brings its output type, its constants and its config struct along."""

    kind = ""

    def initialize(self) -> None:
        layer = self.planned()
        self.set_attr("wg_layer", layer)
        self.add_output_variable(list(layer.shape), precision=precision_of(layer.result))
        for array in layer.arrays:
            self._add_array(array)

    def planned(self) -> PlannedLayer:
        """What the bridge planned for this layer."""
        return self.get_attr("wg_layer")

    def _add_array(self, array: ConstArray) -> None:
        name = f"wg_{array.role}"
        variable = IntegerArray(
            name + "{index}", name + "{index}_t", precision_of(array.stored_word), array.stored, index=self.index
        )
        self.set_attr(name, variable)


class WhetgenSharp(WhetgenLayer):
    """A fully sharpened activation of a Keras model, on whatever type the user chose: 2 x >= ``twice_level``."""

    kind = "sharp"

    def planned(self) -> PlannedLayer:
        shape = tuple(self.get_input_variable().shape)
        return PlannedLayer(
            kind=self.kind,
            name=self.name,
            inputs=tuple(self.inputs),
            shape=shape,
            result=Word(1, signed=False),
            constants={"n_in": prod(shape), "twice_level": self.get_attr("twice_level")},
        )


class WhetgenKey(WhetgenLayer):
    """The N-hot output of a Keras model: integer scores from spikes and ``key`` (classes, width)."""

    kind = "decode"

    def planned(self) -> PlannedLayer:
        key = np.array(self.get_attr("key"), dtype=np.int64)
        if not spiking(self.get_input_node()):
            raise BadInput(
                f"layer '{self.name}' (SoftmaxDecode) does not read spikes; put SpikingBReLU or SpikingSigmoid before it"
            )
        shape = tuple(self.get_input_variable().shape)
        if shape != key.shape[1:]:
            raise BadInput(
                f"layer '{self.name}' (SoftmaxDecode) has a key for {key.shape[1]} neurons and reads a tensor of shape {shape}; put Flatten before it"
            )
        return key_layer(self.name, tuple(self.inputs), key)


def spiking(node: Hls4mlLayer | None) -> bool:
    """Whether a layer of an hls4ml model is known to hold nothing but 0 and 1."""
    if node is None or isinstance(node, WhetgenSharp):
        return node is not None
    stays = node.class_name in _SPIKES_STAY_SPIKES or node.get_attr("pool_op") == "Max"
    return stays and all(spiking(node.get_input_node(name)) for name in node.inputs)


def precision_of(word: Word) -> IntegerPrecisionType:
    """hls4ml's name for a word: ``ap_int`` or ``ap_uint`` of exactly this width."""
    return IntegerPrecisionType(width=word.bits, signed=word.signed)


LAYERS: tuple[type[WhetgenLayer], ...] = (
    *(
        type(class_name(kind), (WhetgenLayer,), {"kind": kind, "__module__": __name__})
        for kind in _HEADERS
        if kind != "sharp"
    ),
    WhetgenSharp,
    WhetgenKey,
)
# hls4ml names a class by its module and its name there.
globals().update({layer.__name__: layer for layer in LAYERS})


class _ConfigTemplate(LayerConfigTemplate):
    """The config struct of a layer."""

    def __init__(self):
        super().__init__(LAYERS)
        self.name = "whetgen_config_template"

    def format(self, node: WhetgenLayer) -> str:
        layer = node.get_attr("wg_layer")
        constants = {"reuse_factor": node.get_attr("reuse_factor", 1), **layer.constants}
        types = dict(layer.types)
        for array in layer.arrays:
            constants |= {f"{array.role}_limbs": array.limbs, f"{array.role}_size": array.stored.size}
            types[f"{array.role}_t"] = array.word
        typedefs = {name: ap_type(word) for name, word in types.items()}
        template = template_environment("hls4ml").get_template("config.h")
        return template.render(index=node.index, constants=constants, types=typedefs)


class _CallTemplate(FunctionCallTemplate):
    """The call of a layer's C++ function."""

    def __init__(self):
        super().__init__(LAYERS)
        self.name = "whetgen_function_template"

    def transform(self, model: ModelGraph, node: WhetgenLayer) -> bool:
        self.include_header = [f"nnet_utils/nnet_whetgen_{_HEADERS[node.kind]}.h"]
        return super().transform(model, node)

    def format(self, node: WhetgenLayer) -> str:
        inputs = [node.get_input_variable(name) for name in node.inputs]
        result = node.get_output_variable()
        types = ", ".join(v.type.name for v in (*inputs, result))
        arrays = [node.get_weights(f"wg_{a.role}") for a in node.get_attr("wg_layer").arrays]
        arguments = ", ".join(v.name for v in (*inputs, result, *arrays))
        return f"nnet::wg_{node.kind}<{types}, config{node.index}>({arguments});"


@cache
def register_layers() -> None:
    """Make our layers known to hls4ml. Calling it again changes nothing."""
    for layer in LAYERS:
        register_layer(layer.__name__, layer)
    for name in BACKENDS:
        backend = hls4ml.backends.get_backend(name)
        backend.register_template(_ConfigTemplate)
        backend.register_template(_CallTemplate)
        for source in _SOURCES:
            backend.register_source((assets() / "templates" / "hls4ml" / source).resolve())
