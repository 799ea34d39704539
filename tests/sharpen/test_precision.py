"""Half precision touches the kernels that may have it, and no variable."""

import keras
import numpy as np

from whetgen.sharpen.recipes import models
from whetgen.sharpen.recipes.precision import built_for, halve_kernels


def test_on_a_cpu_kernels_that_read_spikes_are_halved():
    model = models.cnn((28, 28), blocks=((4,), (6,)), votes=2, dense=(8,))
    halve_kernels(model)
    halved = {layer.name for layer in model.layers if layer.dtype_policy.name == "mixed_bfloat16"}
    assert halved == {"conv2", "dense1", "head"}
    assert all(v.dtype == "float32" for v in model.trainable_variables)
    spikes = np.random.default_rng(0).integers(0, 2, (2, 14, 14, 4)).astype(np.float32)
    assert model.get_layer("conv2")(spikes).dtype == "bfloat16"


def test_heads_with_an_activation_of_their_own_stay_float32():
    model = models.binary_mlp((28, 28), (8,))
    halve_kernels(model)
    assert model.get_layer("head").dtype_policy.name == "float32"


def test_on_a_gpu_kernels_stay(monkeypatch):
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["gpu:0"])
    model = models.cnn((28, 28), blocks=((4,), (6,)), votes=2)
    halve_kernels(model)
    assert {layer.dtype_policy.name for layer in model.layers} == {"float32"}
    with built_for(mixed=True):
        assert keras.config.dtype_policy().name == "mixed_float16"
