"""How numbers, and words that nobody knows, are told to people: in messages, tables and generated text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from whetgen.errors import BadInput


def counted(count: int, noun: str) -> str:
    """``1 cycle``, ``10,177 cycles``, ``2 mismatches``; ``noun``: the singular."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"


def every(count: int, noun: str) -> str:
    """``every cycle``, ``every 1,024 cycles``."""
    return f"every {noun}" if count == 1 else f"every {counted(count, noun)}"


def listed(noun: str, numbers: Iterable[int]) -> str:
    """``neuron 3``, ``neurons 4, 5, 8 to 11``; ``numbers``: rising, one at least."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    one = len(runs) == 1 and len(runs[0]) == 1
    told = (
        f"{run[0]}{', ' if run[-1] - run[0] == 1 else ' to '}{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs
    )
    return f"{noun if one else plural(noun)} {', '.join(told)}"


def plural(noun: str) -> str:
    """Of a noun that takes -s or -es."""
    return noun + ("es" if noun.endswith(("s", "ch", "x")) else "s")


def bare(count: int, noun: str) -> str:
    """``counted`` without separators, for generated sources, where numbers are searched for."""
    return f"{count} {noun if count == 1 else plural(noun)}"


def number(value: object) -> str:
    """As people write it: thousands apart, no more than three digits behind the point and no empty ones."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def duration(nanoseconds: float) -> str:
    """``640 ns``, ``46.98 us``, ``1.203 ms``, ``2.5 s``: four digits that count, and the unit that suits them."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.4g} {unit}"
    return f"{nanoseconds:.4g} ns"


def facts(values: Mapping[str, object], units: Mapping[str, str] | None = None) -> list[str]:
    """A phrase for each fact that is known: ``{"ram_left_bytes": 12, "x": None}`` gives ``ram left 12 bytes``.

    ``units``: singular, by the names of the facts that do not end in theirs.
    """
    return [_fact(name, value, (units or {}).get(name)) for name, value in values.items() if value is not None]


def unknown(what: str, given: str, known: Iterable[str], more: str = "") -> BadInput:
    """What to raise where ``given`` is none of the ``known``; ``what``: the option or the kind of name."""
    known = tuple(known)
    return BadInput(f"{what} {given}: {meant(given, known)}choose one of {', '.join(known)}{more}")


def meant(given: str, known: Iterable[str]) -> str:
    """``did you mean NAME? `` where one of the ``known`` is alike, else nothing."""
    near = get_close_matches(given, tuple(known), 1)
    return f"did you mean {near[0]}? " if near else ""


_UNITS = ("bytes", "cycles", "bits")


def _fact(name: str, value: object, unit: str | None) -> str:
    *words, last = name.split("_")
    if unit is None and last in _UNITS and isinstance(value, int):
        return f"{' '.join(words)} {counted(value, last.removesuffix('s'))}"
    told = counted(value, unit) if unit is not None and isinstance(value, int) else number(value)
    return f"{name.replace('_', ' ')} {told}"
