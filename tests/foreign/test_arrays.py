"""Archives of arrays: what is damaged, hidden or too large is one line, and no memory is taken for it."""

import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from tests.mutants import mutant

from whetgen.errors import BadInput
from whetgen.foreign.arrays import open_arrays

CODES = np.arange(24, dtype=np.uint8).reshape(4, 6)


def npy(array, **changes) -> bytes:
    """An array as ``numpy.save`` writes it, parts of its header replaced."""
    file = io.BytesIO()
    np.save(file, array)
    content = file.getvalue()
    for old, new in changes.pop("header", ()):
        content = content.replace(old.encode(), new.encode().ljust(len(old)), 1)
    return content


def archive(path, members: dict[str, bytes], method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def read(path, name="x", rows=None, **limits):
    with open_arrays(path, "write it again", **limits) as arrays:
        return arrays.read(name, rows)


def test_arrays_are_read_as_numpy_reads_them(tmp_path):
    arrays = {
        "x": CODES,
        "columns": np.asfortranarray(CODES),
        "one": np.array(3),
        "none": np.zeros((0, 5), np.float32),
        "a/b": np.array([True, False]),
        "big endian": CODES.astype(">i4"),
        "halves": np.array([0.5], np.float16),
    }
    np.savez(tmp_path / "stored.npz", **arrays)
    np.savez_compressed(tmp_path / "packed.npz", **arrays)
    for name in ("stored", "packed"):
        with open_arrays(tmp_path / f"{name}.npz", "") as found:
            assert set(found.names) == set(arrays)
            for key, array in arrays.items():
                got = found.read(key)
                assert got.dtype == array.dtype and got.shape == array.shape and (got == array).all()


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 9])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_first_rows_are_those_of_the_whole(tmp_path, rows, order):
    np.savez(tmp_path / "a.npz", x=np.array(CODES, order=order), one=np.array(3))
    assert np.array_equal(read(tmp_path / "a.npz", rows=rows), CODES[:rows])
    assert read(tmp_path / "a.npz", "one", rows=rows) == 3


REFUSED = {
    "a claim of 1e15 numbers": (
        {"x.npy": npy(CODES, header=[("(4, 6), }           ", "(1000000000000000,)}")])},
        "array 'x' claims 1000000000000000 numbers of uint8, its member has 152 bytes",
    ),
    "a negative axis": (
        {"x.npy": npy(CODES, header=[("(4, 6)", "(-4,6)")])},
        "array 'x' claims the shape (-4, 6)",
    ),
    "Python objects": ({"x.npy": npy(np.array([1, None]))}, "array 'x' holds Python objects, which are never read"),
    "text": ({"x.npy": npy(np.array(["a"]))}, "array 'x' holds <U1, not bools, signed integers, unsigned integers, floats of up to 64 bits"),
    "complex numbers": ({"x.npy": npy(np.array([1j]))}, "array 'x' holds complex128, not bools, signed integers, unsigned integers, floats of up to 64 bits"),
    "another version": ({"x.npy": b"\x93NUMPY\x03\x00" + npy(CODES)[8:]}, "array 'x' is of format 3.0, which is not for plain numbers"),
    "a long header": (
        {"x.npy": b"\x93NUMPY\x02\x00" + struct.pack("<I", 1 << 31) + bytes(100)},
        "array 'x' has a header of 2,147,483,648 bytes, at most 10,000 are read",
    ),
    "a header that is no literal": ({"x.npy": npy(CODES, header=[("{'descr'", "{(((((((")])}, "array 'x' is damaged: "),
    "no header": ({"x.npy": b""}, "array 'x' is damaged: "),
    "fewer numbers": ({"x.npy": npy(CODES)[:-1]}, "array 'x' claims 4 x 6 numbers of uint8, its member has 151 bytes"),
    "no such array": ({"y.npy": npy(CODES), "x": b""}, "array 'x' is missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_one_line_with_file_and_array(tmp_path, name):
    members, message = REFUSED[name]
    path = archive(tmp_path / "a.npz", members)
    with pytest.raises(BadInput) as refused:
        read(path)
    text = str(refused.value)
    assert text.startswith(f"{path}: {message}") and text.endswith("; write it again") and "\n" not in text
    if not message.endswith(": "):
        assert text == f"{path}: {message}; write it again"


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({6: 1, "central": {8: 1}}, "array 'x' is encrypted"),
        ({8: 99, "central": {10: 99}}, "array 'x' is compressed by method 99, which neither Keras nor NumPy writes"),
        ({8: 14, "central": {10: 14}}, "array 'x' is compressed by method 14, which neither Keras nor NumPy writes"),
    ],
)
def test_members_that_numpy_does_not_write_are_refused(tmp_path, patch, message):
    path = archive(tmp_path / "a.npz", {"x.npy": npy(CODES)})
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    for place, value in patch.pop("central").items():
        content[central + place] = value
    for place, value in patch.items():
        content[place] = value
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read(path)
    assert str(refused.value) == f"{path}: {message}; write it again"


def test_broken_compression_and_a_wrong_checksum_are_one_line(tmp_path):
    for method, message in ((zipfile.ZIP_DEFLATED, "Error -3 while decompressing"), (zipfile.ZIP_STORED, "Bad CRC-32")):
        path = archive(tmp_path / "a.npz", {"x.npy": npy(CODES)}, method)
        content = bytearray(path.read_bytes())
        start = content.index(b"x.npy") + 5 if method else content.index(bytes(range(20)))
        content[start : start + 2] = b"\xff\xff"
        path.write_bytes(content)
        with pytest.raises(BadInput) as refused:
            read(path)
        assert str(refused.value).startswith(f"{path}: array 'x' is damaged: {message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"", "not an .npz file of named arrays"),
        (b"plain text", "not an .npz file of named arrays"),
        (npy(CODES), "one array without a name, not an .npz file of named arrays"),
        (b"PK\x03\x04 cut off", "is damaged: File is not a zip file"),
    ],
)
def test_what_is_no_archive_is_refused(tmp_path, content, message):
    path = tmp_path / "a.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read(path)
    assert str(refused.value) == f"{path}: {message}; write it again"


def test_all_that_is_read_stays_within_the_limit(tmp_path):
    np.savez(tmp_path / "a.npz", x=CODES, y=CODES)
    with open_arrays(tmp_path / "a.npz", "write it again", limit=40) as arrays:
        assert arrays.read("x").size == 24
        assert len(arrays.read("y", 2)) == 2
        with pytest.raises(BadInput) as refused:
            arrays.read("y", 1)
    assert str(refused.value) == (
        f"{tmp_path / 'a.npz'}: array 'y' takes 6 bytes of 4 that may be read; narrower or fewer numbers take less; "
        "write it again"
    )
    with pytest.raises(BadInput, match="takes 192 bytes of 191 that may be read"):
        read(tmp_path / "a.npz", limit=191, width=8)


def zeros(path, size: int):
    """An archive with ``x``: ``size`` zeros, a thousand times smaller than that."""
    header = npy(np.zeros((0, 1 << 10), np.uint8), header=[("(0, 1024), }      ", f"({size >> 10}, 1024)" + "}")])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("x.npy", "w", force_zip64=True) as member:
        member.write(header)
        for _ in range(size >> 20):
            member.write(bytes(1 << 20))
    return path


def test_three_rows_of_a_bomb_take_no_more_memory_than_three_rows(tmp_path):
    path = zeros(tmp_path / "bomb.npz", 256 << 20)
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    try:
        assert read(path, rows=3).shape == (3, 1024)
        with pytest.raises(
            BadInput,
            match="takes 268,435,456 bytes, of which only [0-9,]+ are stored; store it uncompressed; write it again$",
        ):
            read(path, limit=64 << 20)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_mutants_are_read_or_refused(tmp_path):
    file = io.BytesIO()
    np.savez_compressed(file, x=CODES, y=np.arange(4), z=np.eye(3))
    path = tmp_path / "a.npz"
    for seed in range(60):
        path.write_bytes(mutant(file.getvalue(), seed))
        try:
            with open_arrays(path, "write it again") as arrays:
                for name in arrays.names:
                    arrays.header(name)
                    arrays.read(name, 2)
                    arrays.read(name)
        except BadInput as error:
            assert str(error).startswith(f"{path}: ") and "\n" not in str(error)
