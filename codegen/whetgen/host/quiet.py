"""Silence for libraries that write to the terminal on their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silent_errors() -> Iterator[None]:
    """Within the block, discard what C libraries write to file descriptor 2.

    Python's own ``sys.stderr`` writes there as well, so that nothing of it is seen either. A process that was started
    before keeps its own.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
