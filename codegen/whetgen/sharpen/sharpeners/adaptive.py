"""Sharpening that waits for the training loss."""

from __future__ import annotations

import math

from whetgen.sharpen.layers import SpikingActivation
from whetgen.sharpen.sharpeners.base import Sharpener

_NEARLY = 1e-6  # sums of float32 rates that miss 1 by rounding


class AdaptiveSharpener(Sharpener):
    """Sharpens while the training loss bears it, and pauses when it does not.

    It waits for at least ``min_init_epochs`` epochs and until the loss has not improved by
    ``sig_decrease`` (a share of the best so far) for more than ``patience`` epochs. Then each epoch
    begins by sharpening the lowest unfinished layer (the highest, unless ``bottom_up``) by ``rate``,
    or by ``cz_rate`` once that layer is at ``critical`` or beyond; the first layer's rates are
    multiplied by ``first_layer_relative_rate``. So at most one layer is finished in an epoch. When the loss
    rises by ``sig_increase`` (a share) above the least loss since sharpening went on, it waits again.

    Raises:
        ValueError: a rate that is not above 0, a share below 0 or ``critical`` outside 0..1.
    """

    def __init__(
        self,
        min_init_epochs: int = 10,
        rate: float = 0.25,
        cz_rate: float = 0.126,
        critical: float = 0.75,
        first_layer_relative_rate: float = 1.0,
        patience: int = 1,
        sig_increase: float = 0.15,
        sig_decrease: float = 0.15,
        bottom_up: bool = True,
        stop_when_sharp: bool = True,
    ):
        super().__init__(bottom_up, stop_when_sharp)
        if min(rate, cz_rate, first_layer_relative_rate) <= 0:
            raise ValueError(
                f"rates are above 0, not rate {rate}, cz_rate {cz_rate}, "
                f"first_layer_relative_rate {first_layer_relative_rate}"
            )
        if min(min_init_epochs, patience, sig_increase, sig_decrease) < 0 or not 0 <= critical <= 1:
            raise ValueError(
                f"min_init_epochs {min_init_epochs}, patience {patience}, sig_increase {sig_increase} and "
                f"sig_decrease {sig_decrease} are at least 0, critical {critical} in 0..1"
            )
        self.min_init_epochs = min_init_epochs
        self.rate = rate
        self.cz_rate = cz_rate
        self.critical = critical
        self.first_layer_relative_rate = first_layer_relative_rate
        self.patience = patience
        self.sig_increase = sig_increase
        self.sig_decrease = sig_decrease
        self.sharpening = False
        self._least = math.inf
        self._stale = 0

    def state(self) -> dict[str, float]:
        return {"sharpening": self.sharpening, "least": self._least, "stale": self._stale}

    def restore(self, state: dict[str, float]) -> None:
        self.sharpening = bool(state["sharpening"])
        self._least = float(state["least"])
        self._stale = int(state["stale"])

    @property
    def waits_for(self) -> str:
        if self.sharpening:
            return f"a layer takes rate {self.rate:g} an epoch, from critical {self.critical:g} on cz_rate {self.cz_rate:g}"
        if self.seen < self.min_init_epochs:
            return f"sharpening begins after min_init_epochs {self.min_init_epochs} at the earliest"
        return (
            f"sharpening goes on when the training loss has not fallen by sig_decrease {self.sig_decrease:g} of the best "
            f"for more than patience {self.patience} epochs, now {self._stale}"
        )

    def on_epoch_begin(self, epoch, logs=None):
        layer = self.unfinished
        if self.sharpening and layer is not None:
            raised = layer.sharpness + self._rate(layer)
            layer.sharpness = 1.0 if raised > 1.0 - _NEARLY else raised

    def on_epoch_end(self, epoch, logs=None):
        loss = float(logs["loss"])
        if self.sharpening:
            self._look_for_a_rise(loss)
        else:
            self._wait_for_a_rest(loss, epoch + 1)
        super().on_epoch_end(epoch, logs)

    def _rate(self, layer: SpikingActivation) -> float:
        share = self.first_layer_relative_rate if layer is self.layers[0] else 1.0
        return share * (self.rate if layer.sharpness < self.critical - _NEARLY else self.cz_rate)

    def _look_for_a_rise(self, loss: float) -> None:
        if loss <= self._least + self.sig_increase * abs(self._least):
            self._least = min(self._least, loss)
        else:  # a loss that is not a number comes here too
            self.sharpening, self._least, self._stale = False, loss, 0

    def _wait_for_a_rest(self, loss: float, epochs: int) -> None:
        if not math.isfinite(self._least) or loss < self._least - self.sig_decrease * abs(self._least):
            self._least, self._stale = loss, 0
        else:
            self._stale += 1
        if self._stale > self.patience and epochs >= self.min_init_epochs:
            self.sharpening, self._least = True, loss
