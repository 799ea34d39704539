"""Signatures of ``whetgen.json``, which holds the sha256 of every other file, with a key of the user (minisign)."""

from __future__ import annotations

from pathlib import Path

from whetgen.errors import BadInput, ToolFailed
from whetgen.host.processes import call, find_program
from whetgen.targets.output.folder import MANIFEST, SIGNATURE, changed_files, read_manifest


def sign(folder: Path, key: Path) -> Path:
    """Write the signature beside the manifest; ``key``: a secret key without a password.

    Raises:
        BadInput: not a folder of ours, one that was edited, or the key is of no use.
        CouldNotRun: minisign is not installed.
    """
    manifest = read_manifest(folder)
    for path, what in changed_files(folder, manifest).items():
        raise BadInput(f"{folder}: '{path}' {what} since it was generated; generate it again before you sign it")
    try:
        _minisign(folder, "-S", "-s", key, "-x", SIGNATURE, "-t", f"whetgen {manifest['name']}")
    except ToolFailed as error:
        raise BadInput(f"--key {key}: {error}; give a secret key without a password (minisign -G -W)") from error
    return folder / SIGNATURE


def signature_failures(folder: Path, key: Path) -> tuple[str, ...]:
    """A line where ``whetgen.json`` is not as the owner of the public ``key`` signed it.

    Raises:
        CouldNotRun: minisign is not installed.
    """
    if not (folder / SIGNATURE).is_file():
        return (f"{MANIFEST} is not signed: there is no {SIGNATURE}",)
    try:
        _minisign(folder, "-V", "-p", key, "-x", SIGNATURE)
    except ToolFailed as error:
        return (f"{MANIFEST} is not what the owner of {key.name} signed ({error})",)
    return ()


def _minisign(folder: Path, action: str, option: str, key: Path, *more: str) -> None:
    program = find_program("minisign", hint="on Debian: apt-get install minisign")
    call([program, action, option, str(key.resolve()), *more, "-m", MANIFEST], folder)
