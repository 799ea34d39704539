"""What a random model is drawn from: few numbers, and each layer draws by itself, so that one can be left out."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np

MOST_STEPS = 5


@dataclass(frozen=True)
class ModelRecipe:
    """``steps``: the numbers of the layers that the model has; ``widest``: most neurons of a layer, and channels of the input;
    ``longest``: most rows, columns and, of a vector, elements of the input."""

    seed: int
    steps: tuple[int, ...]
    widest: int = 6
    longest: int = 8

    @staticmethod
    def drawn(seed: int) -> ModelRecipe:
        """One to ``MOST_STEPS`` layers."""
        return ModelRecipe(seed, tuple(range(Random(f"steps of {seed}").randint(1, MOST_STEPS))))

    def draws(self, what: object) -> Random:
        """What a layer, or another part of the model, draws from: the same whatever the other parts are."""
        return Random(f"{self.seed} {what}")


def arrays_of(draws: Random) -> np.random.Generator:
    """The same as arrays."""
    return np.random.default_rng(draws.getrandbits(64))


def weights(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """float32 weights: on a coarse grid, where sums tie with thresholds, or not; wide now and then; some of them 0."""
    values = rng.normal(0, rng.choice([0.6, 0.6, 0.6, 40.0]), shape)
    if rng.random() < 0.6:
        values = np.round(values * 8) / 8
    if rng.random() < 0.3:
        values = np.where(rng.random(shape) < rng.choice([0.3, 0.9, 1.0]), 0, values)
    return values.astype(np.float32)
