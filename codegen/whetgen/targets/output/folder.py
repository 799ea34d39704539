"""Output folders: written whole or not at all, and never over somebody's work."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from whetgen.errors import BadInput
from whetgen.foreign.text import read_text
from whetgen.foreign.typed import mismatch
from whetgen.host.files import place_for, whole_file
from whetgen.host.stop import uninterrupted
from whetgen.targets.output.contents import changes, hashes
from whetgen.targets.output.identifiers import check_name
from whetgen.targets.output.schema import SCHEMA, Manifest, Streams
from whetgen.targets.registry import TARGETS, Options

MANIFEST = "whetgen.json"
SIGNATURE = "whetgen.json.minisig"


def write_folder(out: Path, fill: Callable[[Path], dict]) -> dict:
    """Let ``fill`` write into a temporary folder, add the manifest that it returns, move it to ``out``.

    The manifest's ``files`` become path -> sha256. Returns the manifest.

    Raises:
        BadInput: ``out`` holds something that this program did not write, or was edited since.
    """
    check_replaceable(out)
    with refusing(out):
        return _write(Path(os.path.realpath(out)), fill)


def _write(out: Path, fill: Callable[[Path], dict]) -> dict:
    with place_for(out) as scratch:
        fresh = scratch / "new"
        fresh.mkdir()
        manifest = fill(fresh)
        manifest["files"] = hashes(fresh)
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        with uninterrupted():
            _replace(fresh, out, scratch / "old")
    return manifest


def write_text(out: Path, text: str) -> None:
    """Write a file, whole or not at all.

    Raises:
        BadInput: the place cannot be written to.
    """
    with refusing(out), whole_file(out) as fresh:
        fresh.write_text(text, encoding="utf-8", errors="backslashreplace")


def read_manifest(folder: Path) -> dict[str, Any]:
    """``whetgen.json`` of a generated folder.

    Raises:
        BadInput: the folder is not one of ours, or the file is corrupt or was edited into something else.
    """
    path = folder / MANIFEST
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; give one that whetgen generated")
    if not path.is_file():
        raise BadInput(f"{folder}: holds no {MANIFEST}; give a folder that whetgen generated")
    manifest = _read_json(path)
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise BadInput(f"{path}: not of schema {SCHEMA}; generate the folder again with this version")
    target = TARGETS.get(str(manifest.get("target")))
    _check(path, manifest, target.manifest if target else Manifest)
    _check(path, manifest["options"], Options, "options")
    check_name(manifest["name"], f"{path}: name")
    return manifest


def read_streams(folder: Path) -> dict[str, Any]:
    """``sim/stream.json`` of a generated Verilog folder.

    Raises:
        BadInput: it is missing, corrupt or was edited into something else.
    """
    path = folder / "sim" / "stream.json"
    streams = _read_json(path)
    _check(path, streams, Streams)
    check_name(streams["top"], f"{path}: top")
    return streams


def _read_json(path: Path) -> Any:
    try:
        return json.loads(read_text(path))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"{path}: corrupt ({error}); generate the folder again") from error


def _check(path: Path, value: object, kind: type, where: str = "") -> None:
    if wrong := mismatch(value, kind, where):
        raise BadInput(f"{path}: {wrong}; generate the folder again")


def record(folder: Path, key: str, facts: dict | list) -> None:
    """What a check measured, into the manifest.

    The manifest is not among the files that it lists with their hashes, and generating never writes such a key, so the
    same input still gives the same bytes. A folder that cannot be written to stays as it is.
    """
    manifest = read_manifest(folder)
    manifest[key] = facts
    with suppress(BadInput):
        write_text(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")


def record_footprint(folder: Path, board: str, facts: dict) -> None:
    """What a network took on a board, into the manifest's ``footprint``, by the name of the board."""
    _record_named(folder, "footprint", board, facts)


def record_synthesis(folder: Path, device: str, facts: dict) -> None:
    """What a network took on an FPGA, into the manifest's ``synthesis``, by the name of the device."""
    _record_named(folder, "synthesis", device, facts)


def _record_named(folder: Path, key: str, name: str, facts: dict) -> None:
    record(folder, key, dict(sorted({**read_manifest(folder).get(key, {}), name: facts}.items())))


def changed_files(folder: Path, manifest: dict) -> dict[str, str]:
    """Path -> "was added", "was removed" or "was changed", for all that differs from what was generated."""
    return changes(folder, manifest["files"], MANIFEST, SIGNATURE)


def check_replaceable(out: Path) -> None:
    """Refuse an output path that cannot be a folder, is somebody else's, or an edited one of ours."""
    with refusing(out):
        place = check_makeable(out)
        if os.path.lexists(place) and not place.is_dir():
            raise BadInput(f"--out {out}: is a file; give a new folder")
        if place.exists():
            _check_ours(place, out)


def check_makeable(out: Path) -> Path:
    """Where ``out`` leads, links followed.

    Raises:
        BadInput: nothing can be written there.
    """
    place = Path(os.path.realpath(out))
    above = next((p for p in place.parents if p.exists()), place)
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise BadInput(f"--out {out}: cannot be made in {above}; give another place")
    return place


def _check_ours(place: Path, out: Path) -> None:
    """``place``: where ``out`` is now."""
    if not any(place.iterdir()):
        return
    if not (place / MANIFEST).is_file():
        raise BadInput(f"--out {out}: is not empty and was not made by whetgen; give a new folder")
    for path, what in changed_files(place, read_manifest(place)).items():
        raise BadInput(f"--out {out}: '{path}' {what} since it was generated; move it away or give a new folder")


@contextmanager
def refusing(out: Path) -> Iterator[None]:
    """Troubles with the file system as bad input."""
    try:
        yield
    except OSError as error:
        raise BadInput(f"--out {out}: {error.strerror or error}; give another place") from error


def _replace(fresh: Path, out: Path, old: Path) -> None:
    """``fresh`` becomes ``out``; what was there goes to ``old`` where it is still as we wrote it, else it comes back."""
    if not out.exists():
        fresh.rename(out)
        return
    out.rename(old)
    try:
        _check_ours(old, out)
        fresh.rename(out)
    except BaseException:
        old.rename(out)
        raise
