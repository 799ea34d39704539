"""Compiled files by the content that they were made of, kept in the user's cache folder.

A file's name tells what it was made of and what it holds, so that one that was damaged is not taken. Files come and go by
renaming: whoever is killed, or runs at the same time, leaves no half of one. ``WHETGEN_CACHE`` names another folder, or is
"off".
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from whetgen.host.scratch import scratch_folder

LIMIT_BYTES = 1 << 30
_NEW = ".new-"
_KEPT = re.compile(r"\w+-[0-9a-f]{64}")


def key_of(*parts: object) -> str:
    """A name for what a file is made of; ``parts``: whatever JSON can tell."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def obtain(key: str, file: Path, make: Callable[[], None]) -> None:
    """``file`` from the cache, or by ``make``, which has to leave it; then the cache has it."""
    folder = _folder()
    if folder is None:
        make()
        return
    if not _fetch(folder, key, file):
        make()
        with suppress(OSError):  # no room, no right to write: then there is no cache
            _keep(folder, key, file)


def _folder() -> Path | None:
    """None: no cache is wanted, or what is in its place is not ours."""
    asked = os.environ.get("WHETGEN_CACHE", "")
    if asked == "off":
        return None
    base = os.environ.get("XDG_CACHE_HOME", "")
    folder = Path(asked) if asked else (Path(base) if Path(base).is_absolute() else Path("~/.cache")) / "whetgen"
    try:
        folder = folder.expanduser()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if folder.stat().st_uid == os.getuid() else None
    except (OSError, RuntimeError):
        return None


def _fetch(folder: Path, key: str, file: Path) -> bool:
    for kept in folder.glob(f"{key}-*"):
        with suppress(OSError):  # somebody else removes it
            shutil.copyfile(kept, file)
            file.chmod(0o700)  # a copy of the cache may have lost the mode
            if file_sha256(file) == kept.name.partition("-")[2]:
                os.utime(kept)
                return True
            kept.unlink()
    return False


def _keep(folder: Path, key: str, file: Path) -> None:
    with scratch_folder(folder, _NEW) as scratch:
        fresh = scratch / file.name
        shutil.copy(file, fresh)
        fresh.replace(folder / f"{key}-{file_sha256(fresh)}")
    _trim(folder)


def _trim(folder: Path) -> None:
    """What was not used for longest goes while there is more than LIMIT_BYTES.

    Files of other names are the user's: WHETGEN_CACHE may be any folder.
    """
    found = []
    for path in folder.iterdir():
        with suppress(OSError):  # somebody else removes it
            if _KEPT.fullmatch(path.name):
                state = path.stat()
                found.append((state.st_mtime, state.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= LIMIT_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size
