"""Data sets as integer codes, from a local folder or from where Keras gets them."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.foreign.arrays import open_arrays

FOLDER_VARIABLE = "WHETGEN_DATA"
_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
_SPLIT_SEED = 0
_PATIENCE = 30


@dataclass(frozen=True)
class Dataset:
    """Images (count, rows, columns[, channels]) and labels (count,) or masks (count, rows, columns), all uint8."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def few(self, count: int) -> Dataset:
        """The first ``count`` of each."""
        return Dataset(self.x_train[:count], self.y_train[:count], self.x_test[:count], self.y_test[:count])


def load(name: str) -> Dataset:
    """The data set of that name, as integer codes.

    ================  =====================================================================================
    digits            8x8 digits of scikit-learn, codes 0..16, a fixed quarter held out
    mnist             28x28 digits
    fashion_mnist     28x28 clothes
    cifar10, cifar100 32x32x3 photos
    digit_canvases    40x40 canvases with an MNIST digit and clutter; masks of the digit's pixels
    coco_persons      128x128x3 photos; masks of the persons
    ================  =====================================================================================

    MNIST and Fashion-MNIST come from ``NAME.npz`` in the folder that the environment variable WHETGEN_DATA
    names, CIFAR too where it is there; otherwise from ``keras.datasets``, which downloads them once.
    COCO is read from the folder that WHETGEN_COCO names.

    Raises:
        ValueError: no such data set, its file is damaged, or it cannot be fetched.
        FileNotFoundError: the folder lacks the file.
    """
    if name not in _LOADERS:
        raise ValueError(f"no data set '{name}'; there are {', '.join(_LOADERS)}")
    return _LOADERS[name](name)


def _digits(name: str) -> Dataset:
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ImportError as error:
        raise ValueError(f"the 8x8 digits come with scikit-learn ({error}); install whetgen[train]") from error

    images, labels = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(
        images.reshape(-1, 8, 8).astype(np.uint8),
        labels.astype(np.uint8),
        test_size=0.25,
        random_state=_SPLIT_SEED,
        stratify=labels,
    )
    return Dataset(x_train, y_train, x_test, y_test)


def _images(name: str) -> Dataset:
    folder = os.environ.get(FOLDER_VARIABLE)
    return _from_file(Path(folder) / f"{name}.npz") if folder else _from_keras(name)


def _from_file(path: Path) -> Dataset:
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; {FOLDER_VARIABLE} must name a folder that holds it")
    with open_arrays(path, f"a data set has the arrays {', '.join(_ARRAYS)}; copy it again") as file:
        return _checked([file.read(name) for name in _ARRAYS], str(path))


def _photos(name: str) -> Dataset:
    path = Path(os.environ.get(FOLDER_VARIABLE, "")) / f"{name}.npz"
    return _from_file(path) if FOLDER_VARIABLE in os.environ and path.is_file() else _from_keras(name)


def _from_keras(name: str) -> Dataset:
    from keras import datasets

    try:
        with redirect_stdout(sys.stderr), _impatient():
            (x_train, y_train), (x_test, y_test) = getattr(datasets, name).load_data()
    except Exception as error:  # of urllib's and Keras' own types, and of files that are not what they should be
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ValueError(
            f"{name} cannot be fetched ({reason}); get {name}.npz with the arrays {', '.join(_ARRAYS)} elsewhere and set "
            f"{FOLDER_VARIABLE} to its folder"
        ) from error
    return _checked([x_train, y_train, x_test, y_test], f"keras.datasets.{name}")


@contextmanager
def _impatient() -> Iterator[None]:
    """Connections that say nothing for half a minute are given up."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _canvases(name: str) -> Dataset:
    from whetgen.sharpen.canvases import draw

    digits = load("mnist")
    train, masks = draw(digits.x_train, digits.x_train, seed=1)
    test, test_masks = draw(digits.x_test, digits.x_test, seed=2)
    return Dataset(train, masks, test, test_masks)


def _persons(name: str) -> Dataset:
    from whetgen.sharpen.coco import load_persons

    return Dataset(*load_persons())


def _checked(arrays: list[np.ndarray], source: str) -> Dataset:
    x_train, y_train, x_test, y_test = arrays
    y_train, y_test = (y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y for y in (y_train, y_test))
    for images, labels in ((x_train, y_train), (x_test, y_test)):
        if images.dtype != np.uint8 or images.ndim not in (3, 4) or labels.shape != (len(images),):
            raise ValueError(f"{source} does not hold uint8 images (count, rows, columns) with a label each")
    return Dataset(x_train, y_train.astype(np.uint8), x_test, y_test.astype(np.uint8))


_LOADERS = {
    "digits": _digits,
    "mnist": _images,
    "fashion_mnist": _images,
    "cifar10": _photos,
    "cifar100": _photos,
    "digit_canvases": _canvases,
    "coco_persons": _persons,
}
