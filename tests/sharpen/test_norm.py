"""The fused batch norm computes what Keras' own does."""

import keras
import numpy as np
import pytest
from keras import layers, ops

import whetgen
from whetgen.sharpen import FusedBatchNormalization, SpikingBReLU, finish, fold_batch_norm

SHAPES = [(64, 5), (16, 6, 7, 5), (32, 9, 5)]


def trained(kind, x, steps=3, **config):
    """Outputs, gradients and weights after some steps of training on ``x``."""
    import tensorflow as tf

    layer = kind(momentum=0.9, epsilon=1e-2, **config)
    layer.build(x.shape)
    weights = np.random.default_rng(1).uniform(0.5, 1.5, (4, x.shape[-1])).astype(np.float32)
    layer.set_weights(list(weights[: len(layer.weights)]))
    wanted = np.random.default_rng(2).normal(size=x.shape).astype(np.float32)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            inputs = tf.Variable(x)
            outputs = layer(inputs, training=True)
            loss = ops.sum(outputs * wanted)
        gradients = tape.gradient(loss, [inputs, *layer.trainable_variables])
    return [np.asarray(a) for a in (outputs, *gradients, *layer.get_weights(), layer(x, training=False))]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("config", [{}, {"axis": -1}, {"scale": False}, {"center": False}], ids=str)
def test_same_as_keras_forward_backward_and_moving(shape, config):
    x = np.random.default_rng(0).normal(2.0, 3.0, shape).astype(np.float32)
    ours, theirs = trained(FusedBatchNormalization, x, **config), trained(layers.BatchNormalization, x, **config)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4)


def test_the_kernel_is_used_and_not_where_it_cannot():
    x = np.zeros((4, 3), np.float32)
    fusible = FusedBatchNormalization()
    assert fusible._fusible(ops.convert_to_tensor(x))
    assert not fusible._fusible(ops.cast(x, "float16"))
    assert not FusedBatchNormalization(axis=1)._fusible(ops.zeros((4, 3, 2)))
    assert not FusedBatchNormalization(renorm=True)._fusible(ops.convert_to_tensor(x))


def test_in_a_graph_and_finished_as_plain_layer(tmp_path):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), FusedBatchNormalization(name="norm")])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    model.fit(x, x[:, :3], epochs=2, batch_size=16, verbose=0)
    plain = finish(model)
    assert type(plain.get_layer("norm")) is layers.BatchNormalization
    assert np.array_equal(plain.predict(x, verbose=0), model.predict(x, verbose=0))
    model.save(tmp_path / "m.keras")
    assert type(keras.models.load_model(tmp_path / "m.keras").get_layer("norm")) is FusedBatchNormalization


def test_it_is_traced_and_folded_as_the_plain_layer():
    stack = [keras.Input((4,)), layers.Dense(6), FusedBatchNormalization(), SpikingBReLU(sharpness=1.0)]
    model = keras.Sequential([*stack, layers.Dense(3, "softmax")])
    weights = np.random.default_rng(3).uniform(0.5, 1.5, (4, 6)).astype(np.float32)
    model.layers[1].set_weights(list(weights))
    codes = np.random.default_rng(4).integers(-128, 128, (200, 4))
    spec = whetgen.InputSpec(type="int8", scale=16)
    wanted = whetgen.trace(finish(model), spec).predict(codes)
    assert np.array_equal(whetgen.trace(model, spec).predict(codes), wanted)
    assert np.array_equal(whetgen.trace(fold_batch_norm(model), spec).predict(codes), wanted)
    assert len(np.unique(wanted)) > 1
