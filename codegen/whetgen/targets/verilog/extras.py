"""What stands beside the network: a board's tops, registers on a bus, the packaged IP."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from whetgen.ir import Graph, graph_sha256
from whetgen.targets.streams.packing import pack_frames
from whetgen.targets.streams.vectors import stream_outputs
from whetgen.targets.verilog.board import FpgaBoard, plan_board, render_board
from whetgen.targets.verilog.control import plan_control, render_control
from whetgen.targets.verilog.ipxact import render_ip
from whetgen.targets.verilog.plan import VerilogPlan


def render_extras(
    plan: VerilogPlan,
    board: FpgaBoard | None,
    control: str | None,
    graph: Graph,
    codes: np.ndarray,
    outputs: np.ndarray | dict[str, np.ndarray],
    paths: list[str],
) -> dict[str, str]:
    """Text of the files by their paths. ``control``: as ``--control``; ``codes``, ``outputs``: frames to store; ``paths``: of the network's own files."""
    files: dict[str, str] = {}
    made = version("whetgen")
    registers = plan_control(plan, made, graph_sha256(graph)) if control else None
    if registers:
        files |= render_control(plan, registers)
    if board:
        sent = stream_outputs(graph, plan.output, outputs)
        frames, answers = pack_frames(plan.input, codes), pack_frames(plan.output, sent)
        files |= render_board(plan, plan_board(plan, board, frames, answers), paths)
    return files | render_ip(plan, registers, made, [*paths, *files])
