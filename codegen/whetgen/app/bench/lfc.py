"""FINN's largest fully connected topology, 784-1024-1024-1024-10, with weights of one bit, in 512 cycles an image."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from whetgen import api
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Node, Threshold
from whetgen.synth.run import Synthesis, synthesise
from whetgen.targets.registry import Options

WIDTHS = (784, 1024, 1024, 1024)
CLASSES = 10
FOLDING = {"fc1": (16, 112), "fc2": (16, 128), "fc3": (16, 128), "head": (10, 2)}
# What BNN-PYNQ's lfcW1A1 reports for its whole board design on an xc7z020 (Vivado 2018.2): its README.
BNN_PYNQ_LUTS = 28_360


def network(seed: int = 0) -> Graph:
    """Random weights of -1 and 1 and thresholds near the middle; binary input codes."""
    rng = np.random.default_rng(seed)
    nodes: list[Node] = [Input("image", (WIDTHS[0],), ELEMENT_TYPES["bit"])]
    for number, (inputs, neurons) in enumerate(pairwise(WIDTHS), 1):
        weights = rng.integers(0, 2, (inputs, neurons)) * 2 - 1
        nodes.append(Dense(f"fc{number}", nodes[-1].name, weights, np.zeros(neurons, dtype=np.int64)))
        nodes.append(Threshold(f"fire{number}", f"fc{number}", rng.integers(-8, 9, neurons)))
    weights = rng.integers(0, 2, (WIDTHS[-1], CLASSES)) * 2 - 1
    nodes.append(Dense("head", nodes[-1].name, weights, np.zeros(CLASSES, dtype=np.int64)))
    return validate(Graph(tuple(nodes), (Output("out", "head", "scores", classifier=True),)))


def measure(out: Path, device: str | None, progress: Callable[[str], None]) -> tuple[dict[str, Any], Synthesis | None]:
    """The folder's manifest and, with ``device``, its synthesis.

    Raises:
        BadInput: ``out`` holds something else, or a device or tool is not there.
    """
    progress("generate")
    options = Options("lfc", architecture="folded", folding=FOLDING)
    made = api.generate(network(), "verilog", out, options)
    return made.manifest, synthesise(out, device, progress=progress) if device else None
