"""Train with kernels that are small integers times one step per output channel."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from whetgen.sharpen.fan_in import SparseDense
from whetgen.sharpen.find_layers import every_layer

_STEP_BITS = 8
_FEWEST, _MOST = 1, 16
_KERNEL_LAYERS = (
    keras.layers.Dense,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    SparseDense,
)


_SIGN_RANGE = np.float32(2.5)


class NarrowWeights(keras.callbacks.Callback):
    """Trains with the kernels of Dense and convolution layers on a grid of ``bits`` bits.

    From ``start_epoch`` on every such kernel is ``n * step`` with one step per output channel and
    ``|n| <= 2^(bits-1) - 1``; with 1 bit n is -1 or 1. The callback keeps a latent float kernel beside
    each: what the optimizer changes is added to the latent one, whose nearest grid point is what the
    model holds (straight-through). Between batches, so in validation, checkpoints and at the end,
    the model is on the grid, and its weights narrow to ``bits`` bits without loss.

    The steps are chosen anew at the beginning of each epoch. A layer with an activation of its own (a softmax
    or sigmoid head) has one step for all channels: its sums are compared with each other. ``bits``: 1 (sign), 2 (ternary) to 16,
    of all layers or by layer name.
    With 1 bit latent weights stay within 2.5 steps of 0, so that each can still turn.

    Raises:
        ValueError: another number of bits.
    """

    def __init__(self, bits: int | Mapping[str, int], start_epoch: int = 0):
        super().__init__()
        for each in bits.values() if isinstance(bits, Mapping) else (bits,):
            check_bits(each)
        self.bits = bits
        self.start_epoch = start_epoch
        self._latent: list[_Latent] = []

    def state(self) -> dict[str, np.ndarray]:
        return {f"{n}/{key}": value for n, latent in enumerate(self._latent) for key, value in latent.state().items()}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        if state:
            self._prepare()
        for number, latent in enumerate(self._latent):
            latent.restore({key: state[f"{number}/{key}"] for key in ("values", "steps")})

    def on_epoch_begin(self, epoch, logs=None):
        if epoch < self.start_epoch:
            return
        if not self._latent:
            self._prepare()
        for latent in self._latent:
            latent.absorb()
            latent.choose_steps()

    def on_train_batch_end(self, batch, logs=None):
        for latent in self._latent:
            latent.absorb()

    def behind(self, variable: keras.Variable) -> _Latent | keras.Variable:
        """What holds the float values of ``variable``: its latent kernel, or where it has none, it itself."""
        return next((latent for latent in self._latent if latent.variable is variable), variable)

    def _prepare(self) -> None:
        self._latent = [_Latent(layer, self._bits_of(layer)) for layer in kernel_layers(self.model)]

    def _bits_of(self, layer: keras.layers.Layer) -> int:
        if not isinstance(self.bits, Mapping):
            return self.bits
        if layer.name not in self.bits:
            raise ValueError(f"layer '{layer.name}' has no weight bits; there are those of {', '.join(self.bits)}")
        return self.bits[layer.name]


class _Latent:
    """The float kernel behind one layer's kernel on the grid; float32 (inputs of a neuron, channels)."""

    def __init__(self, layer: keras.layers.Layer, bits: int):
        self.variable = layer.kernel
        self.bits = bits
        self.common = not is_linear(layer)
        self.values = self.on_grid = per_channel(layer)
        self.steps = self._steps()

    def state(self) -> dict[str, np.ndarray]:
        return {"values": self.values, "steps": self.steps}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self.values, self.steps = state["values"], state["steps"]
        self._publish()

    def choose_steps(self) -> None:
        self.steps = self._steps()
        self._publish()

    def numpy(self) -> np.ndarray:
        """The values in the kernel's shape, with what the optimizer has changed since they were moved last."""
        return self._moved(self._kernel()).reshape(self.variable.shape)

    def assign(self, values: np.ndarray) -> None:
        """Go on from other ``values`` of the kernel's shape, on a grid of their own."""
        self.values = values.reshape(self.values.shape)
        self.choose_steps()

    def absorb(self) -> None:
        """Move the optimizer's change over, and put the model back on the grid."""
        kernel = self._kernel()
        moved = self._moved(kernel)
        if self.bits == 1:
            self.values = np.clip(moved, -_SIGN_RANGE * self.steps, _SIGN_RANGE * self.steps)
        else:  # a weight that is 0 all of a sudden has been pruned
            moved[(kernel == 0) & (self.on_grid != 0)] = 0
            self.values = moved
        self._publish()

    def _kernel(self) -> np.ndarray:
        return keras.ops.convert_to_numpy(self.variable).reshape(self.values.shape)

    def _moved(self, kernel: np.ndarray) -> np.ndarray:
        moved = kernel - self.on_grid
        moved += self.values
        return moved

    def _steps(self) -> np.ndarray:
        return grid_steps(self.values.reshape(-1, 1) if self.common else self.values, self.bits)

    def _publish(self) -> None:
        self.on_grid = grid_numbers(self.values, self.steps, self.bits)
        self.on_grid *= self.steps
        self.variable.assign(self.on_grid.reshape(self.variable.shape))


def check_bits(bits: int) -> None:
    """Raises:
    ValueError: not a weight width that a grid can have.
    """
    if not _FEWEST <= bits <= _MOST:
        raise ValueError(f"weights can have {_FEWEST} to {_MOST} bits, not {bits}")


def kernel_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers whose kernels go on the grid, those of nested models included."""
    return [layer for layer in every_layer(model) if isinstance(layer, _KERNEL_LAYERS)]


def is_linear(layer: keras.layers.Layer) -> bool:
    """Whether the layer gives its bare sums, without an activation of its own."""
    return getattr(layer, "activation", keras.activations.linear) is keras.activations.linear


def per_channel(layer: keras.layers.Layer) -> np.ndarray:
    """The kernel as float32 (inputs of a neuron, output channels)."""
    kernel = np.array(keras.ops.convert_to_numpy(layer.kernel), dtype=np.float32)
    depthwise = isinstance(layer, keras.layers.DepthwiseConv1D | keras.layers.DepthwiseConv2D)
    channels = kernel.shape[-2] * kernel.shape[-1] if depthwise else kernel.shape[-1]
    return kernel.reshape(-1, channels)


def grid_steps(kernel: np.ndarray, bits: int) -> np.ndarray:
    """The step of each channel of ``kernel`` (inputs, channels) with the least squared error.

    A step has 8 significant bits and a grid number 15 at most, so their product has no more than
    the 24 of a float32: ``n * step`` is exact.
    """
    if bits == 1:  # the mean size is the best step for signs
        return _short(np.maximum(np.abs(kernel).mean(axis=0), np.float32(1e-30)))
    top = 2 ** (bits - 1) - 1
    widest = np.maximum(np.abs(kernel).max(axis=0), np.float32(1e-30)) / top
    candidates = [_short(widest * share) for share in np.linspace(1.0, 0.3, 29)]
    errors = [np.square(grid_numbers(kernel, step, bits) * step - kernel).sum(axis=0) for step in candidates]
    best = np.argmin(errors, axis=0)
    return np.stack(candidates)[best, np.arange(kernel.shape[1])]


def grid_numbers(kernel: np.ndarray, steps: np.ndarray, bits: int) -> np.ndarray:
    """The integers of the nearest grid points, as float32."""
    if bits == 1:
        return np.where(kernel >= 0, np.float32(1), np.float32(-1))
    top = 2 ** (bits - 1) - 1
    numbers = (kernel / steps).astype(np.float32, copy=False)
    np.rint(numbers, out=numbers)
    return np.clip(numbers, -top, top, out=numbers)


def _short(steps: np.ndarray) -> np.ndarray:
    """The nearest numbers with 8 significant bits."""
    mantissa, exponent = np.frexp(steps)
    return np.ldexp(np.rint(mantissa * 2**_STEP_BITS) / 2**_STEP_BITS, exponent).astype(np.float32)
