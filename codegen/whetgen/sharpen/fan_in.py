"""Neurons that read only a few learned inputs: with six spikes each, a neuron is one lookup table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.find_layers import every_layer

_PACKAGE = "whetgen"


@keras.saving.register_keras_serializable(package=_PACKAGE)
class SparseDense(keras.layers.Layer):
    """Sums of ``fan_in`` chosen inputs per neuron: (batch, inputs) to (batch, units).

    ``kernel`` is (fan_in, units), trained; ``wiring``, int32 (fan_in, groups), says which input each
    weight belongs to and is saved state that no optimizer touches. ``sharing`` neurons in a row are
    a group that reads the same inputs: a small network of threshold neurons on them. With
    ``rewired`` the ``Rewire`` callback learns which; it starts at random (``seed``). Otherwise neuron n
    reads the inputs ``n * fan_in`` to ``(n + 1) * fan_in - 1``: the second layer of such a network.

    ``to_dense`` gives a plain layer; ``finish`` does that for a whole model.

    Raises:
        ValueError: numbers that do not fit each other, or (when built) fewer inputs than it reads.
    """

    def __init__(
        self,
        units: int,
        fan_in: int = 6,
        sharing: int = 1,
        rewired: bool = True,
        use_bias: bool = False,
        seed: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if min(units, fan_in, sharing) < 1 or units % sharing:
            raise ValueError(f"units {units} must be a multiple of sharing {sharing}, and fan_in {fan_in} at least 1")
        self.units = units
        self.fan_in = fan_in
        self.sharing = sharing
        self.rewired = rewired
        self.use_bias = use_bias
        self.seed = seed
        self.recorder: Callable[[keras.KerasTensor, keras.KerasTensor], None] | None = None

    def build(self, input_shape):
        inputs = input_shape[-1]
        wiring = self._first_wiring(inputs)
        self.wiring = add_wiring(self, wiring)
        limit = np.sqrt(3.0 / self.fan_in)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.fan_in, self.units),
            initializer=keras.initializers.RandomUniform(-limit, limit, seed=self.seed),
        )
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros") if self.use_bias else None
        self.inputs_read = inputs

    def call(self, x):
        groups = self.units // self.sharing
        read = ops.reshape(ops.take(x, ops.reshape(self.wiring, (-1,)), axis=-1), (-1, self.fan_in, groups, 1))
        weights = ops.reshape(self.kernel, (self.fan_in, groups, self.sharing))
        sums = ops.reshape(ops.sum(read * weights, axis=1), (-1, self.units))
        sums = sums if self.bias is None else sums + self.bias
        if self.recorder is not None:
            self.recorder(x, sums)
        return sums

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict:
        own = ("units", "fan_in", "sharing", "rewired", "use_bias", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}

    def dense_kernel(self) -> np.ndarray:
        """The same sums as a kernel (inputs, units), mostly 0. An input that is read twice has both weights added."""
        kernel = np.zeros((self.inputs_read, self.units), np.float32)
        wiring = np.repeat(ops.convert_to_numpy(self.wiring), self.sharing, axis=1)
        np.add.at(kernel, (wiring, np.arange(self.units)), ops.convert_to_numpy(self.kernel))
        return kernel

    def to_dense(self) -> keras.layers.Dense:
        """An equal plain layer of the same name, with its weights."""
        dense = keras.layers.Dense(self.units, use_bias=self.use_bias, name=self.name)
        dense.build((None, self.inputs_read))
        biases = [ops.convert_to_numpy(self.bias)] if self.use_bias else []
        dense.set_weights([self.dense_kernel(), *biases])
        return dense

    def _first_wiring(self, inputs: int) -> np.ndarray:
        groups = self.units // self.sharing
        if self.rewired:
            return different_inputs(inputs, self.fan_in, groups, np.random.default_rng(self.seed))
        if groups * self.fan_in != inputs:
            raise ValueError(
                f"layer '{self.name}': {groups} groups of {self.fan_in} neighbours need {groups * self.fan_in} "
                f"inputs, not {inputs}"
            )
        return np.arange(inputs, dtype=np.int32).reshape(groups, self.fan_in).T


def sparse_layers(model: keras.Model) -> list[SparseDense]:
    """The layers whose wiring is learned."""
    return [layer for layer in every_layer(model) if isinstance(layer, SparseDense) and layer.rewired]


def add_wiring(layer: keras.layers.Layer, wiring: np.ndarray) -> keras.Variable:
    """A layer's ``wiring``, int32 (fan_in, columns), as saved state that no optimizer touches."""
    return layer.add_weight(
        name="wiring",
        shape=wiring.shape,
        dtype="int32",
        initializer=lambda shape, dtype: ops.convert_to_tensor(wiring, dtype),
        trainable=False,
    )


def different_inputs(inputs: int, count: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """int32 (count, columns): ``count`` different inputs a column; inputs are used evenly."""
    if count > inputs:
        raise ValueError(f"a neuron cannot read {count} different inputs of {inputs}")
    return np.stack([rng.choice(inputs, count, replace=False) for _ in range(columns)], axis=1).astype(np.int32)
