"""FINN's topologies with random weights of one bit, beside the board builds of BNN-PYNQ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whetgen import api
from whetgen.ir import Graph
from whetgen.synth.run import Synthesis, synthesise
from whetgen.targets.registry import Options


@dataclass(frozen=True, kw_only=True)
class BoardBuild:
    """What BNN-PYNQ reports for a whole design with the processor's shell on an xc7z020 (Vivado 2018.2): the README of its network.
    ``bram18``: a RAMB36 counts as two."""

    luts: int
    bram18: int


@dataclass(frozen=True)
class Topology:
    """``network``: with weights drawn from a seed."""

    name: str
    network: Callable[[], Graph]
    options: Options
    board: BoardBuild


def measure(
    topology: Topology, out: Path, device: str | None, progress: Callable[[str], None]
) -> tuple[dict[str, Any], Synthesis | None]:
    """The folder's manifest and, with ``device``, its synthesis.

    Raises:
        BadInput: ``out`` holds something else, or a device or tool is not there.
    """
    progress("generate")
    made = api.generate(topology.network(), "verilog", out, topology.options)
    return made.manifest, synthesise(out, device, progress=progress) if device else None
