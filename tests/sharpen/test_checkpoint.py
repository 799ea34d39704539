"""A run that is cut and resumed ends with the same bits as one that was not."""

import keras
import numpy as np
import pytest
from keras import layers

from whetgen.sharpen import (
    AdaptiveSharpener,
    Checkpoint,
    NarrowWeights,
    PruneWeights,
    Rewire,
    ScheduledSharpener,
    SimpleSharpener,
    SparseDense,
    SpikingBReLU,
    resume,
)
from whetgen.sharpen.recipes.batches import DistortedBatches
from whetgen.sharpen.recipes.distortion import Distortion

RNG = np.random.default_rng(0)
X, Y = RNG.random((48, 4, 4), dtype=np.float32), RNG.random((48, 3), dtype=np.float32)
EPOCHS = 6


def network() -> keras.Model:
    """With dropout, whose random generator is part of the state."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((4, 4)),
            layers.Flatten(),
            SparseDense(8, 3, name="sparse"),
            layers.BatchNormalization(),
            SpikingBReLU(surrogate=1.0),
            layers.Dropout(0.2),
            layers.Dense(3),
            SpikingBReLU(surrogate=1.0),
        ]
    )
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 40)), "mse")
    return model


def finishing() -> list:
    rewire = Rewire(X, Y, stop_epoch=4, every=2, size=16)
    return [rewire, PruneWeights(0.5, 1, 4), NarrowWeights(3, start_epoch=2)]


SHARPENERS = {
    "simple": lambda: SimpleSharpener(1, steps=2),
    "simple by batch": lambda: SimpleSharpener(1, steps=9, epochs=False),
    "scheduled": lambda: ScheduledSharpener([(0.5, 2.7), (2.7, 5.5)]),
    "adaptive": lambda: AdaptiveSharpener(
        min_init_epochs=1, patience=0, sig_increase=0.02, sig_decrease=0.05, rate=0.5
    ),
}


def train(sharpener, epochs: int, path=None, goes_on: bool = False) -> keras.Model:
    model, callbacks = network(), [SHARPENERS[sharpener](), *finishing()]
    start = resume(path, model, callbacks).epochs if goes_on else 0
    batches = DistortedBatches(X, Y, (4, 4), batch=12, distortion=Distortion(shift=1), seed=5, epoch=start)
    kept = [*callbacks, Checkpoint(path, callbacks)] if path else callbacks
    model.fit(batches, epochs=epochs, initial_epoch=start, callbacks=kept, shuffle=False, verbose=0)
    return model


def everything(model: keras.Model) -> list[bytes]:
    return [np.asarray(v).tobytes() for v in [*model.variables, *model.optimizer.variables]]


@pytest.mark.slow
@pytest.mark.parametrize("sharpener", SHARPENERS)
@pytest.mark.parametrize("cut", [1, 3])
def test_resumed_run_ends_like_an_uninterrupted_one(sharpener, cut, tmp_path):
    whole = train(sharpener, EPOCHS)
    train(sharpener, cut, tmp_path / "state.npz")
    resumed = train(sharpener, EPOCHS, tmp_path / "state.npz", goes_on=True)
    assert everything(whole) == everything(resumed)


def test_progress_says_whether_the_run_was_over(tmp_path):
    model = network()
    callbacks = [SimpleSharpener(0, steps=1)]
    keep = Checkpoint(tmp_path / "s.npz", callbacks)
    model.fit(X, Y, epochs=9, callbacks=[*callbacks, keep], verbose=0)
    progress = resume(tmp_path / "s.npz", network(), [SimpleSharpener(0, steps=1)])
    assert (progress.epochs, progress.stopped) == (2, True)
    assert [p.name for p in tmp_path.iterdir()] == ["s.npz"], "no partial file is left"


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "s.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError) as refused:
        resume(path, network())
    assert str(refused.value).startswith(f"{path} is no checkpoint, or a damaged one: ")


def test_checkpoint_of_another_model_is_refused(tmp_path):
    model = network()
    model.fit(X, Y, callbacks=[Checkpoint(tmp_path / "s.npz")], verbose=0)
    other = keras.Sequential([keras.Input((4, 4)), layers.Flatten(), layers.Dense(3)])
    other.compile("adam", "mse")
    before = other.get_weights()
    with pytest.raises(ValueError, match=r"s\.npz is a checkpoint of another model or of other callbacks$"):
        resume(tmp_path / "s.npz", other)
    assert all(np.array_equal(a, b) for a, b in zip(before, other.get_weights(), strict=True)), "left as it was"


def test_checkpoint_of_other_callbacks_is_refused(tmp_path):
    callbacks = [AdaptiveSharpener()]
    model = network()
    model.fit(X, Y, callbacks=[*callbacks, Checkpoint(tmp_path / "s.npz", callbacks)], verbose=0)
    with pytest.raises(ValueError, match="is a checkpoint of another model or of other callbacks$"):
        resume(tmp_path / "s.npz", network(), [])
