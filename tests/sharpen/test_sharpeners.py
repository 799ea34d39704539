"""SimpleSharpener: equal steps, one layer after the other, ending at exactly 1.0."""

import keras
import numpy as np
import pytest

from whetgen.sharpen import SimpleSharpener, SpikingBReLU, spiking_layers


class Record(keras.callbacks.Callback):
    """The sharpness of all layers during each epoch or batch."""

    def __init__(self, each: str):
        super().__init__()
        self.each = each
        self.seen: list[list[float]] = []

    def on_epoch_end(self, epoch, logs=None):
        self._note("epoch")

    def on_train_batch_end(self, batch, logs=None):
        self._note("batch")

    def _note(self, each: str):
        if each == self.each:
            self.seen.append([layer.sharpness for layer in spiking_layers(self.model)])


def train(sharpener: SimpleSharpener, epochs: int, each: str = "epoch", model=None, initial_epoch: int = 0):
    """Three batches an epoch."""
    model = model or keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), SpikingBReLU(), keras.layers.Dense(1), SpikingBReLU()]
    )
    model.compile("sgd", "mse")
    record = Record(each)
    model.fit(
        np.ones((6, 3)),
        np.ones((6, 1)),
        batch_size=2,
        epochs=epochs,
        initial_epoch=initial_epoch,
        callbacks=[sharpener, record],
        verbose=0,
    )
    return record.seen, model


def test_layers_are_sharpened_in_equal_steps_from_the_start_epoch():
    seen, _ = train(SimpleSharpener(start_epoch=1, steps=2), epochs=6)
    assert seen == [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1], [1, 1]]


def test_top_down_starts_at_the_output():
    seen, _ = train(SimpleSharpener(start_epoch=0, steps=1, bottom_up=False), epochs=2)
    assert seen == [[0, 1], [1, 1]]


def test_steps_by_batch():
    seen, _ = train(SimpleSharpener(start_epoch=1, steps=2, epochs=False), epochs=3, each="batch")
    assert seen == [*[[0, 0]] * 3, [0.5, 0], [1, 0], [1, 0.5], *[[1, 1]] * 3]


@pytest.mark.parametrize("steps", [1, 3, 7, 10])
def test_every_number_of_steps_takes_that_many_and_ends_at_exactly_1(steps):
    seen, _ = train(SimpleSharpener(start_epoch=0, steps=steps), epochs=2 * steps)
    assert [layers[0] == 1.0 for layers in seen] == [n >= steps for n in range(1, 2 * steps + 1)]
    assert seen[-1] == [1.0, 1.0]


def test_resumed_training_goes_on_where_it_stopped():
    whole, _ = train(SimpleSharpener(1, steps=3), epochs=8)
    first, model = train(SimpleSharpener(1, steps=3), epochs=4)
    rest, _ = train(SimpleSharpener(1, steps=3), epochs=8, model=model, initial_epoch=4)
    assert first + rest == whole


@pytest.mark.parametrize(("start", "steps"), [(-1, 4), (0, 0)])
def test_impossible_schedule_is_refused(start, steps):
    message = f"^start_epoch is at least 0 and steps at least 1, not {start} and {steps}$"
    with pytest.raises(ValueError, match=message):
        SimpleSharpener(start, steps)
