"""Take voting lookup tables away while the network trains: a constant of their class votes in their place."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from whetgen.sharpen.layers import SoftmaxDecode
from whetgen.sharpen.lookup import LookupTables


class PruneTables(keras.callbacks.Callback):
    """Makes constants of the last layer's lookup tables, those that the loss misses least, until ``left`` are tables still.

    The model ends in LookupTables, SpikingBReLU and SoftmaxDecode. A table is missed as much as the loss of examples (x, y)
    grows when its vote is its mean in each; all that go at once are compared as if they went alone. Of the constant
    tables of a class as many are 1 as their means add up to, the rest 0: classes need not keep equally many tables.
    From epoch ``start_epoch`` to ``stop_epoch`` the share that is taken grows as ``1 - (1 - t)^3``, a step
    at the beginning of each epoch. ``trim`` then makes offsets of the decode layer of them.

    Raises:
        ValueError: ``left`` below 1, epochs that do not follow each other, or (when training begins) another end of the
            model.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, left: int, start_epoch: int, stop_epoch: int):
        super().__init__()
        if left < 1 or not 0 <= start_epoch < stop_epoch:
            raise ValueError(
                f"at least 1 table stays and pruning stops after it starts, not left {left}, "
                f"start_epoch {start_epoch}, stop_epoch {stop_epoch}"
            )
        self.x, self.y = x, y
        self.left = left
        self.start_epoch = start_epoch
        self.stop_epoch = stop_epoch
        self._means: np.ndarray | None = None  # (units,), nan: still a table

    def state(self) -> dict[str, np.ndarray]:
        return {} if self._means is None else {"means": self._means}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self._means = state.get("means")

    def on_train_begin(self, logs=None):
        kinds = [type(layer) for layer in self.model.layers[-3::2]]
        if not (len(kinds) == 2 and issubclass(kinds[0], LookupTables) and kinds[1] is SoftmaxDecode):
            raise ValueError(
                f"{self.model.name} does not end in LookupTables, spikes and SoftmaxDecode: no tables to prune"
            )

    def on_epoch_begin(self, epoch, logs=None):
        if self.start_epoch <= epoch <= self.stop_epoch:
            self._prune(epoch)
            self._hold()

    def on_train_batch_end(self, batch, logs=None):
        self._hold()

    def _prune(self, epoch: int) -> None:
        tables, decode = self.model.layers[-3], self.model.layers[-1]
        votes = keras.Model(self.model.inputs, self.model.layers[-2].output).predict(self.x, verbose=0)
        means = np.full(tables.units, np.nan) if self._means is None else self._means
        missed = losses_without(votes, self.y, decode.key, decode.temperature)
        missed[~np.isnan(means)] = -np.inf
        gone = np.argsort(missed, kind="stable")[: tables.units - self._left(tables.units, epoch)]
        fresh = gone[np.isnan(means[gone])]
        means[fresh] = votes[:, fresh].mean(axis=0)
        self._means = means

    def _left(self, total: int, epoch: int) -> int:
        time = min(1.0, (epoch - self.start_epoch + 1) / (self.stop_epoch - self.start_epoch + 1))
        return round(self.left + max(0, total - self.left) * (1 - time) ** 3)

    def _hold(self) -> None:
        """Constants stay constant."""
        if self._means is None:
            return
        tables = self.model.layers[-3].tables
        bits = constants(self._means, self.model.layers[-1].key)[:, None]
        tables.assign(ops.where(np.isnan(bits), tables, bits))


def losses_without(votes: np.ndarray, y: np.ndarray, key: np.ndarray, temperature: float) -> np.ndarray:
    """float64 (tables,): by how much the mean cross-entropy rises when one table's vote is its mean.

    ``votes``: (examples, tables), 0 to 1; ``y``: one-hot (examples, classes); ``key``: (classes, tables). A vote that is changed by d
    adds 2 d / temperature to the scores of its classes and takes as much from the others.
    """
    signs = 2.0 * key - 1.0
    scores = (2.0 * votes - 1.0) @ signs.T / temperature
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = weights / weights.sum(axis=1, keepdims=True)
    change = 2.0 * (votes.mean(axis=0) - votes) / temperature
    own = shares @ key
    spread = np.log(own * np.exp(change) + (1.0 - own) * np.exp(-change))
    return np.asarray(np.mean(spread - change * (y @ signs), axis=0, dtype=np.float64))


def constants(means: np.ndarray, key: np.ndarray) -> np.ndarray:
    """float32 (tables,): 1 or 0 for tables with a mean, nan for those without.

    Of tables of the same classes as many are 1 as their means add up to, those of the greatest means.
    """
    bits = np.full(len(means), np.nan, np.float32)
    gone = np.flatnonzero(~np.isnan(means))
    for column in np.unique(key[:, gone], axis=1).T:
        alike = gone[(key[:, gone] == column[:, None]).all(axis=0)]
        order = alike[np.argsort(-means[alike], kind="stable")]
        bits[order] = np.arange(len(order)) < round(float(means[alike].sum()))
    return bits
