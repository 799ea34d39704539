"""What a program that reads a file of others does besides: files that it opens or changes, programs, code, other machines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_CHANGES = {
    "os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.chmod": 1, "os.truncate": 1, "os.rename": 2, "os.link": 2,
    "os.symlink": 2, "shutil.rmtree": 1, "tempfile.mkdtemp": 1, "tempfile.mkstemp": 1,
}  # fmt: skip
"""Audit events, and how many of their first values are paths that change."""
_FORBIDDEN = (
    "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "pty.spawn", "socket.", "urllib.",
    "pickle.find_class", "shutil.unpack_archive", "ctypes.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_LIBRARIES = tuple(
    os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, Path(__file__).parents[2], "/usr", "/proc", "/sys")
)


class Guard:
    """Records what Python's audit events tell; a process has one, since hooks stay for good."""

    def __init__(self) -> None:
        self._found: list[str] | None = None
        self._places: tuple[str, ...] = ()
        sys.addaudithook(self._hear)

    @contextmanager
    def watching(self, *places: Path) -> Iterator[list[str]]:
        """A list that fills with whatever goes beyond reading and writing below ``places`` and reading libraries."""
        self._places, self._found = tuple(os.path.realpath(place) for place in places), []
        found = self._found
        try:
            yield found
        finally:
            self._found = None

    def _hear(self, event: str, values: tuple[Any, ...]) -> None:
        found = self._found
        if found is None:
            return
        self._found = None  # what is asked for below makes events of its own
        if event.startswith(_FORBIDDEN) or (event == "marshal.loads" and not _importing(sys._getframe(1))):
            found.append(f"{event} {values!r:.200}")
        elif event in _CHANGES:
            found += [f"{event} {path}" for path in values[: _CHANGES[event]] if not self._is_ours(path)]
        elif event == "open" and not self._may_open(*values):
            found.append(f"open {values!r:.200}")
        self._found = found

    def _may_open(self, path: Any, _: Any, flags: int) -> bool:
        return self._is_ours(path) or (not flags & _WRITING and os.path.realpath(path).startswith(_LIBRARIES))

    def _is_ours(self, path: Any) -> bool:
        return (
            isinstance(path, int) or path == os.devnull or os.path.realpath(os.fsdecode(path)).startswith(self._places)
        )


def _importing(frame: FrameType | None) -> bool:
    return frame is not None and "importlib" in frame.f_code.co_filename
