"""What ``whetgen verify --faults`` tells of a study."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from whetgen.wording import counted

if TYPE_CHECKING:
    from whetgen.verification.faults.curve import Point
    from whetgen.verification.faults.fates import Fates, Matched
    from whetgen.verification.faults.singles import Single, Tried
    from whetgen.verification.faults.study import FaultStudy
    from whetgen.verification.runners import Progress


def study_and_record(
    folder: Path, flips: int, seed: int, data: Path | None, count: int | None, step: Progress
) -> FaultStudy:
    """The study, which then stands in the folder's ``whetgen.json``, for its report."""
    from whetgen.ir import load_graph
    from whetgen.targets.output.folder import record
    from whetgen.verification.faults.study import FRAMES, study_faults
    from whetgen.verification.frames import load_frames

    frames = load_frames(data, load_graph(folder), count or FRAMES) if data else None
    study = study_faults(folder, flips, seed, frames, count, step)
    record(folder, "faults", study.as_dict())
    return study


def study_lines(study: FaultStudy) -> list[object]:
    """Text and tables."""
    by = "labels" if study.labelled else "the unflipped network"
    right = f"faults: {study.right:.2%} of {counted(study.frames, 'frame')} right without a flip, by {by}; seed {study.seed}"
    return [right, _curve(study.curve), _tried(study.tried), _worst(study.worst), *_real(study.matched, study.fates)]


def failed_matches(study: FaultStudy) -> list[str]:
    """A line where the real files did something else than the flipped reference."""
    found = study.matched
    if found is None or found.equal == found.tried:
        return []
    return [f"FAILED: {found.tried - found.equal} of {found.tried} flips give other results than the flipped reference"]


def _curve(points: tuple[Point, ...]) -> Table:
    table = Table("flipped bits of", "flips", "right: mean", "lowest", "highest", "draws")
    for point in points:
        shares = (f"{share:.2%}" for share in (point.mean, point.lowest, point.highest))
        table.add_row(point.kind, f"{point.flips:,}", *shares, str(point.draws))
    return table


def _tried(tried: tuple[Tried, ...]) -> Table:
    table = Table(
        "each bit alone", "layer", "bits", "tried", "harmless", "mean loss", "worst loss", "others worse, at most"
    )
    for row in tried:
        numbers = f"{row.bits:,}", f"{row.tried:,}", f"{row.harmless / row.tried:.2%}"
        table.add_row(row.kind, row.layer, *numbers, f"{row.mean:.4%}", f"{row.worst:.2%}", f"{row.beyond:.1%}")
    return table


def _worst(worst: tuple[Single, ...]) -> Table:
    table = Table("most harmful", "layer", "number", "bit", "from", "to", "loss")
    for single in worst:
        values = ("" if value is None else f"{value:,}" for value in (single.before, single.after))
        place = ", ".join(map(str, single.place))
        table.add_row(single.kind, single.layer, place, str(single.bit), *values, f"{single.loss:.2%}")
    return table


def _real(matched: Matched | None, fates: tuple[Fates, ...]) -> Iterator[object]:
    if matched is not None:
        moved = f"; {matched.moved} more would need wider words" if matched.moved else ""
        yield (
            f"{matched.equal} of {counted(matched.tried, 'flip')} made in the real files give bit for bit what the flipped "
            f"reference gives ({counted(matched.stored_bits, 'stored bit')}, {counted(matched.frames, 'frame')} each){moved}"
        )
    if fates:
        table = Table("one real bit of", "tried", "told", "crashed", "hung", "lasting", "changed", "masked")
        for row in fates:
            numbers = (row.tried, row.told, row.crashed, row.hung, row.lasting, row.changed, row.masked)
            table.add_row(row.what, *(f"{number:,}" for number in numbers))
        yield table
