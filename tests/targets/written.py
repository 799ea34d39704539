"""Generated files on the disk, without the manifest and the checks of a whole folder."""

from collections.abc import Mapping
from pathlib import Path


def write(files: Mapping[str, str], folder: Path) -> Path:
    """``folder``, with each of ``files``: texts by their path below it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder
