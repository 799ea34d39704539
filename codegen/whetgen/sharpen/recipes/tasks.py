"""What a recipe trains for: examples, loss and figure of merit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from whetgen.sharpen.data import Dataset
from whetgen.sharpen.logger import Metric, accuracy


@dataclass(frozen=True)
class Examples:
    """Inputs as real values, float32 (count, ...), and labels (count,) or pictures of bits to match."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def one_hot(self, classes: int) -> Examples:
        """Labels as rows of 0 and 1; targets that are pictures stay."""
        rows = np.eye(classes, dtype=np.float32)
        train, test = (rows[y] if y.ndim == 1 else y for y in (self.y_train, self.y_test))
        return Examples(self.x_train, train, self.x_test, test)

    def without_test(self, share: float) -> Examples:
        """The last ``share`` of the training examples held out instead of the test set: for choosing settings."""
        cut = round(len(self.x_train) * (1 - share))
        return Examples(self.x_train[:cut], self.y_train[:cut], self.x_train[cut:], self.y_train[cut:])


@dataclass(frozen=True)
class Task:
    """``examples(data, scale)`` makes them of integer codes (real value = code / scale).

    ``loss(smoothing)``: a Keras loss. ``metric(outputs, targets)``: the figure of merit, 0 to 1;
    ``figure`` names it. ``pictures``: whether outputs are pictures to look at.
    """

    examples: Callable[[Dataset, int], Examples]
    loss: Callable[[float], keras.losses.Loss]
    metric: Metric
    figure: str
    pictures: bool = False


def _labelled(data: Dataset, scale: int) -> Examples:
    return Examples(real(data.x_train, scale), data.y_train, real(data.x_test, scale), data.y_test)


def _same_pixels(data: Dataset, scale: int) -> Examples:
    train, test = real(data.x_train, scale), real(data.x_test, scale)
    return Examples(train, _bits(train).reshape(len(train), -1), test, _bits(test).reshape(len(test), -1))


def _masks(data: Dataset, scale: int) -> Examples:
    train, test = (y[..., None].astype(np.float32) for y in (data.y_train, data.y_test))
    return Examples(real(data.x_train, scale), train, real(data.x_test, scale), test)


def real(codes: np.ndarray, scale: int) -> np.ndarray:
    """The real values in 0..1 that codes stand for, float32."""
    return codes.astype(np.float32) / np.float32(scale)


def agreement(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Share of pixels whose output, cut at 0.5, is the target's bit."""
    return float(np.mean((outputs >= 0.5) == (targets >= 0.5)))


def intersection_over_union(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Pixels in both masks, cut at 0.5, over pixels in either, counted over all examples; 1 where both are empty."""
    ours, theirs = outputs >= 0.5, targets >= 0.5
    return float((ours & theirs).sum() / max(1, (ours | theirs).sum())) if (ours | theirs).any() else 1.0


def _bits(x: np.ndarray) -> np.ndarray:
    return (x >= 0.5).astype(np.float32)


CLASSIFY = Task(
    _labelled, lambda smoothing: keras.losses.CategoricalCrossentropy(label_smoothing=smoothing), accuracy, "accuracy"
)
RECONSTRUCT = Task(_same_pixels, lambda _: keras.losses.BinaryCrossentropy(), agreement, "pixel agreement", True)
SEGMENT = Task(_masks, lambda _: keras.losses.BinaryCrossentropy(), intersection_over_union, "IoU", True)
