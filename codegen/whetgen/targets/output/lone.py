"""A target's one file without the folder around it: written whole or not at all, and never over somebody's work."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whetgen.errors import BadInput
from whetgen.host.files import whole_file
from whetgen.host.scratch import scratch_folder
from whetgen.targets.base import Target
from whetgen.targets.output.folder import check_makeable, check_replaceable, refusing
from whetgen.targets.output.seal import is_unchanged


def is_lone(out: Path, target: Target) -> bool:
    """Whether ``out`` names the target's one file and not a folder."""
    return target.suffix is not None and out.suffix.lower() == target.suffix


def check_out(out: Path, target: Target) -> None:
    """Refuse a place that cannot be written to, or that holds somebody else's work or an edited one of ours.

    Raises:
        BadInput: with the reason.
    """
    if not is_lone(out, target):
        check_replaceable(out)
        return
    with refusing(out):
        place = check_makeable(out)
        if place.is_dir():
            raise BadInput(f"--out {out}: is a folder; name a file, or a folder without {target.suffix} at its end")
        if os.path.lexists(place) and not (place.is_file() and is_unchanged(place.read_bytes())):
            raise BadInput(f"--out {out}: was not made by whetgen, or changed since; move it away or give a new name")


@contextmanager
def folder_for(out: Path, target: Target, name: str) -> Iterator[Path]:
    """The folder to generate into: ``out`` itself, or one that goes away, of which ``name``'s one file becomes ``out``.

    Raises:
        BadInput: see ``check_out``.
    """
    check_out(out, target)
    if not is_lone(out, target):
        yield out
        return
    with scratch_folder() as scratch:
        yield scratch / "all"
        with refusing(out), whole_file(out) as fresh:
            shutil.copyfile(scratch / "all" / f"{name}{target.suffix}", fresh)
            check_out(out, target)


def written(out: Path, target: Target, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Path -> sha256 of what stands in ``out`` beside the manifest, or of the file alone."""
    files: dict[str, str] = manifest["files"]
    return {out.name: files[f"{manifest['name']}{target.suffix}"]} if is_lone(out, target) else files
