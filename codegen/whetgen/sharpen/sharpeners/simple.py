"""Equal steps, one layer after the other."""

from __future__ import annotations

from whetgen.sharpen.sharpeners.base import Sharpener


class SimpleSharpener(Sharpener):
    """Sharpens one layer after the other in equal steps.

    Epochs before ``start_epoch`` (counted from 0) leave the model as it is. From then on each epoch,
    or each batch when ``epochs`` is false, begins by sharpening one layer by ``1 / steps``; a layer
    has ``steps`` of these and ends at exactly 1.0 before the next one starts.

    Where to go on is read from the model itself, so training resumed from a checkpoint continues as
    if never interrupted.

    Raises:
        ValueError: a negative ``start_epoch``, or no ``steps``.
    """

    def __init__(
        self,
        start_epoch: int,
        steps: int = 4,
        epochs: bool = True,
        bottom_up: bool = True,
        stop_when_sharp: bool = True,
    ):
        super().__init__(bottom_up, stop_when_sharp)
        if start_epoch < 0 or steps < 1:
            raise ValueError(f"start_epoch is at least 0 and steps at least 1, not {start_epoch} and {steps}")
        self.start_epoch = start_epoch
        self.steps = steps
        self.epochs = epochs
        self._started = False

    @property
    def waits_for(self) -> str:
        left = sum(self.steps - round(layer.sharpness * self.steps) for layer in self.layers)
        start = "" if self._started else f"sharpening starts after start_epoch {self.start_epoch}, and "
        unit = "epoch" if self.epochs else "batch"
        return f"{start}a layer takes {self.steps} steps, one each {unit}: {left} more"

    def on_epoch_begin(self, epoch, logs=None):
        self._started = epoch >= self.start_epoch
        if self._started and self.epochs:
            self.advance()

    def on_train_batch_begin(self, batch, logs=None):
        if self._started and not self.epochs:
            self.advance()

    def advance(self) -> None:
        """One step of the first unfinished layer; nothing once all are at 1.0."""
        layer = self.unfinished
        if layer is not None:
            taken = round(layer.sharpness * self.steps)
            layer.sharpness = min(1.0, (taken + 1) / self.steps)
