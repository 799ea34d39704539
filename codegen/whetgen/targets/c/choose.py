"""One candidate a layer: the fastest choice that fits the flash and the RAM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from whetgen.errors import BadInput
from whetgen.targets.c.kernels import Candidate
from whetgen.targets.c.mcus import Mcu
from whetgen.wording import counted

Candidates = tuple[Candidate, ...]
_WIDEST = 400


@dataclass(frozen=True)
class Limits:
    """Bytes, or None: no limit. ``board``: whose flash it is, where the user gave none."""

    flash: int | None = None
    ram: int | None = None
    board: str = ""

    def on(self, mcu: Mcu) -> Limits:
        """With the flash of the processor's board where none is given."""
        return self if self.flash is not None else Limits(mcu.board.flash_bytes, self.ram, mcu.board.name)


@dataclass(frozen=True)
class Need:
    """Bytes that a whole choice takes."""

    flash: int
    ram: int


@dataclass(frozen=True)
class _Partial:
    cycles: float
    flash: int
    ram: int
    picks: tuple[Candidate, ...]


def choose(
    groups: list[Candidates], limits: Limits, measure: Callable[[tuple[Candidate, ...]], Need]
) -> tuple[Candidate, ...]:
    """``measure`` gives flash and RAM of a whole choice, which layers share in part.

    Raises:
        BadInput: nothing fits; the message gives the smallest need.
    """
    front = [_Partial(0.0, 0, 0, ())]
    for group in groups:
        front = _pareto([_with(partial, pick) for partial in front for pick in group])
    needs = []
    for partial in front:
        need = measure(partial.picks)
        if _within(need.flash, limits.flash) and _within(need.ram, limits.ram):
            return partial.picks
        needs.append(need)
    raise BadInput(_refusal(limits, Need(min(need.flash for need in needs), min(need.ram for need in needs))))


def _with(partial: _Partial, pick: Candidate) -> _Partial:
    flash, ram = partial.flash + pick.array_bytes, max(partial.ram, pick.scratch_bytes)
    return _Partial(partial.cycles + pick.cycles, flash, ram, (*partial.picks, pick))


def _pareto(partials: list[_Partial]) -> list[_Partial]:
    """Fastest first; none that another one beats in cycles, flash and RAM."""
    kept: list[_Partial] = []
    for partial in sorted(partials, key=lambda p: (p.cycles, p.flash, p.ram)):
        if not any(k.flash <= partial.flash and k.ram <= partial.ram for k in kept):
            kept.append(partial)
    return kept if len(kept) <= _WIDEST else [*kept[:: -(-len(kept) // _WIDEST)], kept[-1]]


def _within(need: int, limit: int | None) -> bool:
    return limit is None or need <= limit


def _refusal(limits: Limits, need: Need) -> str:
    """Which limit is too low, the least that is needed, and what helps."""
    flash, ram = not _within(need.flash, limits.flash), not _within(need.ram, limits.ram)
    asked = [_flash_limit(limits)] if flash or not ram else []
    asked += [f"--max-ram {limits.ram}"] if ram or not flash else []
    needs = [f"{counted(need.flash, 'byte')} of flash"] if flash or not ram else []
    needs += [f"{counted(need.ram, 'byte')} of RAM"] if ram or not flash else []
    remedy = "raise the limit" + (", or narrow the weights with --weight-bits" if flash or not ram else "")
    together = " (not both by the same choice)" if not (flash or ram) else ""
    return f"{', '.join(asked)}: no choice of kernels fits; about {' and '.join(needs)} are needed at least{together}; {remedy}"


def _flash_limit(limits: Limits) -> str:
    if limits.board and limits.flash is not None:
        return f"{limits.board} has {counted(limits.flash, 'byte')} of flash (--max-flash tells another size)"
    return f"--max-flash {limits.flash}"
