"""Which files of a library a generated folder takes along."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def with_needed(wanted: Iterable[str], needs: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """The ``wanted`` files, those that they need, those that these need and so on; ``needs`` tells of one file."""
    waiting, found = list(wanted), set[str]()
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += needs(file)
    return tuple(sorted(found))
