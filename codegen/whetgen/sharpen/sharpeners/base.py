"""What all sharpeners share."""

from __future__ import annotations

import keras

from whetgen.sharpen.layers import SpikingActivation
from whetgen.sharpen.walk import spiking_layers


class Sharpener(keras.callbacks.Callback):
    """Knows the order in which layers are sharpened, and ends the training.

    ``bottom_up`` starts at the layer nearest the input, otherwise at the output. Training stops
    after the epoch in which the last layer reaches 1.0, unless ``stop_when_sharp`` is false: with a
    surrogate gradient it pays to train the sharp network on.
    """

    def __init__(self, bottom_up: bool = True, stop_when_sharp: bool = True):
        super().__init__()
        self.bottom_up = bottom_up
        self.stop_when_sharp = stop_when_sharp

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

    def on_epoch_end(self, epoch, logs=None):
        if self.stop_when_sharp and self.done:
            self.model.stop_training = True
