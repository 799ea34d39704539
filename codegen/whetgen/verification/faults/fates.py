"""What became of runs of the real files in which bits were flipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Fate = Literal["told", "crashed", "hung", "lasting", "changed", "masked"]


@dataclass(frozen=True, kw_only=True)
class Fates:
    """Runs with one flipped bit of ``what`` each.

    ``told``: an error flag or a check told of it; ``crashed``: the program was stopped; ``hung``: results are missing, or not framed
    as they should be;
    ``lasting``: results differ, also of frames that came in later; ``changed``: results of the frames in the network differ;
    ``masked``: none does. The first of them that holds.
    """

    what: str
    tried: int
    told: int
    crashed: int
    hung: int
    lasting: int
    changed: int
    masked: int


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Flips of the reference made in the real files.

    ``stored_bits``: how many bits of the files they were in all. ``equal``: of the tried, those whose every result was that of the flipped
    reference. ``moved``: further flips, which would need wider words than the files have.
    """

    tried: int
    equal: int
    moved: int
    stored_bits: int
    frames: int


def count_fates(what: str, fates: Iterable[Fate]) -> Fates:
    counts = Counter(fates)
    return Fates(
        what=what,
        tried=counts.total(),
        told=counts["told"],
        crashed=counts["crashed"],
        hung=counts["hung"],
        lasting=counts["lasting"],
        changed=counts["changed"],
        masked=counts["masked"],
    )


def fate_of(ended: str, told: bool, outputs: np.ndarray, wanted: np.ndarray, last: int) -> Fate:
    """``ended``: "ran", "crashed" or "hung"; ``last``: the last frame that was in the network, or had come, when the bit flipped."""
    if told:
        return "told"
    if ended == "crashed":
        return "crashed"
    if ended == "hung" or len(outputs) < len(wanted):
        return "hung"
    differ = np.flatnonzero(np.any(outputs != wanted, axis=1))
    if not len(differ):
        return "masked"
    return "lasting" if differ[-1] > last else "changed"
