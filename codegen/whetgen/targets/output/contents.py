"""What stands in a folder, whatever its kind, without opening what is no regular file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

FILE, EMPTY, OTHER = "regular file", "empty folder", "link, pipe, socket or device"


def entries(folder: Path | str, above: str = "") -> dict[str, str]:
    """Path -> kind, for all below ``folder`` but folders that hold something.

    Raises:
        OSError: a folder cannot be read.
    """
    found: dict[str, str] = {}
    with os.scandir(folder) as listed:
        for entry in listed:
            path = above + entry.name
            if entry.is_dir(follow_symlinks=False):
                found |= entries(entry.path, f"{path}/") or {path: EMPTY}
            else:
                found[path] = FILE if entry.is_file(follow_symlinks=False) else OTHER
    return dict(sorted(found.items()))


def regular_files(folder: Path) -> list[str]:
    return [path for path, kind in entries(folder).items() if kind == FILE]


def hashes(folder: Path) -> dict[str, str]:
    """Path -> sha256 of each regular file."""
    return {path: sha256(folder / path) for path in regular_files(folder)}


def changes(folder: Path, recorded: Mapping[str, str], *beside: str) -> dict[str, str]:
    """Path -> "was added", "was removed" or "was changed", for all that differs from ``recorded``.

    ``beside``: files that may be there besides. What Python compiled from recorded files counts as theirs.
    """
    present = entries(folder)
    told = {path: "was removed" for path in recorded if path not in present}
    folders = {above.as_posix() for path in recorded for above in PurePosixPath(path).parents}
    for path, kind in present.items():
        if path in beside or path in recorded:
            same = kind == FILE and (path in beside or sha256(folder / path) == recorded[path])
            told |= {} if same else {path: "was changed"}
        elif not ((kind == EMPTY and path in folders) or (kind == FILE and _source(path) in recorded)):
            told[path] = "was added"
    return dict(sorted(told.items()))


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _source(path: str) -> str | None:
    """The Python file that byte code was compiled from."""
    file = PurePosixPath(path)
    if file.suffix != ".pyc" or file.parent.name != "__pycache__":
        return None
    return (file.parent.parent / f"{file.name.split('.')[0]}.py").as_posix()
