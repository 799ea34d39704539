"""``whetgen verify --faults``: the whole study of a folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir import load_graph
from whetgen.targets.output.folder import read_manifest
from whetgen.verification.faults.curve import Point, curve
from whetgen.verification.faults.fates import Fates, Matched
from whetgen.verification.faults.singles import Single, Tried, single_flips
from whetgen.verification.faults.yardstick import Unflipped
from whetgen.verification.frames import Frames, default_frames
from whetgen.verification.runners import Progress, shares

FRAMES = 1000  # where the user names no number
_TENSOR_BYTES = 1 << 29  # of all tensors of all frames
_REAL = {"c": "c_share", "verilog": "rtl_share"}  # modules that flip bits of what runs


@dataclass(frozen=True, kw_only=True)
class FaultStudy:
    """``right``: share of right frames without a flip; ``labelled``: right by labels, else by the unflipped network.

    ``curve``: by kind and number of flips; ``tried`` and ``worst``: single flips, by array and one by one; ``matched``: flips
    of the reference that were made in the real files, too; ``fates``: of other bits of the real files and their state.
    """

    seed: int
    frames: int
    labelled: bool
    right: float
    curve: tuple[Point, ...]
    tried: tuple[Tried, ...]
    worst: tuple[Single, ...]
    matched: Matched | None
    fates: tuple[Fates, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def study_faults(
    folder: Path,
    flips: int,
    seed: int = 0,
    frames: Frames | None = None,
    count: int | None = None,
    step: Progress | None = None,
) -> FaultStudy:
    """Flip up to ``flips`` bits at once, in the reference and, for a share, in what stands in the folder.

    ``frames``: labelled or not; by default random codes. At most ``count`` or ``FRAMES``, and as many as memory holds.

    Raises:
        BadInput: not a folder of ours, or no flip is asked for.
        CouldNotRun: a needed tool is missing, or stops.
    """
    if flips < 1:
        raise BadInput(f"--faults {flips}: at least 1")
    tell = step or (lambda *_: None)
    manifest, graph = read_manifest(folder), load_graph(folder)
    most = min(count or FRAMES, max(_TENSOR_BYTES // (8 * sum(map(graph.size, graph.shapes))), 1))
    few = (frames or default_frames(graph, most)).first(most)
    tell("faults: run the network")
    trace = Unflipped.of(graph, few)
    tried, worst = single_flips(trace, np.random.default_rng([seed, 0]), shares(tell, "faults: each bit alone"))
    points = curve(graph, few.codes, trace.yardstick, flips, seed, shares(tell, "faults: many bits at once"))
    matched, fates, more = None, (), ()
    if manifest["target"] in _REAL:
        share = import_module(f"{__package__}.{_REAL[manifest['target']]}").real_share
        matched, fates, more = share(folder, manifest, graph, few, trace.yardstick, flips, seed, tell)
    return FaultStudy(
        seed=seed,
        frames=len(few.codes),
        labelled=trace.yardstick.labelled,
        right=float(trace.right.mean()),
        curve=(*points, *more),
        tried=tried,
        worst=worst,
        matched=matched,
        fates=fates,
    )
