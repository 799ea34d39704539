"""A time to start and a time to stop for each layer, in epochs or in steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from whetgen.sharpen.sharpeners.base import Sharpener

Period = tuple[float, float]


def equal_spans(num_layers: int, start: float, duration: float, intermission: float = 0) -> list[Period]:
    """(start, stop) of ``num_layers`` layers: each takes ``duration``, with ``intermission`` between them.

    Raises:
        ValueError: no layers, or a negative time.
    """
    if num_layers < 1 or min(start, duration, intermission) < 0:
        raise ValueError(
            "a schedule needs a layer and times of at least 0, not "
            f"num_layers {num_layers}, start {start}, duration {duration}, intermission {intermission}"
        )
    begins = [start + number * (duration + intermission) for number in range(num_layers)]
    return [(begin, begin + duration) for begin in begins]


class _Timed(Sharpener):
    """Sharpness grows linearly from each layer's start to its stop."""

    unit = "epochs"

    def __init__(
        self,
        schedule: Sequence[Period] | int,
        start: float = 0,
        duration: float = 4,
        intermission: float = 0,
        bottom_up: bool = True,
        stop_when_sharp: bool = True,
    ):
        super().__init__(bottom_up, stop_when_sharp)
        spans = equal_spans(schedule, start, duration, intermission) if isinstance(schedule, int) else schedule
        self.schedule = list(spans)
        for begin, stop in self.schedule:
            if not 0 <= begin <= stop:
                raise ValueError(f"a layer starts at 0 or later and stops no earlier, not ({begin}, {stop})")

    def set_model(self, model):
        super().set_model(model)
        if len(self.schedule) != len(self.layers):
            raise ValueError(
                f"the schedule is for {len(self.schedule)} spiking layers, model '{model.name}' has {len(self.layers)}"
            )

    @property
    def waits_for(self) -> str:
        return f"the schedule ends after {max(stop for _, stop in self.schedule):g} {self.unit}"

    def advance_to(self, time: float) -> None:
        """Give every layer the sharpness that is due at ``time``; none becomes softer."""
        for layer, span in zip(self.layers, self.schedule, strict=True):
            due = _share(time, span)
            if due > layer.sharpness:
                layer.sharpness = due


class ScheduledSharpener(_Timed):
    """Sharpens each layer from one epoch to another, a little after each batch.

    ``schedule``: a (start, stop) pair of epochs per layer, in the order of sharpening; fractions are
    fine, spans may overlap. Or the number of layers, which then take ``duration`` epochs each from
    ``start`` on with ``intermission`` epochs between them. Time t is reached after t epochs: a layer
    with the pair (2, 4) has 0.5 after its third epoch and is sharp from the fifth on.

    Where the number of batches is not known beforehand, the first epoch counts as a whole at its end.

    Raises:
        ValueError: a negative time, a stop before its start, or (when training begins) a schedule
            for another number of layers than the model has.
    """

    def __init__(self, schedule: Sequence[Period] | int, *arguments: Any, **settings: Any):
        super().__init__(schedule, *arguments, **settings)
        self._batches = 0
        self._epoch = 0

    def state(self) -> dict[str, float]:
        return {"batches": self._batches}

    def restore(self, state: dict[str, float]) -> None:
        self._batches = int(state["batches"])

    def on_train_begin(self, logs=None):
        self._batches = (self.params or {}).get("steps") or self._batches

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self._seen = batch + 1
        if self._batches:
            self.advance_to(self._epoch + min(1.0, self._seen / self._batches))

    def on_epoch_end(self, epoch, logs=None):
        self._batches = self._seen
        self.advance_to(epoch + 1)
        super().on_epoch_end(epoch, logs)


class StepSharpener(_Timed):
    """For loops that count steps and not epochs, as in reinforcement learning.

    ``schedule``: a (start, stop) pair of steps per layer, or the number of layers with ``start``,
    ``duration`` and ``intermission`` in steps. Call ``set_model(model)`` once and ``step()`` after
    each step of your loop until ``done``; as a callback of ``fit`` it counts batches.

    Raises:
        ValueError: as ScheduledSharpener; the number of layers is checked by ``set_model``.
    """

    unit = "steps"

    def __init__(self, schedule: Sequence[Period] | int, *arguments: Any, **settings: Any):
        super().__init__(schedule, *arguments, **settings)
        self.steps = 0

    def step(self, count: int = 1) -> None:
        """``count`` more steps have been taken."""
        self.steps += count
        self.advance_to(self.steps)

    def state(self) -> dict[str, float]:
        return {"steps": self.steps}

    def restore(self, state: dict[str, float]) -> None:
        self.steps = int(state["steps"])

    def on_train_batch_end(self, batch, logs=None):
        self.step()


def _share(time: float, span: Period) -> float:
    begin, stop = span
    if time >= stop:
        return 1.0
    return max(0.0, (time - begin) / (stop - begin))
