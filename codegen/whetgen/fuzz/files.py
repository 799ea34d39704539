"""Generated files on the disk, without the manifest and the checks of a whole folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write(files: Mapping[str, str], folder: Path) -> Path:
    """``folder``, with each of ``files``: texts by their path below it.

    Raises:
        ValueError: a file of the library stands there already and is another one.
    """
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.name.startswith("wg_") and path.exists() and path.read_text(encoding="utf-8") != text:
            raise ValueError(f"{path} is another file in another network")
        path.write_text(text, encoding="utf-8")
    return folder
