"""The Verilog target as ``whetgen generate`` uses it: ``plan`` decides, ``render`` writes."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from whetgen.ir import Graph
from whetgen.reference import run
from whetgen.targets.base import Rendered
from whetgen.targets.streams.vectors import vectors
from whetgen.targets.verilog.board import find_fpga_board
from whetgen.targets.verilog.extras import render_extras
from whetgen.targets.verilog.options import UNROLLED_LUTS, VerilogOptions
from whetgen.targets.verilog.plan import plan
from whetgen.targets.verilog.readme import render_readme
from whetgen.targets.verilog.render import render
from whetgen.targets.verilog.wrappers import check_wrapper, render_wrapper

__all__ = ["VerilogOptions", "plan", "render", "rendered"]


def rendered(graph: Graph, options: VerilogOptions, codes: np.ndarray, typical: np.ndarray | None = None) -> Rendered:
    """See ``Target.rendered``."""
    board = find_fpga_board(options.board) if options.board else None
    options = options.on_board()
    check_wrapper(options.wrapper, options.name)
    made = plan(graph, options.name, options, min(UNROLLED_LUTS, board.unrolled_luts) if board else UNROLLED_LUTS)
    files = render(made)
    outputs = run(graph, codes)
    files["sim/vectors.txt"] = vectors(graph, made.input, made.output, codes, outputs)
    files |= render_extras(made, board, options.control, graph, codes, outputs, list(files))
    files |= render_wrapper(made, options.wrapper)
    files |= render_readme(made, files)
    details = {
        "architecture": made.architecture,
        "clock_mhz": made.clock_mhz,
        "cycles": [asdict(row) for row in made.cycles],
        "logic": [asdict(choice) for choice in made.choices],
        "stream": made.stream_manifest(),
    }
    return Rendered(
        files=files,
        output_kind=made.output.kind,
        output_length=made.output.count,
        resources=made.resources,
        latency_cycles=made.latency_cycles,
        interval_cycles=made.initiation_interval_cycles,
        details=details,
    )
