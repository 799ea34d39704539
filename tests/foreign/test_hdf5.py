"""HDF5 that points out of the file, in circles or at nothing is refused before an array is read."""

import h5py
import numpy as np
import pytest
from tests.foreign.files import hdf5

from whetgen.errors import BadInput
from whetgen.foreign.hdf5 import open_hdf5

FLOAT = np.float32


def external_storage(file):
    file.create_dataset("w", (4, 4), FLOAT, external=[("/etc/passwd", 0, 64)])


def virtual(file):
    layout = h5py.VirtualLayout((4,), FLOAT)
    layout[:] = h5py.VirtualSource("/etc/other.h5", "w", (4,))
    file.create_virtual_dataset("w", layout)


def claim(file):
    file.create_dataset("w", (1 << 20, 1 << 20), FLOAT)


def compressed_claim(file):
    file.create_dataset("w", data=np.zeros((1 << 11, 1 << 11), FLOAT), compression="gzip")


def many_names(file):
    file["w"] = np.zeros(1 << 16, FLOAT)
    for number in range(100):
        file[f"w{number}"] = file["w"]


def circle(file):
    file.create_group("a")
    file["a/again"] = file["/"]


def reference(file):
    file["w"] = np.zeros(3)
    file.create_dataset("r", data=file["w"].ref, dtype=h5py.ref_dtype)


def deep(file):
    file.create_group("/".join("a" * 80))


def named_type(file):
    file["t"] = np.dtype(FLOAT)


REFUSED = {
    "external link": (
        lambda f: f.update({"w": h5py.ExternalLink("/etc/passwd", "/w")}),
        "'w' is a link to the file '/etc/passwd'; links are not followed",
    ),
    "soft link": (lambda f: f.update({"a/w": h5py.SoftLink("/b")}), "'a/w' is a link to '/b'; links are not followed"),
    "external storage": (external_storage, "the array 'w' stands in another file ('/etc/passwd'), which is not opened"),
    "virtual dataset": (virtual, "the array 'w' is virtual: it stands in other files, which are not opened"),
    "claim": (
        claim,
        "the array 'w' claims 1,099,511,627,776 numbers, which the file is too small to hold; copy or save it again",
    ),
    "compressed claim": (
        compressed_claim,
        "the array 'w' claims 4,194,304 numbers, which the file is too small to hold; copy or save it again",
    ),
    "one array under many names": (
        many_names,
        "the array 'w41' claims 65,536 numbers, which the file is too small to hold; copy or save it again",
    ),
    "other filter": (
        lambda f: f.create_dataset("w", data=np.zeros(99), compression="lzf"),
        "the array 'w' is compressed in a way that Keras does not use; save the model again",
    ),
    "complex": (
        lambda f: f.update({"w": np.zeros(3, np.complex64)}),
        "the array 'w' is complex; weights are real numbers",
    ),
    "text": (lambda f: f.update({"w": "text"}), "the array 'w' holds object; weights are numbers"),
    "record": (
        lambda f: f.update({"w": np.zeros(3, "f4,i4")}),
        "the array 'w' holds [('f0', '<f4'), ('f1', '<i4')]; weights are numbers",
    ),
    "reference": (reference, "the array 'r' holds object; weights are numbers"),
    "bfloat16 without its name": (
        lambda f: f.update({"w": np.zeros(3, "V2")}),
        "the array 'w' is of bytes without a meaning, as Keras leaves bfloat16 in HDF5; save the model as a .keras file",
    ),
    "empty": (lambda f: f.update({"w": h5py.Empty("f4")}), "the array 'w' is empty; save the model again"),
    "circle": (circle, "the group 'a/again' is linked in a circle; save the model again"),
    "depth": (deep, "groups stand more than 64 deep in each other"),
    "named type": (named_type, "'t' is neither a group nor an array of numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_keras_does_not_write_is_refused(name):
    change, message = REFUSED[name]
    with pytest.raises(BadInput) as refused, open_hdf5(hdf5({}, change), "m.h5"):
        pass
    assert str(refused.value) == f"m.h5: {message}"


def test_a_large_file_claims_1_gib_at_most():
    """Of a file of 40 MB, which might hold 1.2 GiB of compressed arrays by its size."""

    def arrays(file):
        file.create_dataset("a", (40 << 20,), np.uint8, fillvalue=1)
        file["a"][-1] = 1
        file.create_dataset("b", (1 << 28,), FLOAT, chunks=(1 << 20,), compression="gzip")

    expected = r"^m\.h5: the array 'b' claims 268,435,456 numbers, with the others more than 1 GiB; save the model without its optimizer$"
    with pytest.raises(BadInput, match=expected), open_hdf5(hdf5({}, arrays), "m.h5"):
        pass


def test_arrays_and_names_are_read():
    def attributes(file):
        file["g"].attrs["weight_names"] = [b"a", b"b"]
        file["g"].attrs["layer_names0"], file["g"].attrs["layer_names1"] = [b"c"], [b"d", b"e"]
        file["g"].attrs["text"] = "one"

    with open_hdf5(hdf5({"g/w": np.arange(6).reshape(2, 3)}, attributes), "m.h5") as file:
        assert file.shapes == {"g/w": (2, 3)}
        assert file.array("g/w").tolist() == [[0, 1, 2], [3, 4, 5]]
        assert file.names("g", "weight_names") == ["a", "b"]
        assert file.names("g", "layer_names") == ["c", "d", "e"]
        assert file.names("g", "nothing") == []
        assert (file.text("g", "text"), file.text("g", "nothing", "2")) == ("one", "2")


def test_attribute_that_claims_more_than_it_may_is_refused():
    def attribute(file):
        h5py.h5a.create(file.id, b"layer_names", h5py.h5t.NATIVE_DOUBLE, h5py.h5s.create_simple((7000,)))

    data = bytearray(hdf5({}, attribute))
    size = (7000).to_bytes(8, "little")
    place = data.index(size)
    data[place : place + 8] = (1 << 40).to_bytes(8, "little")
    with pytest.raises(BadInput, match=r"^m\.h5: "), open_hdf5(bytes(data), "m.h5") as file:
        file.names("/", "layer_names")


@pytest.mark.parametrize("keep", [0, 7, 100, 1000])
def test_damaged_file_is_one_line(keep):
    data = hdf5({"w": np.zeros(500)})[:keep]
    message = r"^m\.h5: a damaged HDF5 file \(.*\); copy or save it again$"
    with pytest.raises(BadInput, match=message) as refused, open_hdf5(data, "m.h5"):
        pass
    assert "\n" not in str(refused.value)
