"""Only layers of the list are taken, and nothing else that a configuration names: before anything is constructed."""

import pytest
from tests.foreign.files import dense, entry, layer_3, net, net_3, small

from whetgen.errors import BadInput
from whetgen.foreign.configs import checked_config
from whetgen.foreign.known_layers import LAYERS, ORIGINAL
from whetgen.foreign.relatives import RELATIVES
from whetgen.frontends.keras.handlers import HANDLERS

LAYERS_ONLY = "use layers, whose meaning is known"
NOT_OURS = "and no code is run that a file names; load the model in Python and give it to whetgen.trace"
TRAIN_OURS = (
    "build the network of Keras' layers with SpikingBReLU and sharpen it (whetgen.sharpen); "
    "--weight-bits narrows its weights"
)
FUNCTION = {"class_name": "function", "module": "os", "config": "system", "registered_name": "system"}


def wrapped(layer: dict) -> dict:
    return entry("TimeDistributed", "w", layer=layer)


REFUSED_2 = {
    "code": (
        small(entry("TFSMLayer", "t", filepath="/tmp/evil")),
        f"layer 't' (TFSMLayer) is not supported; {LAYERS_ONLY}",
    ),
    "lambda": (
        small(entry("Lambda", "l", function=["code", None, None])),
        f"layer 'l' (Lambda) is not supported; {LAYERS_ONLY}",
    ),
    "operation": (
        small(entry("TFOpLambda", "tf.math.add")),
        f"layer 'tf.math.add' (TFOpLambda) is not supported; {LAYERS_ONLY}",
    ),
    "file": (
        small(entry("StringLookup", "s", vocabulary="/etc/passwd")),
        "layer 's' (StringLookup) is not supported; feed one-hot codes into a Dense layer",
    ),
    "in a nested model": (
        net(dense("d", 3, batch_input_shape=[None, 4]), {**net(entry("Lambda", "l")), "name": "inner"}),
        f"layer 'net/l' (Lambda) is not supported; {LAYERS_ONLY}",
    ),
    "in a wrapper": (
        small(wrapped(entry("Lambda", "l"))),
        "layer 'w' (TimeDistributed) is not supported; use Conv1D, or a Dense layer, which works along the last axis anyway",
    ),
    "as an activation": (
        small(dense("e", 3) | {"config": {"name": "e", "units": 3, "activation": entry("Lambda", "l")}}),
        f"layer 'e' (Lambda) is not supported; {LAYERS_ONLY}",
    ),
    "not a layer": (
        small(entry("load_model", "m")),
        "layer 'm' (load_model) is not supported; docs/reference/layers-and-operators.md lists the layers that are",
    ),
    "cudnn": (small(entry("CuDNNLSTM", "c")), "layer 'c' (CuDNNLSTM) is not supported; use Conv1D layers"),
    "another's Dense": (
        small({**dense("e", 3), "module": "mine", "registered_name": "mine>Dense"}),
        f"layer 'e' (Dense) is a class of 'mine', {NOT_OURS}",
    ),
    "of a package": (
        small({**dense("e", 3), "class_name": "mine>Dense"}),
        f"layer 'e' (Dense) is a class of 'mine', {NOT_OURS}",
    ),
    "whole model": (
        {"class_name": "MyModel", "config": {"name": "m"}, "module": "mine"},
        "model 'm' (MyModel) is not Sequential or functional; rebuild it with keras.Sequential or keras.Model(inputs, outputs)",
    ),
    "an activation of its own": (
        small(entry("Activation", "a", activation="evil")),
        "layer 'a' (Activation) has an activation of its own, 'evil'; use SpikingBReLU or SpikingSigmoid",
    ),
    "setting": (
        small(entry("Rescaling", "r", scale={"class_name": "TFSMLayer", "config": {}})),
        "layer 'r' has a TFSMLayer among its settings, which is not supported",
    ),
    "array of objects": (
        small(entry("Rescaling", "r", scale={"class_name": "__numpy__", "config": {"value": [1], "dtype": "object"}})),
        "layer 'r' has an array among its settings that is not of numbers",
    ),
    "no settings": (
        small({"class_name": "Flatten"}),
        "layer '' (Flatten) has no settings in the configuration; save the model again",
    ),
    "no class": (small({"config": {}}), "a layer has no class in the configuration; save the model again"),
    "no layers": (
        {"class_name": "Sequential", "config": {"name": "n", "layers": []}},
        "model '' has no layers in its configuration; save it again",
    ),
    "nothing": (None, "the model has no class in the configuration; save the model again"),
}
REFUSED_3 = {
    "module of another": (
        net_3(layer_3("system", "s", module="os")),
        f"layer 's' (system) is a class of 'os', {NOT_OURS}",
    ),
    "Keras' inside": (
        net_3(layer_3("Dense", "d", module="keras.src.utils.file_utils")),
        f"layer 'd' (Dense) is a class of 'keras.src.utils.file_utils', {NOT_OURS}",
    ),
    "function": (
        net_3(layer_3("Dense", "d", units=3, activation=FUNCTION)),
        "layer 'd' (Dense) has an activation of its own, 'system'; use SpikingBReLU or SpikingSigmoid",
    ),
    "dtype": (
        net_3(
            layer_3(
                "Dense", "d", units=3, dtype={"class_name": "Evil", "module": "mine", "config": {"name": "float32"}}
            )
        ),
        "layer 'd' (Dense) has a dtype that is not Keras' own",
    ),
    "quantised": (
        net_3(
            layer_3(
                "Dense",
                "d",
                units=3,
                dtype={
                    "class_name": "QuantizedDTypePolicy",
                    "module": "keras",
                    "config": {"mode": "int8", "source_name": "float32"},
                },
            )
        ),
        "layer 'd' (Dense) is quantised ('int8'); save the model before quantize(), and narrow with --weight-bits",
    ),
    "in a call": (
        net_3(
            {
                **layer_3("Flatten", "f"),
                "inbound_nodes": [{"args": [{"class_name": "__lambda__", "config": {"value": "x"}}]}],
            }
        ),
        "layer 'f' is called with a __lambda__, which is not supported",
    ),
    "original Whetstone": (
        net_3(layer_3("Spiking_BRelu", "s", module=None, registered="Custom>Spiking_BRelu")),
        "layer 's' (Spiking_BRelu) is a layer of the original Whetstone; in a file of Keras 3 use SpikingBReLU, "
        "SpikingSigmoid and SoftmaxDecode of whetgen.sharpen",
    ),
    "QKeras": (
        net_3(layer_3("QDense", "q", module="qkeras.qlayers")),
        f"layer 'q' (QDense) is a layer of QKeras; {TRAIN_OURS}",
    ),
    "Larq": (
        net_3(layer_3("QuantDense", "q", module="larq.layers", registered="Larq>QuantDense")),
        f"layer 'q' (QuantDense) is a layer of Larq; {TRAIN_OURS}",
    ),
    "BinaryNet": (
        net_3(layer_3("BinaryDense", "b", module="binary_layers")),
        f"layer 'b' (BinaryDense) is a layer of BinaryNet; {TRAIN_OURS}",
    ),
    "HGQ": (
        net_3(layer_3("QDense", "h", module="hgq.layers.core.dense", registered="hgq>QDense")),
        f"layer 'h' (QDense) is a layer of HGQ; {TRAIN_OURS}",
    ),
}
CASES = [(2, *case) for case in REFUSED_2.values()] + [(3, *case) for case in REFUSED_3.values()]


@pytest.mark.parametrize(("keras", "config", "message"), CASES, ids=[*REFUSED_2, *REFUSED_3])
def test_what_is_not_on_the_list_is_refused(keras, config, message):
    with pytest.raises(BadInput) as refused:
        checked_config(config, keras)
    assert str(refused.value) == message


def test_what_only_training_needs_is_left_out():
    evil = {"class_name": "Evil", "module": "mine", "config": {}}
    config = net_3(
        layer_3("Dense", "d", units=3, kernel_initializer=evil, bias_regularizer=evil, kernel_constraint=evil)
    )
    config |= {"compile_config": {"optimizer": evil}, "build_config": {"input_shape": [None, 10**9]}}
    checked = checked_config(config, 3)
    assert "Evil" not in str(checked) and "build_config" not in checked and "compile_config" not in checked


def test_every_layer_that_is_traced_may_stand_in_a_file():
    assert set(HANDLERS) <= set(LAYERS)


def test_every_layer_that_may_stand_in_a_file_is_traced_or_of_another_package():
    assert set(LAYERS) - set(HANDLERS) <= {*ORIGINAL, *RELATIVES, "Multiply"}
