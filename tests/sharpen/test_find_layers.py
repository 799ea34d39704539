"""Layers are found in the order of computation, each once, however deep they sit."""

import keras

from whetgen.sharpen import SpikingBReLU, spiking_layers
from whetgen.sharpen.find_layers import sharpness_of


def block(*names: str) -> keras.Model:
    return keras.Sequential([keras.Input((4,)), *(SpikingBReLU(name=name) for name in names)], name="_".join(names))


def names(model: keras.Model) -> list[str]:
    return [layer.name for layer in spiking_layers(model)]


def test_sequential_model_inputs_first():
    assert names(block("a", "b", "c")) == ["a", "b", "c"]


def test_nested_model_keeps_the_order_inside():
    """Keras' own flattened list turns the layers of a nested model around."""
    inner = keras.Sequential([block("b", "c"), SpikingBReLU(name="d")])
    outer = keras.Sequential([keras.Input((4,)), SpikingBReLU(name="a"), inner, SpikingBReLU(name="e")])
    assert names(outer) == ["a", "b", "c", "d", "e"]


def test_shared_layer_appears_once():
    shared, x = SpikingBReLU(name="shared"), keras.Input((4,))
    model = keras.Model(x, keras.layers.Add()([shared(x), SpikingBReLU(name="last")(shared(x))]))
    assert names(model) == ["shared", "last"]


def test_layer_inside_a_wrapper_is_found():
    wrapped = keras.layers.TimeDistributed(SpikingBReLU(name="inside"))
    assert names(keras.Sequential([keras.Input((3, 4)), wrapped])) == ["inside"]


def test_equal_names_in_different_models_are_numbered():
    outer = keras.Sequential([keras.Input((4,)), SpikingBReLU(0.5, name="a"), block("a", "b")])
    assert sharpness_of(outer) == {"a": 0.5, "a_2": 0.0, "b": 0.0}
