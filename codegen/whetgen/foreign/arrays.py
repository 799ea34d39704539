"""Archives of named arrays, ``.npz``: read array by array, and nothing in them is believed.

An array's header is compared with the size of its member, with what arithmetic can use and with a limit before memory is
taken for its numbers. Nothing is unpickled; of compressions only NumPy's own is undone.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.zips import Refused, opened_member, told

LARGEST = 1 << 30
KINDS = {"b": "bools", "i": "signed integers", "u": "unsigned integers", "f": "floats"}
_MAGIC = b"\x93NUMPY"
_LENGTHS = {(1, 0): "<H", (2, 0): "<I"}  # of the header, by version; 3.0 is for names of fields only
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_LONGEST_HEADER = 10_000
_WIDEST = 8
_CHUNK = 1 << 20
_SMALL = 1 << 26
"""Bytes that any array may take, however little of it is stored."""
_MOST_EXPANSION = 32


@dataclass(frozen=True, kw_only=True)
class Header:
    """Of an array: ``start`` bytes of its member come before its numbers; all of it takes ``stored`` bytes in the file."""

    shape: tuple[int, ...]
    dtype: np.dtype
    by_columns: bool
    start: int
    stored: int

    def bytes(self, width: int = 0) -> int:
        """What the numbers take, each at least ``width`` bytes."""
        return math.prod(self.shape) * max(self.dtype.itemsize, width)


class ArrayArchive:
    """The arrays of an open archive by name. All that is read together stays within ``limit`` bytes."""

    def __init__(self, file: BinaryIO, path: Path, advice: str, limit: int, width: int):
        self._path, self._advice, self._left, self._width = path, advice, limit, width
        with told(f"{path}:", advice):
            self._archive = zipfile.ZipFile(file)
        self._members = {
            info.filename.removesuffix(".npy"): info
            for info in self._archive.infolist()
            if info.filename.endswith(".npy")
        }

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def first_of(self, names: tuple[str, ...]) -> str | None:
        """The first of ``names`` that is here."""
        return next((name for name in names if name in self._members), None)

    def header(self, name: str) -> Header:
        """Shape and kind of an array; none of its numbers is read.

        Raises:
            BadInput: there is no such array, or none that can be read.
        """
        with self._told(name), self._opened(name) as (_, header):
            return header

    def read(self, name: str, rows: int | None = None) -> np.ndarray:
        """An array, or its first ``rows`` rows.

        Raises:
            BadInput: there is no such array, or none that can be read; it is damaged, or larger than the limit.
        """
        with self._told(name), self._opened(name) as (stream, header):
            if header.dtype.kind not in KINDS or header.dtype.itemsize > _WIDEST:
                raise Refused(f"holds {header.dtype}, not {', '.join(KINDS.values())} of up to 64 bits")
            first = rows if rows is not None and header.shape and rows < header.shape[0] else None
            taken = header if first is None or header.by_columns else _rows(header, first)
            if taken.bytes() > _SMALL + _MOST_EXPANSION * header.stored:
                raise Refused(
                    f"takes {taken.bytes():,} bytes, of which only {header.stored:,} are stored; store it uncompressed"
                )
            self._take(taken.bytes(self._width))
            flat = np.empty(math.prod(taken.shape), taken.dtype)
            _fill(stream, flat)
            array = flat.reshape(taken.shape, order="F" if header.by_columns else "C")
            return array if first is None else array[:first]

    def _take(self, size: int) -> None:
        if size > self._left:
            raise Refused(
                f"takes {size:,} bytes of {self._left:,} that may be read; narrower or fewer numbers take less"
            )
        self._left -= size

    @contextmanager
    def _opened(self, name: str) -> Iterator[tuple[IO[bytes], Header]]:
        with opened_member(self._archive, self._members.get(name)) as (stream, member):
            header = _read_header(stream, member.compress_size)
            if header.dtype.hasobject:
                raise Refused("holds Python objects, which are never read")
            if header.start + header.bytes() != member.file_size:
                shape = " x ".join(map(str, header.shape)) or "one"
                raise Refused(f"claims {shape} numbers of {header.dtype}, its member has {member.file_size:,} bytes")
            yield stream, header

    def _told(self, name: str) -> AbstractContextManager[None]:
        return told(f"{self._path}: array '{name}'", self._advice)


@contextmanager
def open_arrays(path: Path, advice: str, limit: int = LARGEST, width: int = 0) -> Iterator[ArrayArchive]:
    """The arrays of the ``.npz`` file ``path``. Messages end in ``advice``: what to do about the file.

    ``limit``: most bytes that are read, where each number counts as ``width`` bytes or as it is stored, whichever is more.

    Raises:
        BadInput: the file is missing or no archive of arrays.
    """
    if not path.is_file():
        raise BadInput(f"{path}: no such file; {advice}")
    try:
        file = path.open("rb")
    except OSError as error:
        raise BadInput(f"{path}: not a readable file ({error.strerror}); {advice}") from error
    with file:
        start = file.read(len(_MAGIC))
        if start == _MAGIC:
            raise BadInput(f"{path}: one array without a name, not an .npz file of named arrays; {advice}")
        if not start.startswith(b"PK"):
            raise BadInput(f"{path}: not an .npz file of named arrays; {advice}")
        yield ArrayArchive(file, path, advice, limit, width)


def _read_header(stream: IO[bytes], stored: int) -> Header:
    version = np.lib.format.read_magic(stream)
    if version not in _LENGTHS:
        raise Refused(f"is of format {version[0]}.{version[1]}, which is not for plain numbers")
    packed = stream.read(struct.calcsize(_LENGTHS[version]))
    (length,) = struct.unpack(_LENGTHS[version], packed)
    if length > _LONGEST_HEADER:
        raise Refused(f"has a header of {length:,} bytes, at most {_LONGEST_HEADER:,} are read")
    text = io.BytesIO(packed + stream.read(length))
    shape, by_columns, dtype = _HEADERS[version](text, max_header_size=_LONGEST_HEADER)
    if any(isinstance(n, bool) or n < 0 for n in shape):
        raise Refused(f"claims the shape {shape}")
    start = len(_MAGIC) + 2 + len(packed) + length
    return Header(shape=shape, dtype=dtype, by_columns=by_columns, start=start, stored=stored)


def _rows(header: Header, rows: int) -> Header:
    return replace(header, shape=(rows, *header.shape[1:]))


def _fill(stream: IO[bytes], flat: np.ndarray) -> None:
    """All of ``flat`` from the stream, a chunk at a time."""
    room = flat.view(np.uint8)
    done = 0
    while done < len(room):
        chunk = stream.read(min(_CHUNK, len(room) - done))
        if not chunk:
            raise Refused(f"ends after {done:,} of {len(room):,} bytes")
        room[done : done + len(chunk)] = np.frombuffer(chunk, np.uint8)
        done += len(chunk)
