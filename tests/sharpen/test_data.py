"""Data sets come as codes, and a file that is not there or damaged is named."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from whetgen.sharpen.data import load

BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "data"


def arrays(**changes) -> dict[str, np.ndarray]:
    images, labels = np.zeros((4, 28, 28), np.uint8), np.arange(4)
    return {"x_train": images, "y_train": labels, "x_test": images, "y_test": labels, **changes}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WHETGEN_DATA", str(tmp_path))
    return tmp_path


def test_digits_hold_out_a_fixed_quarter_with_all_classes_alike():
    data, again = load("digits"), load("digits")
    assert data.x_train.shape == (1347, 8, 8) and data.x_test.shape == (450, 8, 8)
    assert data.x_train.dtype == data.y_train.dtype == data.x_test.dtype == data.y_test.dtype == np.uint8
    assert data.x_train.min() == 0 and data.x_train.max() == 16
    assert np.bincount(data.y_test).tolist() == [45, 46, 44, 46, 45, 46, 45, 45, 43, 45]
    assert np.array_equal(data.x_test, again.x_test)


def test_digits_without_scikit_learn_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ValueError, match=r"^the 8x8 digits come with scikit-learn \(.*\); install whetgen\[train\]$"):
        load("digits")


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_images_come_from_the_folder(name, folder):
    np.savez(folder / f"{name}.npz", **arrays())
    data = load(name)
    assert data.x_test.shape == (4, 28, 28) and data.y_test.tolist() == [0, 1, 2, 3]
    assert data.y_train.dtype == np.uint8


def test_missing_file_is_named(folder):
    with pytest.raises(FileNotFoundError) as refused:
        load("mnist")
    path = folder / "mnist.npz"
    assert str(refused.value) == f"{path} does not exist; WHETGEN_DATA must name a folder that holds it"


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_damaged_file_is_named(folder, content):
    path = folder / "mnist.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError) as refused:
        load("mnist")
    assert str(refused.value).startswith(f"{path}: ")
    assert str(refused.value).endswith("; a data set has the arrays x_train, y_train, x_test, y_test; copy it again")


@pytest.mark.parametrize(
    "changes",
    [{"x_train": np.zeros((4, 28, 28))}, {"x_test": np.zeros((4, 784), np.uint8)}, {"y_test": np.arange(3)}],
    ids=["float images", "flat images", "labels missing"],
)
def test_arrays_of_another_kind_are_refused(folder, changes):
    path = folder / "mnist.npz"
    np.savez(path, **arrays(**changes))
    with pytest.raises(ValueError) as refused:
        load("mnist")
    message = f"{path} does not hold uint8 images (count, rows, columns) with a label each"
    assert str(refused.value) == message


def test_unknown_name_lists_the_known():
    with pytest.raises(
        ValueError, match=r"^no data set 'cats'; there are digits, mnist, fashion_mnist, cifar10, cifar100, "
    ):
        load("cats")


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_photos_come_from_keras_with_labels_in_a_row(name, monkeypatch):
    import keras

    def generated():
        images = np.zeros((3, 32, 32, 3), np.uint8)
        return (images, np.array([[1], [2], [3]])), (images[:1], np.array([[9]]))

    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", generated)
    data = load(name)
    assert data.x_train.shape == (3, 32, 32, 3) and data.y_train.tolist() == [1, 2, 3]
    assert data.y_train.dtype == np.uint8 and data.y_test.tolist() == [9]


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "cifar10", "cifar100"])
def test_without_a_network_one_line_says_where_to_put_the_file(name, monkeypatch, tmp_path):
    import keras

    def fail():
        raise Exception("URL fetch failure on https://example.org: None -- [Errno -2]\nName or service not known")

    monkeypatch.delenv("WHETGEN_DATA", raising=False)
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", fail)
    with pytest.raises(ValueError) as refused:
        load(name)
    assert str(refused.value) == (
        f"{name} cannot be fetched (URL fetch failure on https://example.org: None -- [Errno -2] Name or service not "
        f"known); get {name}.npz with the arrays x_train, y_train, x_test, y_test elsewhere and set WHETGEN_DATA to its "
        "folder"
    )


def test_photos_come_from_the_folder_where_it_holds_them(folder):
    photos = np.zeros((3, 32, 32, 3), np.uint8)
    labels = np.array([[1], [2], [3]])
    np.savez(folder / "cifar10.npz", x_train=photos, y_train=labels, x_test=photos, y_test=labels)
    assert load("cifar10").y_test.tolist() == [1, 2, 3]


def test_canvases_are_made_from_mnist(folder):
    np.savez(folder / "mnist.npz", **arrays(x_train=np.full((4, 28, 28), 200, np.uint8)))
    data = load("digit_canvases")
    assert data.x_train.shape == data.y_train.shape == (4, 40, 40)
    assert (data.y_train.reshape(4, -1).sum(axis=1) == 28 * 28).all() and not data.y_test.any()


def test_the_real_mnist(monkeypatch):
    folder = os.environ.get("WHETGEN_DATA") or BESIDE_THE_REPOSITORY
    if not Path(folder, "mnist.npz").is_file():
        assert not os.environ.get("CI"), f"{folder} has no mnist.npz, which CI must have"
        pytest.skip("MNIST is not here; set WHETGEN_DATA")
    monkeypatch.setenv("WHETGEN_DATA", str(folder))
    data = load("mnist")
    assert data.x_train.shape == (60000, 28, 28) and data.x_test.shape == (10000, 28, 28)
    assert data.y_test[:5].tolist() == [7, 2, 1, 0, 4]
