"""How the folder of a target runs. Each target has a module here, ``<target>_runner``, whose ``RUNNER`` says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.ir import Graph
from whetgen.verification.frames import Frames

BUDGET_SECONDS = 20  # of a simulation, where the user says nothing
Progress = Callable[..., None]  # what begins now, and optionally what tells the share of it that is done


@dataclass(frozen=True)
class Ran:
    """What a target did. ``outputs``: (frames, elements); ``measured``: cycles and counts; ``failures``: a line each."""

    outputs: np.ndarray
    measured: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


Run = Callable[[Path, dict[str, Any], Graph, Frames, Progress], Ran]  # of a folder, by its manifest and its graph


def _all(manifest: dict[str, Any]) -> None:
    """Every target that is quick enough."""


@dataclass(frozen=True)
class Runner:
    """``check``: every check that the target has. ``outputs``: without those that are costly and stand beside the outputs.

    ``most_frames``: by the manifest, as many as run in a reasonable time; None for any number.
    """

    check: Run
    outputs: Run
    most_frames: Callable[[dict[str, Any]], int | None] = _all


def find_runner(target: str) -> Runner:
    """Of a target of the registry."""
    runner: Runner = import_module(f"{__package__}.{target}_runner").RUNNER
    return runner


def shares(tell: Progress, text: str) -> Callable[[float], None]:
    """Names a step; what comes back is told the share of it that is done."""
    share = [0.0]
    tell(text, lambda: share[0])
    return lambda done: share.__setitem__(0, done)
