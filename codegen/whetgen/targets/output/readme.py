"""What ``README.md`` of a generated folder says of its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

COMMON = {
    "model.json": "the integer graph, readable; its numbers are in `model.npz`",
    "model.npz": "weights and thresholds of the graph",
    "whetgen.json": "all facts and options, the sha256 of every file; for scripts",
}


def file_rows(paths: Iterable[str], meanings: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """A row for each file, or for all that one pattern means: what to print for it, and what it is.

    ``meanings``: by pattern of ``fnmatch``; the first that fits a path has it, patterns of no file are left out.
    What every folder has comes last.

    Raises:
        ValueError: a path that no pattern means.
    """
    meanings = {**meanings, **COMMON}
    found: dict[str, list[str]] = {pattern: [] for pattern in meanings}
    for path in sorted({*paths, *COMMON}):
        fitting = [pattern for pattern in meanings if fnmatchcase(path, pattern)]
        if not fitting:
            raise ValueError(f"README.md does not say what {path} is")
        found[fitting[0]].append(path)
    return tuple(
        (having[0] if len(having) == 1 else pattern, meanings[pattern]) for pattern, having in found.items() if having
    )
