"""What every target delivers, and the options that choose its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import numpy as np

from whetgen.backends.hardware.vectors import vectors
from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.reference import run


@dataclass(frozen=True)
class Options:
    """Options of ``generate``; None for the default.

    ``bus_bits``, ``output``: Verilog and HLS. ``architecture``: Verilog. ``hls_tool``: HLS.
    ``vectors``: test frames stored in the folder.
    """

    name: str = "network"
    bus_bits: str | None = None
    output: str | None = None
    architecture: str | None = None
    hls_tool: str | None = None
    vectors: int = 32


@dataclass(frozen=True)
class Rendered:
    """Files (relative path -> text) and facts of a generated target."""

    files: dict[str, str]
    output_kind: str
    output_length: int
    resources: dict
    latency_cycles: int | None = None
    interval_cycles: int | None = None
    details: dict = field(default_factory=dict)


def _c(graph: Graph, options: Options, codes: np.ndarray) -> Rendered:
    from whetgen.backends import c

    output = None if options.output == "class" else options.output
    _refuse("c", bus_bits=options.bus_bits, output=output, architecture=options.architecture, hls_tool=options.hls_tool)
    plan = c.plan(graph, options.name)
    resources = {"flash_table_bytes": plan.flash_table_bytes, "arena_bytes": plan.arena_bytes}
    return Rendered(c.render(plan), plan.output_kind, plan.output_len, resources)


def _verilog(graph: Graph, options: Options, codes: np.ndarray) -> Rendered:
    from whetgen.backends import verilog

    _refuse("verilog", hls_tool=options.hls_tool)
    chosen = verilog.VerilogOptions(
        bus_bits=_bus_bits(options.bus_bits), output=options.output, architecture=options.architecture or "auto"
    )
    plan = verilog.plan(graph, options.name, chosen)
    files = verilog.render(plan)
    files["sim/vectors.txt"] = vectors(plan.input, plan.output, codes, run(graph, codes))
    details = {
        "architecture": plan.architecture,
        "cycles": [asdict(row) for row in plan.cycles],
        "stream": plan.stream_manifest(),
    }
    return Rendered(
        files,
        plan.output.kind,
        plan.output.count,
        plan.resources,
        plan.latency_cycles,
        plan.initiation_interval_cycles,
        details,
    )


def _hls(graph: Graph, options: Options, codes: np.ndarray) -> Rendered:
    from whetgen.backends import hls

    _refuse("hls", architecture=options.architecture)
    chosen = hls.HlsOptions(
        bus_bits=_bus_bits(options.bus_bits), output=options.output, tool=options.hls_tool or "vitis"
    )
    plan = hls.plan(graph, options.name, chosen)
    files = hls.render(plan)
    files["tb/vectors.txt"] = vectors(plan.input, plan.output, codes, run(graph, codes))
    return Rendered(files, plan.output.kind, plan.output.count, plan.resources, details=plan.manifest())


def _bus_bits(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isdecimal() else text


_FLAGS = {
    "bus_bits": "--bus-bits",
    "output": "--output",
    "architecture": "--architecture",
    "hls_tool": "--hls-tool",
}


def _refuse(target: str, **unused: str | None) -> None:
    """A line about the first option that is given but means nothing to the target."""
    for option, value in unused.items():
        if value is not None:
            raise BadInput(f"{_FLAGS[option]} {value}: --target {target} has no such option; leave it out")


TARGETS: dict[str, Callable[[Graph, Options, np.ndarray], Rendered]] = {"verilog": _verilog, "hls": _hls, "c": _c}
