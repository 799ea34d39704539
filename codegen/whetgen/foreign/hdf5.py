"""HDF5 files: numbers and names that stand in the file itself, and nothing else.

HDF5 can point out of the file (external links, external storage, virtual datasets), in circles (links), at objects
(references), and can claim sizes that it does not store. Keras writes none of that; each is refused before an
array is read. The file is read into memory first, so what is checked is what is used.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.reasons import one_line
from whetgen.host.rehearsal import rehearsed

if TYPE_CHECKING:
    import h5py

SIGNATURE = b"\x89HDF\r\n\x1a\n"
SMALL = 1 << 20
"""Bytes that any file may claim, however small it is."""
MOST_EXPANSION = 32
"""Bytes of arrays to a byte of the file; Keras stores arrays as they are."""
LARGEST = 1 << 30
"""Bytes of all arrays."""
LARGEST_TEXT = 1 << 26
_TOO_SMALL = "which the file is too small to hold; copy or save it again"
_TOO_MANY = f"with the others more than {LARGEST >> 30} GiB; save the model without its optimizer"
_MOST_OBJECTS = 100_000
_DEEPEST = 64
_SECONDS = 5
_BYTES_A_SECOND = 16 << 20


class Hdf5:
    """An open file that has passed the rules above.

    ``shapes``: of every dataset, by its path without the leading slash, in the order of the names.
    """

    def __init__(self, file: h5py.File, what: str, size: int, texts: bool = False):
        self._file, self._what, self._texts = file, what, texts
        self.shapes: dict[str, tuple[int, ...]] = {}
        held = SMALL + MOST_EXPANSION * size
        self._large, self._left = held > LARGEST, min(held, LARGEST)
        self._groups: set[object] = set()
        with _readable(what):
            self._visit(file, "", 0)

    def __contains__(self, path: str) -> bool:
        return path in self._file

    def has(self, path: str, attribute: str) -> bool:
        with _readable(self._what):
            return attribute in self._file[path].attrs

    def text(self, path: str, attribute: str, default: str = "") -> str:
        """An attribute that is one text."""
        with _readable(self._what):
            return _text(self._attribute(path, attribute)) if self.has(path, attribute) else default

    def names(self, path: str, attribute: str) -> list[str]:
        """A list of texts; Keras splits long ones over ``attribute0``, ``attribute1``, ..."""
        with _readable(self._what):
            if self.has(path, attribute):
                return [_text(name) for name in np.atleast_1d(self._attribute(path, attribute))]
            found: list[str] = []
            for part in range(_MOST_OBJECTS):
                if not self.has(path, f"{attribute}{part}"):
                    break
                found += [_text(name) for name in np.atleast_1d(self._attribute(path, f"{attribute}{part}"))]
            return found

    def array(self, path: str) -> np.ndarray:
        """The numbers of a dataset; bfloat16 as the float32 that it begins."""
        with _readable(self._what):
            held = np.asarray(self._file[path])
            return held if held.dtype.kind != "V" else (held.view("<u2") * np.uint32(1 << 16)).astype("<u4").view("<f4")

    def texts(self, path: str) -> list[str]:
        """A dataset of texts, row after row."""
        with _readable(self._what):
            return [_text(value) for value in np.asarray(self._file[path]).reshape(-1)]

    def read_all(self) -> None:
        """All that there is, nothing of which is kept; what cannot be read is passed over."""
        paths = ["/"]
        self._file.visit(paths.append)
        for path in paths:
            with suppress(Exception):
                self._read(path)

    def _read(self, path: str) -> None:
        if path in self.shapes:
            np.asarray(self._file[path])
        for name in self._file[path].attrs:
            self._attribute(path, name)

    def _attribute(self, path: str, name: str) -> Any:
        held = self._file[path].attrs.get_id(name)
        if math.prod(held.shape) * max(held.dtype.itemsize, 1) > LARGEST_TEXT:
            raise BadInput(f"{self._what}: the attribute '{name}' claims {math.prod(held.shape):,} entries")
        return self._file[path].attrs[name]

    def _visit(self, group: h5py.Group, path: str, depth: int) -> None:
        import h5py

        place = h5py.h5o.get_info(group.id).addr
        if depth > _DEEPEST:
            raise BadInput(f"{self._what}: groups stand more than {_DEEPEST} deep in each other")
        if place in self._groups:
            raise BadInput(f"{self._what}: the group '{path}' is linked in a circle; save the model again")
        self._groups.add(place)
        for name in group:
            inner = f"{path}/{name}" if path else name
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise BadInput(f"{self._what}: '{inner}' is a link to {_target(link)}; links are not followed")
            member = group[name]
            if isinstance(member, h5py.Group):
                self._visit(member, inner, depth + 1)
            elif isinstance(member, h5py.Dataset):
                self._check(member, inner)
            else:
                raise BadInput(f"{self._what}: '{inner}' is neither a group nor an array of numbers")

    def _check(self, dataset: h5py.Dataset, path: str) -> None:
        if refused := _refusal(dataset, self._texts):
            raise BadInput(f"{self._what}: the array '{path}' {refused}")
        self._left -= math.prod(dataset.shape) * dataset.dtype.itemsize
        if self._left < 0:
            raise BadInput(
                f"{self._what}: the array '{path}' claims {math.prod(dataset.shape):,} numbers, "
                f"{_TOO_MANY if self._large else _TOO_SMALL}"
            )
        if len(self.shapes) >= _MOST_OBJECTS:
            raise BadInput(f"{self._what}: holds more than {_MOST_OBJECTS:,} arrays")
        self.shapes[path] = tuple(dataset.shape)


@contextmanager
def open_hdf5(data: bytes, what: str, texts: bool = False) -> Iterator[Hdf5]:
    """The file whose whole contents are ``data``; ``what`` names it in messages, ``texts``: arrays may hold texts.

    HDF5's library has crashed, and has never come back, on files that were damaged: a copy of this process reads all of it first.

    Raises:
        BadInput: damaged, or against the rules above; the message names the link or array.
    """
    import h5py

    def read_all() -> None:
        with h5py.File(io.BytesIO(data), "r") as file:
            Hdf5(file, what, len(data), texts).read_all()

    if end := rehearsed(read_all, _SECONDS + len(data) // _BYTES_A_SECOND):
        raise BadInput(f"{what}: a damaged HDF5 file (its library ends with {end}); copy or save it again")
    with _readable(what), h5py.File(io.BytesIO(data), "r") as file:
        yield Hdf5(file, what, len(data), texts)


@contextmanager
def _readable(what: str) -> Iterator[None]:
    try:
        yield
    except BadInput:
        raise
    except (
        OSError,
        RuntimeError,
        ValueError,
        KeyError,
        TypeError,
        MemoryError,
        OverflowError,
        AttributeError,
    ) as error:
        raise BadInput(f"{what}: a damaged HDF5 file ({one_line(error)}); copy or save it again") from error


def _refusal(dataset: h5py.Dataset, texts: bool) -> str | None:
    """What makes a dataset one that Keras does not write, or where there may be ``texts`` NIR."""
    import h5py

    if dataset.shape is None:
        return "is empty; save the model again"
    kept = dataset.id.get_create_plist()
    if kept.get_layout() == h5py.h5d.VIRTUAL:
        return "is virtual: it stands in other files, which are not opened"
    if kept.get_layout() == h5py.h5d.CONTIGUOUS and kept.get_external_count():
        return f"stands in another file ('{_text(kept.get_external(0)[0])}'), which is not opened"
    known = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
    if not known.issuperset(kept.get_filter(n)[0] for n in range(kept.get_nfilters())):
        return "is compressed in a way that Keras does not use; save the model again"
    if texts and h5py.check_string_dtype(dataset.dtype) is not None:
        return None
    if dataset.dtype.kind == "c":
        return "is complex; weights are real numbers"
    if dataset.dtype.str == "|V2" and not _is_bfloat16(dataset):
        return "is of bytes without a meaning, as Keras leaves bfloat16 in HDF5; save the model as a .keras file"
    if dataset.dtype.kind not in "fiub" and not _is_bfloat16(dataset):
        return f"holds {dataset.dtype}; weights are numbers"
    return None


def _is_bfloat16(dataset: h5py.Dataset) -> bool:
    """Keras stores these as two opaque bytes and says so."""
    return dataset.dtype.str == "|V2" and _text(dataset.attrs.get("dtype", "")) == "bfloat16"


def _target(link: h5py.SoftLink | h5py.ExternalLink) -> str:
    import h5py

    return f"the file '{link.filename}'" if isinstance(link, h5py.ExternalLink) else f"'{link.path}'"


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
