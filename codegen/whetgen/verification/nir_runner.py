"""An exported NIR graph over frames of codes, by the definitions of its nodes in float64, which holds its integers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from whetgen.foreign.nir_files import open_nir
from whetgen.foreign.nir_math import computed
from whetgen.ir import Graph
from whetgen.verification.frames import Frames
from whetgen.verification.runners import Progress, Ran, Runner


def _check(folder: Path, manifest: dict[str, Any], graph: Graph, frames: Frames, progress: Progress) -> Ran:
    progress("run the NIR graph")
    return Ran(run_nir(folder / f"{manifest['name']}.nir", graph, frames.codes))


RUNNER = Runner(check=_check, outputs=_check)


def run_nir(path: Path, graph: Graph, codes: np.ndarray) -> np.ndarray:
    """Outputs (frames, elements) as the reference has them, channels last."""
    from whetgen.targets.nir.export import output_nodes  # nir is an extra

    file = open_nir(path)
    values = computed(file, np.moveaxis(codes, -1, 1).astype(np.float64))
    heads = [values[name] for name in output_nodes(graph)]
    return np.concatenate([np.moveaxis(head, 1, -1).reshape(len(codes), -1) for head in heads], axis=1).astype(np.int64)
