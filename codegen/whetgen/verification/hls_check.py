"""The check of a generated HLS folder: frames through its C++ testbench, some of them with exact types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from whetgen.ir import Graph
from whetgen.reference import run
from whetgen.verification.frames import Frames
from whetgen.verification.hls_runner import run_hls
from whetgen.verification.runners import Found, Progress, Runner

EXACT_TYPE_VECTORS = 32


def check(folder: Path, manifest: dict[str, Any], graph: Graph, frames: Frames, progress: Progress) -> Found:
    """Outputs, and that malformed frames are dropped."""
    few = frames.codes[:EXACT_TYPE_VECTORS]
    progress("compile the C++ and send the frames through its testbench")
    result = run_hls(folder, manifest, graph, frames.codes, run(graph, frames.codes))
    progress("run the C++ with the exact types of the hardware")
    exact = run_hls(folder, manifest, graph, few, run(graph, few), flags="-O0 -DWG_EXACT_TYPES")
    found = (
        []
        if np.array_equal(exact.outputs, result.outputs[: len(few)])
        else ["the C++ computes something else with exact types"]
    )
    wrong = result.malformed - result.dropped + exact.malformed - exact.dropped
    found += [f"malformed frames that were not dropped: {wrong}"] if wrong else []
    return result.outputs, {"malformed_frames_dropped": result.dropped + exact.dropped}, found


RUNNER = Runner(check, check)
