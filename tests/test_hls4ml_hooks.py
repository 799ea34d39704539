"""Keras models with our layers through plain hls4ml.converters.convert_from_keras_model, after register()."""

import re

import numpy as np
import pytest

import whetgen.hls4ml
from whetgen.errors import BadInput
from whetgen.sharpen import SoftmaxDecode, SpikingBReLU, SpikingSigmoid, generate_key
from whetgen.targets.hls4ml.bridge import compile_model, quiet

keras = pytest.importorskip("keras")
EXACT = {"Model": {"Precision": "ap_fixed<24,12>", "ReuseFactor": 1}}
STEPS = tuple(k / 8 for k in range(-8, 9))


def convert(model, folder, hls_config=EXACT, **options):
    whetgen.hls4ml.register()
    import hls4ml

    with quiet():
        return hls4ml.converters.convert_from_keras_model(
            model, hls_config=hls_config, output_dir=str(folder), backend="Vitis", **options
        )


def predict(model, folder, x, **options):
    converted = convert(model, folder, **options)
    compile_model(converted)
    found = converted.predict(np.ascontiguousarray(x, dtype=np.float32))
    return [part.reshape(len(x), -1) for part in (found if isinstance(found, list) else [found])]


@pytest.mark.slow
def test_equality_fires_at_half_and_at_zero_in_fixed_point(tmp_path):
    entry = keras.Input((len(STEPS),))
    model = keras.Model(entry, [SpikingBReLU(1.0, name="half")(entry), SpikingSigmoid(1.0, name="zero")(entry)])
    half, zero = predict(model, tmp_path, np.array([STEPS, STEPS[::-1]]))
    for found, level in ((half, 0.5), (zero, 0.0)):
        wanted = [float(z >= level) for z in STEPS]
        assert found.tolist() == [wanted, wanted[::-1]]


@pytest.mark.slow
def test_half_is_exact_where_the_users_type_has_no_fraction_bit(tmp_path):
    model = keras.Sequential([keras.Input((5,)), SpikingBReLU(1.0)])
    whole = {"Model": {"Precision": "ap_int<8>", "ReuseFactor": 1}}
    (found,) = predict(model, tmp_path, np.array([[-2, -1, 0, 1, 127]]), hls_config=whole)
    assert found.tolist() == [[0, 0, 0, 1, 1]]


@pytest.mark.slow
def test_a_network_with_pooling_and_decoding_takes_keras_decisions(tmp_path):
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(3)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 1)),
            keras.layers.Conv2D(4, 3, name="conv"),
            SpikingBReLU(1.0, name="fire"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(20, name="head"),
            SpikingSigmoid(1.0, name="head_fire"),
            SoftmaxDecode(generate_key(20, 5, seed=1), name="decode"),
        ]
    )
    for layer in model.layers:  # eighths, so that neither Keras nor the fixed point rounds anything
        layer.set_weights([np.round(rng.normal(0, 4, w.shape)) / 8 if w.ndim else w for w in layer.get_weights()])
    x = rng.integers(-16, 17, (200, 6, 6, 1)) / 8.0
    (scores,) = predict(model, tmp_path, x)
    spikes = keras.Model(model.inputs, model.get_layer("head_fire").output).predict(x, verbose=0)
    assert scores.tolist() == ((2 * spikes - 1) @ (2.0 * model.get_layer("decode").key.T - 1)).tolist()
    assert 0 < spikes.mean() < 1


def refuse(model, message, tmp_path):
    with pytest.raises(BadInput, match=f"^{re.escape(message)}$"):
        convert(model, tmp_path)


def test_a_layer_that_is_not_sharp_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((3,)), SpikingBReLU(0.75, name="soft")])
    refuse(
        model,
        "layer 'soft' (SpikingBReLU) has sharpness 0.75; train on until it is exactly 1.0 (whetgen.sharpen)",
        tmp_path,
    )


def test_decoding_what_is_not_spikes_is_refused(tmp_path):
    key = generate_key(4, 2, seed=1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), SoftmaxDecode(key, name="decode")])
    refuse(
        model,
        "layer 'decode' (SoftmaxDecode) does not read spikes; put SpikingBReLU or SpikingSigmoid before it",
        tmp_path,
    )


def test_offsets_of_classes_are_refused(tmp_path):
    decode = SoftmaxDecode(generate_key(4, 2, seed=0), offsets=[1, 0], name="decode")
    refuse(
        keras.Sequential([keras.Input((4,)), SpikingBReLU(1.0), decode]),
        "layer 'decode' (SoftmaxDecode) has offsets, and hls4ml's extension none; use whetgen --target hls",
        tmp_path,
    )


def test_decoding_a_map_is_refused(tmp_path):
    key = generate_key(4, 2, seed=1)
    model = keras.Sequential([keras.Input((3, 4)), SpikingBReLU(1.0), SoftmaxDecode(key, name="decode")])
    refuse(
        model,
        "layer 'decode' (SoftmaxDecode) has a key for 4 neurons and reads a tensor of shape (3, 4); put Flatten before it",
        tmp_path,
    )


def test_registering_twice_is_registering_once():
    whetgen.hls4ml.register()
    from hls4ml.converters.keras_v3 import layer_handlers

    before = dict(layer_handlers)
    whetgen.hls4ml.register()
    assert layer_handlers == before
