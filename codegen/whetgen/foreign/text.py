"""Text files that others may have written."""

from __future__ import annotations

import errno
from pathlib import Path

LARGEST = 1 << 26
"""Bytes; what whetgen writes itself is a thousandth of it."""


def read_text(path: Path) -> str:
    """A file's UTF-8 text; a pipe or a device, which might never end, is not opened.

    Raises:
        OSError: it cannot be read, is no regular file, or too large.
        ValueError: it is not UTF-8.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "is no regular file", str(path))
    if path.stat().st_size > LARGEST:
        raise OSError(errno.EFBIG, f"larger than {LARGEST >> 20} MiB", str(path))
    return path.read_text(encoding="utf-8")
