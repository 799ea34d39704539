"""Take synapses away while the network trains, down to a budget."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np
from keras import ops

from whetgen.pruning import prune_masks
from whetgen.sharpen.narrow import kernel_layers, per_channel


class PruneWeights(keras.callbacks.Callback):
    """Prunes the smallest weights of Dense and convolution layers until ``synapses`` are left.

    A number above 1 is the budget itself, up to 1 it is the share of weights that stay. Weights are
    compared over the whole network, each as a share of its neuron's root mean square: a threshold
    neuron does not mind a factor. A mapping gives each layer, by its name, a budget of its own. From epoch ``start_epoch`` to ``stop_epoch`` the share that is
    taken grows as ``1 - (1 - t)^3`` (Zhu and Gupta, 2017), a step at the beginning of each epoch; after
    that the same weights stay 0. Every neuron keeps its greatest weight.

    Put it before ``NarrowWeights`` in the list of callbacks, and let that start when pruning has stopped: on a coarse grid most
    weights are equals. With 2 bits or more a pruned weight is then exactly 0 there too (a grid of 1 bit has no 0).

    Raises:
        ValueError: a budget that is not above 0, a layer without one, or epochs that do not follow each other.
    """

    def __init__(self, synapses: float | Mapping[str, float], start_epoch: int = 0, stop_epoch: int = 10):
        super().__init__()
        least = min(synapses.values()) if isinstance(synapses, Mapping) else synapses
        if least <= 0 or not 0 <= start_epoch < stop_epoch:
            raise ValueError(
                f"a budget is above 0 and pruning stops after it starts, not synapses {synapses}, "
                f"start_epoch {start_epoch}, stop_epoch {stop_epoch}"
            )
        self.synapses = synapses
        self.start_epoch = start_epoch
        self.stop_epoch = stop_epoch
        self._masks: list = []

    def state(self) -> dict[str, np.ndarray]:
        return {str(number): ops.convert_to_numpy(mask) for number, mask in enumerate(self._masks)}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        masks = [state[str(number)] for number in range(len(state))]
        for mask, layer in zip(masks, kernel_layers(self.model) if masks else (), strict=True):
            if mask.shape != tuple(layer.kernel.shape):
                raise ValueError(f"a mask of shape {mask.shape} for the weights of {layer.name}")
        self._masks = [ops.convert_to_tensor(mask) for mask in masks]

    def on_epoch_begin(self, epoch, logs=None):
        if self.start_epoch <= epoch <= self.stop_epoch:
            layers = kernel_layers(self.model)
            keep = self._chosen(layers, epoch)
            self._masks = [
                ops.convert_to_tensor(mask.reshape(layer.kernel.shape).astype(np.float32))
                for layer, mask in zip(layers, keep, strict=True)
            ]
            self._apply()

    def on_train_batch_end(self, batch, logs=None):
        self._apply()

    def _chosen(self, layers: list, epoch: int) -> list[np.ndarray]:
        """Which weights of each layer stay in that epoch."""
        kernels = [per_channel(layer) for layer in layers]
        if not isinstance(self.synapses, Mapping):
            return prune_masks(kernels, self._left(self.synapses, sum(k.size for k in kernels), epoch))
        if missing := [layer.name for layer in layers if layer.name not in self.synapses]:
            known = ", ".join(self.synapses)
            raise ValueError(f"layer '{missing[0]}' has no budget of synapses; there are those of {known}")
        return [
            prune_masks([k], self._left(self.synapses[layer.name], k.size, epoch))[0]
            for layer, k in zip(layers, kernels, strict=True)
        ]

    def _left(self, synapses: float, total: int, epoch: int) -> int:
        budget = round(synapses * total) if synapses <= 1 else int(synapses)
        time = (epoch - self.start_epoch + 1) / (self.stop_epoch - self.start_epoch + 1)
        return round(min(budget, total) + (total - min(budget, total)) * (1 - min(1.0, time)) ** 3)

    def _apply(self) -> None:
        for layer, mask in zip(kernel_layers(self.model) if self._masks else [], self._masks, strict=True):
            layer.kernel.assign(layer.kernel * mask)
