"""Output folders: written whole or not at all, and never over somebody's work."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from whetgen.errors import BadInput

MANIFEST = "whetgen.json"
_IGNORED = ("__pycache__",)


def write_folder(out: Path, fill: Callable[[Path], dict]) -> dict:
    """Let ``fill`` write into a temporary folder, add the manifest that it returns, move it to ``out``.

    The manifest's ``files`` become path -> sha256. Returns the manifest.

    Raises:
        BadInput: ``out`` holds something that this program did not write, or was edited since.
    """
    check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        manifest = fill(fresh)
        manifest["files"] = {path: _sha256(fresh / path) for path in _files(fresh)}
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
        fresh.chmod(0o755)
        _replace(fresh, out)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return manifest


def read_manifest(folder: Path) -> dict:
    """``whetgen.json`` of a generated folder.

    Raises:
        BadInput: the folder is not one of ours, or the file is corrupt.
    """
    path = folder / MANIFEST
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder; give one that whetgen generated")
    if not path.is_file():
        raise BadInput(f"{folder}: holds no {MANIFEST}; give a folder that whetgen generated")
    try:
        manifest = json.loads(path.read_text())
    except ValueError as error:
        raise BadInput(f"{path}: corrupt ({error}); generate the folder again") from error
    if not isinstance(manifest, dict) or manifest.get("schema") != 1:
        raise BadInput(f"{path}: not of schema 1; generate the folder again with this version")
    return manifest


def changed_files(folder: Path, manifest: dict) -> list[str]:
    """Paths that were edited, removed or added since the folder was generated."""
    recorded = manifest["files"]
    present = set(_files(folder)) - {MANIFEST}
    edited = [p for p in recorded if p not in present or _sha256(folder / p) != recorded[p]]
    return sorted({*edited, *(present - set(recorded))})


def check_replaceable(out: Path) -> None:
    """Refuse an output path that is a file, somebody else's folder, or an edited one of ours."""
    if out.is_file():
        raise BadInput(f"--out {out}: is a file; give a new folder")
    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / MANIFEST).is_file():
        raise BadInput(f"--out {out}: is not empty and was not made by whetgen; give a new folder")
    if changed := changed_files(out, read_manifest(out)):
        raise BadInput(
            f"--out {out}: '{changed[0]}' was added or changed since it was generated; move it away or give a new folder"
        )


def _replace(fresh: Path, out: Path) -> None:
    if not out.exists():
        fresh.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
    out.rename(old / out.name)
    fresh.rename(out)
    shutil.rmtree(old)


def _files(folder: Path) -> list[str]:
    found = (p for p in folder.rglob("*") if p.is_file() and not set(_IGNORED) & set(p.relative_to(folder).parts))
    return sorted(p.relative_to(folder).as_posix() for p in found)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
