"""The mark of a file that stands alone, by which whetgen knows it as its own and as unchanged.

A seal is the sha256 of the file's own bytes, with zeros where its digits stand.
"""

from __future__ import annotations

import hashlib
import re

_MARK = b"whetgen sha256 "
_SEAL = re.compile(re.escape(_MARK) + rb"[0-9a-f]{64}")
BLANK = f"{_MARK.decode()}{'0' * 64}"
"""Stands in a file until ``sealed`` writes the hash over it."""


def sealed(data: bytes) -> bytes:
    """The contents of a file, which hold ``BLANK`` once, with their hash in it."""
    return data.replace(BLANK.encode(), _MARK + hashlib.sha256(data).hexdigest().encode())


def is_unchanged(data: bytes) -> bool:
    """Whether ``sealed`` made this."""
    return _SEAL.search(data) is not None and sealed(_SEAL.sub(BLANK.encode(), data)) == data
