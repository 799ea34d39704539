"""What all sharpeners share."""

from __future__ import annotations

import warnings

import keras

from whetgen.sharpen.find_layers import spiking_layers
from whetgen.sharpen.layers import SpikingActivation


class Sharpener(keras.callbacks.Callback):
    """Knows the order in which layers are sharpened, and ends the training.

    ``bottom_up`` starts at the layer nearest the input, otherwise at the output. Training stops
    after the epoch in which the last layer reaches 1.0, unless ``stop_when_sharp`` is false: with a
    surrogate gradient it pays to train the sharp network on. Training that ends before is warned of: which layers are not
    sharp, and what they waited for.
    """

    def __init__(self, bottom_up: bool = True, stop_when_sharp: bool = True):
        super().__init__()
        self.bottom_up = bottom_up
        self.stop_when_sharp = stop_when_sharp
        self.seen = 0

    @property
    def layers(self) -> list[SpikingActivation]:
        """The model's spiking layers in the order of sharpening."""
        found = spiking_layers(self.model)
        return found if self.bottom_up else found[::-1]

    @property
    def unfinished(self) -> SpikingActivation | None:
        """The next layer to sharpen; None once all are at 1.0."""
        return next((layer for layer in self.layers if layer.sharpness < 1.0), None)

    @property
    def done(self) -> bool:
        """Whether every layer is at 1.0."""
        return self.unfinished is None

    def state(self) -> dict[str, float]:
        """What a checkpoint keeps of this sharpener; the sharpness itself is part of the model."""
        return {}

    def restore(self, state: dict[str, float]) -> None:
        """Go on from what ``state`` gave."""

    @property
    def waits_for(self) -> str:
        """What has not come true so far, while a layer is unfinished: the reason in a warning."""
        raise NotImplementedError

    def on_epoch_end(self, epoch, logs=None):
        self.seen = epoch + 1
        if self.stop_when_sharp and self.done:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        if not self.done:
            soft = ", ".join(f"{layer.name} {layer.sharpness:.4g}" for layer in self.layers if layer.sharpness < 1.0)
            warnings.warn(
                f"training ended after {counted(self.seen, 'epoch')} with layers that are not sharp ({soft}): {self.waits_for}",
                stacklevel=2,
            )


def counted(number: int, what: str) -> str:
    """E.g. ``1 epoch``, ``2 epochs``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
