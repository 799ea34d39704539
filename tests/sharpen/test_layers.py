"""The layers follow the formulas of the design, load in safe mode, and train as documented."""

import math

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import whetgen
from whetgen.reading import trace_steps
from whetgen.reference import run_tensors
from whetgen.sharpen import SimpleSharpener, SoftmaxDecode, SpikingBReLU, SpikingSigmoid, generate_key
from whetgen.sharpen.find_layers import spiking_layers

LAYERS = [SpikingBReLU, SpikingSigmoid]
LEVEL = {SpikingBReLU: 0.5, SpikingSigmoid: 0.0}
Z = np.linspace(-2, 2, 801, dtype=np.float32)

# TensorFlow takes subnormal numbers for 0.
float32 = st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False)


def soft(layer_type, z, sharpness):
    """The design's table, in float64."""
    width = 1.0 - sharpness
    if layer_type is SpikingBReLU:
        return np.clip((z - 0.5) / (width + 0.001) + 0.5, 0, 1)
    slope = 4 * math.log(2 + math.sqrt(3)) / (width + 0.001)
    return 1 / (1 + np.exp(-np.clip(slope * z, -700, 700)))


def run(layer, z):
    return keras.ops.convert_to_numpy(layer(np.asarray(z, np.float32)))


def gradient(layer, z):
    import tensorflow as tf

    z = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        total = tf.reduce_sum(layer(z))
    return tape.gradient(total, z, unconnected_gradients="zero").numpy()


def small_model(**settings):
    return keras.Sequential(
        [
            keras.Input((6,)),
            keras.layers.Dense(8),
            SpikingBReLU(**settings),
            keras.layers.Dense(6),
            SpikingSigmoid(**settings),
            SoftmaxDecode(generate_key(6, 3, seed=1)),
        ]
    )


@pytest.mark.parametrize("layer_type", LAYERS)
@pytest.mark.parametrize("sharpness", [0.0, 0.25, 0.5, 0.875])
def test_soft_form_is_the_formula(layer_type, sharpness):
    expected = soft(layer_type, Z.astype(np.float64), sharpness)
    np.testing.assert_allclose(run(layer_type(sharpness), Z), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("layer_type", LAYERS)
@given(st.lists(float32, min_size=1, max_size=20))
def test_sharp_form_is_a_step_and_equality_fires(layer_type, values):
    level = np.float32(LEVEL[layer_type])
    closest = max(np.spacing(level), np.finfo(np.float32).tiny)
    near = [level, level - closest, level + closest]
    z = np.array([*values, *near], np.float32)
    assert run(layer_type(sharpness=1.0), z).tolist() == (z >= level).astype(np.float32).tolist()


@pytest.mark.parametrize("layer_type", LAYERS)
def test_a_spike_with_surrogate_is_exactly_0_or_1(layer_type):
    assert run(layer_type(sharpness=1.0, surrogate=0.7), Z).tolist() == (LEVEL[layer_type] <= Z).tolist()


@pytest.mark.parametrize("layer_type", LAYERS)
def test_just_below_sharpness_1_is_still_soft(layer_type):
    assert 0 < run(layer_type(sharpness=0.9999), [LEVEL[layer_type] + 1e-5])[0] < 1


@pytest.mark.parametrize("layer_type", LAYERS)
def test_sharp_layer_has_no_gradient_of_its_own(layer_type):
    assert not gradient(layer_type(sharpness=1.0), Z).any()


@pytest.mark.parametrize("layer_type", LAYERS)
@pytest.mark.parametrize("sharpness", [0.0, 0.5, 1.0])
def test_surrogate_gradient_is_a_triangle_at_every_sharpness(layer_type, sharpness):
    expected = np.maximum(0, 1 - np.abs(Z - LEVEL[layer_type]) / 0.8) / 0.8
    got = gradient(layer_type(sharpness=sharpness, surrogate=0.8), Z)
    np.testing.assert_allclose(got, expected, atol=1e-5)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_sharpness_outside_0_to_1_is_refused(value):
    message = f"^sharpness must be in 0..1, not {value}$"
    with pytest.raises(ValueError, match=message):
        SpikingBReLU(sharpness=value)
    with pytest.raises(ValueError, match=message):
        SpikingSigmoid().sharpness = value


def test_surrogate_without_width_is_refused():
    with pytest.raises(ValueError, match=r"^surrogate is a width above 0 or None, not 0$"):
        SpikingBReLU(surrogate=0)


def test_sharpness_changes_a_compiled_model_at_once():
    """The same compiled function serves every sharpness: it is traced once."""
    model = keras.Sequential([keras.Input((1,)), SpikingBReLU()])
    assert model.predict(np.array([[0.7]]), verbose=0)[0, 0] == pytest.approx(0.7, abs=1e-3)
    traced = model.predict_function
    model.layers[0].sharpness = 1.0
    assert model.predict(np.array([[0.7]]), verbose=0)[0, 0] == 1.0
    assert model.predict_function is traced


def test_optimizer_leaves_sharpness_alone():
    model = small_model(sharpness=0.25, surrogate=1.0)
    assert len(model.trainable_weights) == 4
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(np.random.default_rng(0).random((32, 6)), np.arange(32) % 3, epochs=2, verbose=0)
    assert [layer.sharpness for layer in spiking_layers(model)] == [0.25, 0.25]


def test_saved_model_loads_in_safe_mode_with_the_sharpness_it_had(tmp_path):
    model = small_model(surrogate=1.5)
    model.layers[1].sharpness = 0.75
    model.layers[3].sharpness = 1.0
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert [layer.sharpness for layer in spiking_layers(loaded)] == [0.75, 1.0]
    assert [layer.surrogate for layer in spiking_layers(loaded)] == [1.5, 1.5]
    assert np.array_equal(np.asarray(loaded.layers[-1].key).astype(int), model.layers[-1].key)
    x = np.random.default_rng(0).normal(size=(50, 6))
    assert np.array_equal(model.predict(x, verbose=0), loaded.predict(x, verbose=0))


def test_summary_shows_the_sharpness_of_nested_layers_too():
    inner = keras.Sequential([keras.Input((4,)), SpikingBReLU(0.25)], name="inner")
    lines: list[str] = []
    outer = keras.Sequential([keras.Input((4,)), inner, SpikingSigmoid(1.0)])
    outer.summary(print_fn=lines.append, expand_nested=True)
    text = "".join(lines)
    assert "1 (s=0.25)" in text and "1 (s=1)" in text


@pytest.mark.parametrize("sharpness", [0.0, 1.0])
@pytest.mark.parametrize("surrogate", [None, 1.0])
def test_observer_sees_the_outputs(sharpness, surrogate):
    layer, seen = SpikingBReLU(sharpness, surrogate), []
    layer.observer = seen.append
    out = run(layer, Z)
    assert len(seen) == 1 and np.array_equal(np.asarray(seen[0]), out)


def test_key_is_saved_state_that_no_optimizer_touches(tmp_path):
    def model(seed: int) -> keras.Model:
        return keras.Sequential([keras.Input((6,)), SoftmaxDecode(generate_key(6, 3, seed=seed))])

    first, second = model(1), model(2)
    assert not first.trainable_weights
    first.save_weights(tmp_path / "m.weights.h5")
    second.load_weights(tmp_path / "m.weights.h5")
    assert np.array_equal(second.layers[-1].key, generate_key(6, 3, seed=1))
    assert second.layers[-1].get_config()["key"] == generate_key(6, 3, seed=1).tolist()


@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_decode_is_the_softmax_of_the_integer_scores(seed, per_class):
    key = generate_key(3 * per_class, 3, seed=seed)
    spikes = np.random.default_rng(seed).integers(0, 2, (5, 3 * per_class))
    offsets = np.random.default_rng(seed).integers(-3, 4, 3)
    scores = (2 * spikes - 1) @ (2 * key.astype(int) - 1).T + offsets
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    np.testing.assert_allclose(
        run(SoftmaxDecode(key, offsets=offsets.tolist()), spikes),
        powers / powers.sum(-1, keepdims=True),
        rtol=1e-5,
        atol=1e-7,
    )


def test_temperature_keeps_the_order_of_classes():
    key, spikes = generate_key(12, 3, seed=2), np.random.default_rng(1).integers(0, 2, (40, 12))
    cold, warm = run(SoftmaxDecode(key), spikes), run(SoftmaxDecode(key, temperature=5.0), spikes)
    assert np.array_equal(np.argmax(cold, -1), np.argmax(warm, -1))
    assert (warm.max(-1) <= cold.max(-1)).all()


@pytest.mark.parametrize(
    "key",
    [np.eye(3, dtype=np.float32), np.eye(3).tolist(), {"value": np.eye(3).tolist()}, np.eye(3, dtype=bool)],
    ids=["float32", "list", "dict", "bool"],
)
def test_key_in_every_form_it_comes_in(key):
    assert np.asarray(SoftmaxDecode(key).key).astype(int).tolist() == np.eye(3).tolist()


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ([1, 0, 1], "a key is an array of 0 and 1 of shape"),
        ([[1, 0, 2], [0, 1, 0]], "a key is an array of 0 and 1 of shape"),
        ([[1, 1], [1, 1]], "two classes of the key have the same row, so nothing can tell them apart"),
    ],
)
def test_key_that_cannot_decode_is_refused(key, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        SoftmaxDecode(key)


@pytest.mark.parametrize("offsets", [[1], [0.5, 1]])
def test_offsets_that_do_not_fit_are_refused(offsets):
    with pytest.raises(ValueError) as refused:
        SoftmaxDecode(np.eye(2), offsets=offsets)
    assert str(refused.value) == f"offsets are one integer for each of 2 classes, not {offsets}"


def test_temperature_not_above_0_is_refused():
    with pytest.raises(ValueError, match=r"^temperature must be above 0, not 0$"):
        SoftmaxDecode(np.eye(2), temperature=0)


STAIRS = np.linspace(-1, 5, 961, dtype=np.float32)


@pytest.mark.parametrize("levels", [2, 3, 15])
@pytest.mark.parametrize("sharpness", [0.0, 0.5, 0.875])
def test_a_soft_staircase_is_the_sum_of_bounded_relus(levels, sharpness):
    z = STAIRS.astype(np.float64)
    expected = sum(soft(SpikingBReLU, z - k, sharpness) for k in range(levels))
    np.testing.assert_allclose(run(SpikingBReLU(sharpness, levels=levels), STAIRS), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("surrogate", [None, 1.0])
def test_a_sharp_staircase_counts_its_thresholds_and_equality_counts(surrogate):
    reached = [int(np.clip(math.floor(z + 0.5), 0, 3)) for z in STAIRS.astype(np.float64)]
    assert set(reached) == {0, 1, 2, 3} and {0.5, 1.5, 2.5} <= set(STAIRS.tolist())
    assert run(SpikingBReLU(1.0, surrogate, levels=3), STAIRS).tolist() == reached


@pytest.mark.parametrize("sharpness", [0.0, 1.0])
def test_a_staircase_has_a_triangle_of_gradient_around_each_threshold(sharpness):
    triangles = sum(np.maximum(1 - np.abs(STAIRS - (k + 0.5)) / 0.5, 0) / 0.5 for k in range(3))
    np.testing.assert_allclose(gradient(SpikingBReLU(sharpness, 0.5, levels=3), STAIRS), triangles, atol=1e-5)


@pytest.mark.parametrize("levels", [0, 16, 1.5, True])
def test_levels_are_1_to_15(levels):
    with pytest.raises(ValueError, match=rf"^levels must be a whole number in 1\.\.15, not {levels}$"):
        SpikingBReLU(levels=levels)


def test_one_level_is_saved_as_it_always_was():
    assert "levels" not in SpikingBReLU().get_config()
    assert SpikingBReLU.from_config(SpikingBReLU(levels=3).get_config()).levels == 3


def test_a_staircase_that_was_trained_and_saved_means_what_keras_computes(tmp_path):
    """A short training: the loss falls, every layer ends sharp, and the integers count what Keras counts, ties included."""
    keras.utils.set_random_seed(0)
    stack = [
        keras.Input((4,)),
        keras.layers.Dense(12, name="d1"),
        SpikingBReLU(surrogate=1.0, levels=3, name="s1"),
        keras.layers.Dense(3, name="d2"),
    ]
    model = keras.Sequential(stack)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    codes = np.random.default_rng(0).integers(0, 256, (512, 4))
    x, y = codes / 255, (codes[:, 0] // 86)
    sharpener = SimpleSharpener(start_epoch=2, steps=2, epochs=True)
    losses = model.fit(x, y, epochs=12, batch_size=32, verbose=0, callbacks=[sharpener]).history["loss"]
    assert losses[-1] < losses[0] and [layer.sharpness for layer in spiking_layers(model)] == [1.0]
    model.get_layer("d1").set_weights([np.round(w * 4) / 4 for w in model.get_layer("d1").get_weights()])  # for ties
    model.save(tmp_path / "m.keras")
    loaded, few = whetgen.load_model(tmp_path / "m.keras"), codes % 8
    lowered = trace_steps(loaded, whetgen.InputSpec(scale=1)).lowered
    values = keras.Model(loaded.inputs, loaded.get_layer("s1").output).predict(few.astype(np.float32), verbose=0)
    counts = run_tensors(lowered.graph, few)["s1"]
    assert np.array_equal(counts, values) and set(np.unique(counts)) == {0, 1, 2, 3}
