"""The check of a generated C folder: frames through the compiled C, some of them with sanitizers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from whetgen.ir import Graph
from whetgen.reference import classify
from whetgen.verification.c_runner import run_c
from whetgen.verification.frames import Frames
from whetgen.verification.runners import Found, Progress, Runner

SANITIZED_VECTORS = 32


def check(folder: Path, manifest: dict[str, Any], graph: Graph, frames: Frames, progress: Progress) -> Found:
    """Outputs, and the class that ``predict`` tells."""
    few = frames.codes[:SANITIZED_VECTORS]
    progress("compile and run the C")
    ran = run_c(folder, manifest["name"], graph, frames.codes)
    progress("run the C with sanitizers")
    same = np.array_equal(run_c(folder, manifest["name"], graph, few, sanitize=True).outputs, ran.outputs[: len(few)])
    found = [] if same else ["the C computes something else under the sanitizers"]
    wrong = int(np.sum(ran.classes != classify(graph.outputs[0], ran.outputs[: len(ran.classes)])))
    found += [f"predict tells another class than the outputs of {wrong} frames"] if wrong else []
    return ran.outputs, {}, found


RUNNER = Runner(check, check)
