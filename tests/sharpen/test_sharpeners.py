"""Sharpeners raise sharpness as they say, never lower it, and end at exactly 1.0."""

import math
import warnings
from itertools import pairwise

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whetgen.sharpen import (
    AdaptiveSharpener,
    ScheduledSharpener,
    SimpleSharpener,
    SpikingBReLU,
    StepSharpener,
    spiking_layers,
)


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


def small() -> keras.Sequential:
    return keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), SpikingBReLU(), keras.layers.Dense(1), SpikingBReLU()]
    )


def train(sharpener, epochs: int, each: str = "epoch", model=None, initial_epoch: int = 0):
    """Three batches an epoch."""
    model = model or small()
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
    assert seen == [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1]], "and training stops"


def test_training_goes_on_sharp_where_asked():
    seen, _ = train(SimpleSharpener(start_epoch=0, steps=1, stop_when_sharp=False), epochs=4)
    assert seen == [[1, 0], [1, 1], [1, 1], [1, 1]]


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
    whole, _ = train(SimpleSharpener(1, steps=3), epochs=7)
    first, model = train(SimpleSharpener(1, steps=3), epochs=4)
    rest, _ = train(SimpleSharpener(1, steps=3), epochs=7, model=model, initial_epoch=4)
    assert first + rest == whole


@pytest.mark.parametrize(("start", "steps"), [(-1, 4), (0, 0)])
def test_impossible_schedule_is_refused(start, steps):
    message = f"^start_epoch is at least 0 and steps at least 1, not {start} and {steps}$"
    with pytest.raises(ValueError, match=message):
        SimpleSharpener(start, steps)


def test_schedule_gives_each_layer_its_span_batch_by_batch():
    seen, _ = train(ScheduledSharpener([(0, 1), (1.5, 2)]), epochs=4, each="batch")
    third = np.float32(1 / 3)
    expected = [[third, 0], [2 * third, 0], [1, 0], [1, 0], [1, third], [1, 1]]
    np.testing.assert_allclose(seen, expected, rtol=1e-6)
    assert seen[-1] == [1.0, 1.0], "and training stops"


def test_equal_spans_with_an_intermission_between():
    sharpener = ScheduledSharpener(2, start=1, duration=2, intermission=0.5)
    assert sharpener.schedule == [(1, 3), (3.5, 5.5)]


def test_schedule_of_data_without_known_length_is_met_at_epoch_ends():
    def batches():
        while True:
            yield np.ones((2, 3)), np.ones((2, 1))

    model = small()
    model.compile("sgd", "mse")
    record = Record("epoch")
    sharpener = ScheduledSharpener([(0, 2), (2, 3)])
    model.fit(batches(), steps_per_epoch=3, epochs=3, callbacks=[sharpener, record], verbose=0)
    assert record.seen == [[0.5, 0], [1, 0], [1, 1]]


def test_top_down_schedule_begins_with_the_output():
    seen, _ = train(ScheduledSharpener([(0, 1), (1, 2)], bottom_up=False), epochs=1)
    assert seen == [[0, 1]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ScheduledSharpener([(2, 1)]), r"^a layer starts at 0 or later and stops no earlier, not \(2, 1\)$"),
        (lambda: StepSharpener([(-1, 1)]), r"^a layer starts at 0 or later and stops no earlier, not \(-1, 1\)$"),
        (lambda: ScheduledSharpener(0), "^a schedule needs a layer and times of at least 0, not num_layers 0, "),
        (lambda: train(ScheduledSharpener(3), 1), "^the schedule is for 3 spiking layers, model '.*' has 2$"),
        (lambda: AdaptiveSharpener(rate=0), "^rates are above 0, not rate 0, cz_rate 0.126, "),
        (lambda: AdaptiveSharpener(critical=2), "^min_init_epochs 10, patience 1, .* critical 2 in 0..1$"),
    ],
)
def test_schedule_that_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_steps_are_counted_by_hand_or_by_fit():
    model = small()
    sharpener = StepSharpener(2, start=10, duration=4, intermission=2)
    sharpener.set_model(model)
    seen = []
    while not sharpener.done:
        sharpener.step()
        seen.append([layer.sharpness for layer in spiking_layers(model)])
    assert seen == [
        *[[0, 0]] * 10,
        [0.25, 0],
        [0.5, 0],
        [0.75, 0],
        *[[1, 0]] * 3,
        [1, 0.25],
        [1, 0.5],
        [1, 0.75],
        [1, 1],
    ]
    fitted, _ = train(StepSharpener(2, start=10, duration=4, intermission=2), epochs=9, each="batch")
    assert fitted[: len(seen)] == seen


FOLLOWED, RESUMED = small(), small()


def softened(model: keras.Sequential) -> keras.Sequential:
    model.stop_training = False
    for layer in spiking_layers(model):
        layer.sharpness = 0.0
    return model


def follow(losses, **options) -> list[list[float]]:
    """Sharpness of two layers during each epoch when the training loss is as given; ends when training would."""
    model = softened(FOLLOWED)
    sharpener, seen = AdaptiveSharpener(**options), []
    sharpener.set_model(model)
    for epoch, loss in enumerate(losses):
        sharpener.on_epoch_begin(epoch)
        seen.append([layer.sharpness for layer in spiking_layers(model)])
        sharpener.on_epoch_end(epoch, {"loss": loss})
        if model.stop_training:
            break
    return seen


def test_adaptive_waits_then_takes_four_steps_a_layer_and_slows_down_beyond_critical():
    seen = follow([1.0] * 40)
    assert seen[:10] == [[0, 0]] * 10, "min_init_epochs"
    steps = [0.25, 0.5, 0.75, np.float32(0.876), 1.0]
    assert seen[10:] == [*([s, 0.0] for s in steps), *([1.0, s] for s in steps)]


def test_adaptive_waits_while_the_loss_improves():
    seen = follow([0.8**n for n in range(12)] + [0.8**11] * 3, min_init_epochs=2)
    assert seen[:14] == [[0, 0]] * 14 and seen[14] == [0.25, 0], "two epochs without improvement"


def test_adaptive_pauses_after_a_rise_until_the_loss_rests():
    seen = follow([1, 1, 1, 1.16, 0.9, 0.9, 0.9, 0.9], min_init_epochs=0)
    assert [s[0] for s in seen] == [0, 0, 0, 0.25, 0.25, 0.25, 0.25, 0.5]
    crept = follow([1, 1, 1, 1.1, 1.2, 1.2, 1.2, 1.2], min_init_epochs=0)
    assert [s[0] for s in crept] == [0, 0, 0, 0.25, 0.5, 0.5, 0.5, 0.75], "a slow rise counts too"


def test_adaptive_sharpens_the_first_layer_at_its_own_rate():
    seen = follow([1.0] * 20, min_init_epochs=0, first_layer_relative_rate=0.5, rate=0.5)
    assert [s for s in seen if s[0] < 0.75][3:] == [[0.25, 0], [0.5, 0]]
    assert [1.0, 0.5] in seen


losses_over_time = st.lists(st.one_of(st.floats(0, 10), st.just(math.nan)), min_size=1, max_size=30)


@settings(max_examples=30)
@given(losses_over_time, st.integers(0, 6), st.booleans())
def test_adaptive_never_softens_a_layer_or_moves_two_at_once(losses, initial, bottom_up):
    seen = follow(losses, min_init_epochs=initial, bottom_up=bottom_up)
    assert all(layers == [0, 0] for layers in seen[:initial])
    for before, after in pairwise(seen):
        moved = [a - b for b, a in zip(before, after, strict=True)]
        assert min(moved) >= 0 and sum(m > 0 for m in moved) <= 1
        first, second = after if bottom_up else after[::-1]
        assert second == 0 or first == 1.0


@settings(max_examples=30)
@given(losses_over_time, st.integers(1, 29))
def test_adaptive_goes_on_from_its_state(losses, cut):
    model, cloned = softened(FOLLOWED), softened(RESUMED)
    whole, part = AdaptiveSharpener(1), AdaptiveSharpener(1)
    whole.set_model(model)
    part.set_model(cloned)
    for epoch, loss in enumerate(losses):
        if epoch == cut:
            state, part = part.state(), AdaptiveSharpener(1)
            part.set_model(cloned)
            part.restore(state)
        for sharpener in (whole, part):
            sharpener.on_epoch_begin(epoch)
            sharpener.on_epoch_end(epoch, {"loss": loss})
        assert [x.sharpness for x in spiking_layers(model)] == [x.sharpness for x in spiking_layers(cloned)]


ENDS_SOFT = {
    "start epoch beyond the end": (
        SimpleSharpener(start_epoch=10, steps=2),
        "training ended after 3 epochs with layers that are not sharp (a 0, b 0): sharpening starts after start_epoch 10, "
        "and a layer takes 2 steps, one each epoch: 4 more",
    ),
    "too few epochs": (
        SimpleSharpener(start_epoch=0, steps=2),
        "training ended after 3 epochs with layers that are not sharp (b 0.5): a layer takes 2 steps, one each epoch: 1 "
        "more",
    ),
    "too few batches": (
        SimpleSharpener(start_epoch=2, steps=4, epochs=False),
        "training ended after 3 epochs with layers that are not sharp (a 0.75, b 0): a layer takes 4 steps, one each "
        "batch: 5 more",
    ),
    "schedule": (
        ScheduledSharpener([(0, 1), (2, 4.5)]),
        "training ended after 3 epochs with layers that are not sharp (b 0.4): the schedule ends after 4.5 epochs",
    ),
    "steps": (
        StepSharpener([(0, 1), (2, 12)]),
        "training ended after 3 epochs with layers that are not sharp (b 0.7): the schedule ends after 12 steps",
    ),
    "adaptive, too early": (
        AdaptiveSharpener(),
        "training ended after 3 epochs with layers that are not sharp (a 0, b 0): sharpening begins after min_init_epochs "
        "10 at the earliest",
    ),
    "adaptive, no rest": (
        AdaptiveSharpener(min_init_epochs=1, patience=5),
        "training ended after 3 epochs with layers that are not sharp (a 0, b 0): sharpening goes on when the training loss "
        "has not fallen by sig_decrease 0.15 of the best for more than patience 5 epochs, now 2",
    ),
    "adaptive, at it": (
        AdaptiveSharpener(min_init_epochs=1, patience=0, sig_decrease=1, sig_increase=9, bottom_up=False),
        "training ended after 3 epochs with layers that are not sharp (b 0.25, a 0): a layer takes rate 0.25 an epoch, from "
        "critical 0.75 on cz_rate 0.126",
    ),
}


@pytest.mark.parametrize("name", ENDS_SOFT)
def test_training_that_ends_before_all_is_sharp_says_which_layers_and_why(name):
    sharpener, message = ENDS_SOFT[name]
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, trainable=False),
            SpikingBReLU(name="a"),
            keras.layers.Dense(1, trainable=False),
            SpikingBReLU(name="b"),
        ]
    )
    with pytest.warns(UserWarning) as told:
        train(sharpener, 3, model=model)
    assert [str(w.message) for w in told if "not sharp" in str(w.message)] == [message]


def test_training_that_ends_sharp_says_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        train(SimpleSharpener(start_epoch=0, steps=1), 2)
