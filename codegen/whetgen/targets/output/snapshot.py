"""A generated folder as it is at one moment, in a place where tools can work."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from whetgen.errors import CouldNotRun
from whetgen.foreign.text import read_text
from whetgen.host.scratch import scratch_folder
from whetgen.targets.output.contents import regular_files
from whetgen.targets.output.folder import MANIFEST

Place = tuple[int, int]


@contextmanager
def snapshot(folder: Path, manifest: Mapping) -> Iterator[Path]:
    """The manifest, and copies of the files that it lists and that are regular files, for the length of the block.

    Raises:
        CouldNotRun: the folder became another one before the end of the block, or is not the manifest's any more.
    """
    with _held(folder) as place, scratch_folder() as scratch:
        copy = scratch / manifest["name"]
        copy.mkdir()
        for path in set(regular_files(folder)) & set(manifest["files"]):
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / path, copy / path)
        (copy / MANIFEST).write_text(json.dumps(dict(manifest)), encoding="utf-8")
        _check_same(folder, manifest, place)
        yield copy
        _check_same(folder, manifest, place)


@contextmanager
def _held(folder: Path) -> Iterator[Place]:
    """Device and inode of the folder; while it is open, no other gets its number."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        yield _place(os.fstat(opened))
    finally:
        os.close(opened)


def _check_same(folder: Path, manifest: Mapping, place: Place) -> None:
    with suppress(OSError, ValueError):
        if _place(folder.stat()) == place and json.loads(read_text(folder / MANIFEST))["files"] == manifest["files"]:
            return
    raise CouldNotRun(f"{folder}: was replaced while it was read; run the command again")


def _place(found: os.stat_result) -> Place:
    return found.st_dev, found.st_ino
