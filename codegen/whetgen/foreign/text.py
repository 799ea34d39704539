"""Text files that others may have written."""

from __future__ import annotations

import errno
from pathlib import Path


def read_text(path: Path) -> str:
    """A file's UTF-8 text; a pipe or a device, which might never end, is not opened.

    Raises:
        OSError: it cannot be read, or is no regular file.
        ValueError: it is not UTF-8.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    return path.read_text(encoding="utf-8")
