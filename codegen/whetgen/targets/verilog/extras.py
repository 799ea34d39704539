"""What stands beside the network: a board's tops, registers on a bus, the packaged IP."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from whetgen.ir import Graph, graph_sha256
from whetgen.targets.streams.packing import pack_frames
from whetgen.targets.streams.vectors import stream_outputs
from whetgen.targets.verilog.board import FpgaBoard, board_bus_bits, find_fpga_board, plan_board, render_board
from whetgen.targets.verilog.control import check_control, plan_control, render_control
from whetgen.targets.verilog.ipxact import render_ip
from whetgen.targets.verilog.options import VerilogOptions
from whetgen.targets.verilog.plan import VerilogPlan


@dataclass(frozen=True)
class Extras:
    """Options, checked. ``bus_bits``: of the network that they ask for."""

    board: FpgaBoard | None
    control: str | None
    bus_bits: int | str | None


def choose_extras(board: str | None, control: str | None, options: VerilogOptions) -> Extras:
    """Check ``--board`` and ``--control``.

    Raises:
        BadInput: no such board or control, or a bus that the board cannot serve.
    """
    if control is not None:
        check_control(control)
    if board is None:
        return Extras(None, control, options.bus_bits)
    return Extras(find_fpga_board(board), control, board_bus_bits(options.bus_bits))


def render_extras(
    plan: VerilogPlan,
    extras: Extras,
    graph: Graph,
    codes: np.ndarray,
    outputs: np.ndarray | dict[str, np.ndarray],
    paths: list[str],
) -> dict[str, str]:
    """Text of the files by their paths. ``codes``, ``outputs``: frames to store; ``paths``: of the network's own files."""
    files, made = {}, version("whetgen")
    control = plan_control(plan, made, graph_sha256(graph)) if extras.control else None
    if control:
        files |= render_control(plan, control)
    if extras.board:
        sent = stream_outputs(graph, plan.output, outputs)
        frames, answers = pack_frames(plan.input, codes), pack_frames(plan.output, sent)
        files |= render_board(plan, plan_board(plan, extras.board, frames, answers))
    return files | render_ip(plan, control, made, [*paths, *files])
