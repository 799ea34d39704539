"""How many output neurons a class: accuracy and dead output neurons over N-hot keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

VOTES = (1, 2, 4, 8, 10, 16)
_HIDDEN = 40


@dataclass(frozen=True)
class NHotRow:
    """N output neurons a class on the held-out 8x8 digits, fully sharp, over some seeds.

    ``accuracy`` and ``dead`` are means, ``spread`` is the largest accuracy less the smallest;
    ``dead`` counts the output neurons, of ``10 N``, that fire for no held-out digit.
    """

    votes: int
    accuracy: float
    spread: float
    dead: float


def n_hot(seeds: int, epochs: int, progress: Callable[[str], None], votes: tuple[int, ...] = VOTES) -> list[NHotRow]:
    """A row for each number of votes, trained ``seeds`` times for ``epochs`` epochs each.

    A 64-40-10N network, sharpened in the published way (by slope, no surrogate gradient) over the second half of the
    epochs: that is what lets output neurons die.
    """
    return [_row(count, seeds, epochs, progress) for count in votes]


def _row(votes: int, seeds: int, epochs: int, progress: Callable[[str], None]) -> NHotRow:
    runs = []
    for seed in range(seeds):
        progress(f"{votes} votes a class, seed {seed}")
        runs.append(_trained(votes, seed, epochs))
    right, dead = zip(*runs, strict=True)
    return NHotRow(votes, float(np.mean(right)), max(right) - min(right), float(np.mean(dead)))


def _trained(votes: int, seed: int, epochs: int) -> tuple[float, int]:
    """Accuracy, and dead output neurons."""
    import keras

    from whetgen.sharpen import ScheduledSharpener
    from whetgen.sharpen.data import load
    from whetgen.sharpen.logger import accuracy
    from whetgen.sharpen.spikes import watch

    data = load("digits")
    keras.utils.set_random_seed(seed)
    model = _network(votes, seed)
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    half = epochs / 2
    sharpen = ScheduledSharpener(2, start=half, duration=half / 2)
    model.fit(data.x_train.reshape(-1, 64) / 16, data.y_train, epochs=epochs, callbacks=[sharpen], verbose=0)
    outputs, activity = watch(model, (data.x_test.reshape(-1, 64) / 16).astype(np.float32))
    return accuracy(outputs, data.y_test), activity[-1].dead


def _network(votes: int, seed: int) -> keras.Model:
    import keras

    from whetgen.sharpen import SoftmaxDecode, SpikingBReLU, generate_key

    width = 10 * votes
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(_HIDDEN),
            SpikingBReLU(),
            keras.layers.Dense(width),
            SpikingBReLU(),
            SoftmaxDecode(generate_key(width, 10, seed=seed), temperature=2 * votes**0.5),
        ]
    )
