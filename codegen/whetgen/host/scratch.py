"""Scratch folders that go away: at the end, on an error, on a signal, and what a killed run left, at the next run."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from whetgen.errors import CouldNotRun
from whetgen.host.stop import uninterrupted

_MARK = ".whetgen-scratch"  # in every folder of ours; locked as long as its maker lives
_PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")  # a path that make, the shell and the simulators take as it is
_PLACES = ("/tmp", "/var/tmp")


@contextmanager
def scratch_folder(place: Path | None = None, prefix: str = "whetgen-") -> Iterator[Path]:
    """A new folder in ``place``, by default where tools can work, without the mark that tells it as ours.

    Raises:
        CouldNotRun: there is no place for tools.
        OSError: the folder cannot be made in ``place``.
    """
    place = place or _tool_place()
    _remove_abandoned(place, prefix)
    with ExitStack() as stack:
        with uninterrupted():
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
            stack.callback(_remove, folder)
            stack.callback(os.close, _marked(folder))
        yield folder


def _tool_place() -> Path:
    """The folder for temporary files, or where its name would trip make or a shell, the system's own."""
    for place in (tempfile.gettempdir(), *_PLACES):
        if _PLAIN.fullmatch(place) and os.access(place, os.W_OK):
            return Path(place)
    raise CouldNotRun(
        f"{tempfile.gettempdir()}: tools cannot work in a folder of this name; "
        "set TMPDIR to one of letters, digits and ._+- only"
    )


def _remove(folder: Path) -> None:
    with uninterrupted():
        shutil.rmtree(folder, ignore_errors=True)


def _marked(folder: Path) -> int:
    """The lock of a new folder. The mark appears with its lock on, else another run could take it for abandoned."""
    lock = _lock(folder / f"{_MARK}.new", os.O_CREAT | os.O_EXCL)
    (folder / f"{_MARK}.new").rename(folder / _MARK)
    return lock


def _remove_abandoned(place: Path, prefix: str) -> None:
    """What runs left here that were killed."""
    name = re.compile(re.escape(prefix) + "[a-z0-9_]{8}")
    with os.scandir(place) as entries:
        found = [Path(e.path) for e in entries if name.fullmatch(e.name) and e.is_dir(follow_symlinks=False)]
    for folder in found:
        try:
            lock = _lock(folder / _MARK)
        except OSError:  # somebody else's, or its maker lives
            continue
        _remove(folder)
        os.close(lock)


def _lock(path: Path, flags: int = 0) -> int:
    """An open file whose lock nobody else can hold.

    Raises:
        OSError: another process holds it, or there is no such file.
    """
    mark = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | flags, 0o600)
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(mark)
        raise
    return mark
