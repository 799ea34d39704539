"""A run that is cut and resumed ends with the same bits as one that was not."""

from functools import cache

import keras
import numpy as np
import pytest
from keras import layers
from tests.mutants import mutant

from whetgen.sharpen import (
    AdaptiveSharpener,
    AverageWeights,
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
from whetgen.sharpen.checkpoint import read_origin
from whetgen.sharpen.recipes.batches import DistortedBatches
from whetgen.sharpen.recipes.callbacks import take_averages
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
    narrow = NarrowWeights(3, start_epoch=2)
    return [rewire, PruneWeights(0.5, 1, 4), AverageWeights(0.9, X, narrow), narrow]


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
    take_averages(callbacks, lambda outputs, targets: 0.0, Y)
    return model


def everything(model: keras.Model) -> list[bytes]:
    return [np.asarray(v).tobytes() for v in [*model.variables, *model.optimizer.variables]]


@cache
def uninterrupted(sharpener: str) -> list[bytes]:
    return everything(train(sharpener, EPOCHS))


@pytest.mark.slow
@pytest.mark.parametrize("sharpener", SHARPENERS)
@pytest.mark.parametrize("cut", [1, 3])
def test_resumed_run_ends_like_an_uninterrupted_one(sharpener, cut, tmp_path):
    train(sharpener, cut, tmp_path / "state.npz")
    resumed = train(sharpener, EPOCHS, tmp_path / "state.npz", goes_on=True)
    assert uninterrupted(sharpener) == everything(resumed)


class Scores(keras.callbacks.Callback):
    """Keeps many times what the model holds, as the wiring of lookup tables does."""

    def __init__(self, value: float):
        super().__init__()
        self.scores = np.full(1 << 19, value)

    def state(self) -> dict:
        return {"scores": self.scores}

    def restore(self, state: dict) -> None:
        self.scores = state["scores"]


def test_a_callback_may_keep_far_more_than_the_model_holds(tmp_path):
    model, restored = network(), Scores(0.0)
    model.optimizer.build(model.trainable_variables)
    keep = Checkpoint(tmp_path / "s.npz", [Scores(2.5)])
    keep.set_model(model)
    keep.on_epoch_end(0)
    resume(tmp_path / "s.npz", network(), [restored])
    assert (restored.scores == 2.5).all()


def test_progress_says_whether_the_run_was_over(tmp_path):
    model = network()
    callbacks = [SimpleSharpener(0, steps=1)]
    keep = Checkpoint(tmp_path / "s.npz", callbacks)
    model.fit(X, Y, epochs=9, callbacks=[*callbacks, keep], verbose=0)
    progress = resume(tmp_path / "s.npz", network(), [SimpleSharpener(0, steps=1)])
    assert (progress.epochs, progress.stopped) == (2, True)
    assert [p.name for p in tmp_path.iterdir()] == ["s.npz"], "no partial file is left"


ADVICE = "a checkpoint cannot be mended: delete the file and begin anew"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an .npz file of named arrays"),
        (b"no archive", "not an .npz file of named arrays"),
        (b"PK\x03\x04 cut off", "is damaged: File is not a zip file"),
    ],
)
def test_damaged_file_is_named(tmp_path, content, message):
    path = tmp_path / "s.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError) as refused:
        resume(path, network())
    assert str(refused.value) == f"{path}: {message}; {ADVICE}"


def trained(path, callbacks=(), **settings) -> keras.Model:
    model = network()
    model.fit(X, Y, callbacks=[*callbacks, Checkpoint(path, callbacks, **settings)], verbose=0)
    return model


def test_what_the_run_was_started_with_comes_back(tmp_path):
    origin = {"recipe": "mine", "seed": 3, "weight_bits": None, "synapses": {"dense": 0.5}}
    trained(tmp_path / "s.npz", origin=origin)
    assert read_origin(tmp_path / "s.npz") == origin
    trained(tmp_path / "old.npz")
    assert read_origin(tmp_path / "old.npz") is None


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000])
def test_an_origin_that_is_none_is_one_line(tmp_path, text):
    np.savez(tmp_path / "s.npz", origin=np.frombuffer(text.encode(), np.uint8))
    with pytest.raises(ValueError) as refused:
        read_origin(tmp_path / "s.npz")
    start = f"{tmp_path / 's.npz'}: array 'origin' is damaged: "
    assert str(refused.value).startswith(start) and str(refused.value).endswith(ADVICE)


def test_mutants_of_a_checkpoint_are_resumed_or_refused_and_a_refusal_changes_nothing(tmp_path):
    narrow = NarrowWeights(3, start_epoch=0)
    callbacks = [AdaptiveSharpener(), PruneWeights(0.5, 0, 4), AverageWeights(0.9, X, narrow), narrow]
    trained(tmp_path / "s.npz", callbacks, origin={"recipe": "mine"})
    whole, model = (tmp_path / "s.npz").read_bytes(), network()
    for seed in range(40):
        (tmp_path / "s.npz").write_bytes(mutant(whole, seed))
        before = model.get_weights()
        try:
            read_origin(tmp_path / "s.npz")
            resume(tmp_path / "s.npz", model, callbacks)
        except ValueError as error:
            assert str(error).startswith(f"{tmp_path / 's.npz'}") and "\n" not in str(error)
            assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_a_full_disk_leaves_the_last_checkpoint_and_nothing_beside_it(tmp_path, monkeypatch):
    trained(tmp_path / "s.npz")
    before = (tmp_path / "s.npz").read_bytes()

    def full(file, **arrays):
        file.write(b"PK")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left on device"):
        trained(tmp_path / "s.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["s.npz"]
    assert (tmp_path / "s.npz").read_bytes() == before


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
