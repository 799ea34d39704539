"""Data sets as integer codes, from a local folder or from where Keras gets them."""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOLDER_VARIABLE = "WHETGEN_DATA"
_ARRAYS = ("x_train", "y_train", "x_test", "y_test")
_SPLIT_SEED = 0


@dataclass(frozen=True)
class Dataset:
    """Images (count, rows, columns) and labels (count,), all uint8."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load(name: str) -> Dataset:
    """``digits`` (8x8, codes 0..16, a fixed quarter held out), ``mnist`` or ``fashion_mnist`` (28x28).

    The latter two come from ``NAME.npz`` in the folder that the environment variable WHETGEN_DATA
    names; where it is not set, from ``keras.datasets``, which downloads them once.

    Raises:
        ValueError: no such data set, or its file is damaged.
        FileNotFoundError: the folder lacks the file.
    """
    if name not in _LOADERS:
        raise ValueError(f"no data set '{name}'; there are {', '.join(_LOADERS)}")
    return _LOADERS[name](name)


def _digits(name: str) -> Dataset:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

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
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = [file[key] for key in _ARRAYS]
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is no data set with the arrays {', '.join(_ARRAYS)}: {error}") from error
    return _checked(arrays, str(path))


def _from_keras(name: str) -> Dataset:
    from keras import datasets

    (x_train, y_train), (x_test, y_test) = getattr(datasets, name).load_data()
    return _checked([x_train, y_train, x_test, y_test], f"keras.datasets.{name}")


def _checked(arrays: list[np.ndarray], source: str) -> Dataset:
    data = Dataset(*arrays)
    for images, labels in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        if images.dtype != np.uint8 or images.ndim != 3 or labels.shape != (len(images),):
            raise ValueError(f"{source} does not hold uint8 images (count, rows, columns) with a label each")
    return Dataset(data.x_train, data.y_train.astype(np.uint8), data.x_test, data.y_test.astype(np.uint8))


_LOADERS = {"digits": _digits, "mnist": _images, "fashion_mnist": _images}
