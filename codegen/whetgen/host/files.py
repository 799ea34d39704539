"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whetgen.host.scratch import scratch_folder


@contextmanager
def place_for(out: Path) -> Iterator[Path]:
    """A scratch folder beside ``out``, on the same file system; parents are made."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with scratch_folder(out.parent, f".{out.name[:40]}.") as scratch:
        yield scratch


@contextmanager
def whole_file(out: str | Path) -> Iterator[Path]:
    """A path to write to, of the same name; at the end of the block it becomes ``out``, after an error nothing does.

    Its mode follows the umask. A link is written through.

    Raises:
        OSError: the place cannot be written to; where the system says why, the error names ``out``.
    """
    target = Path(os.path.realpath(out))
    try:
        with place_for(target) as scratch:
            yield scratch / target.name
            (scratch / target.name).replace(target)
    except OSError as error:
        if error.errno is not None:
            error.filename = str(out)
        raise
