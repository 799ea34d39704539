"""What every target delivers, and the options that choose its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.reference import run


@dataclass(frozen=True)
class Options:
    """Options of ``generate``. ``bus_bits``, ``output``, ``architecture``: Verilog only, None for the default.
    ``mcu``, ``max_flash``, ``max_ram``, ``single_header``, ``constant_time``: C only.

    ``vectors``: test frames stored in the folder.
    """

    name: str = "network"
    bus_bits: str | None = None
    output: str | None = None
    architecture: str = "auto"
    vectors: int = 32
    mcu: str | None = None
    max_flash: int | None = None
    max_ram: int | None = None
    single_header: bool = False
    constant_time: bool = False


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


def _c(graph: Graph, options: Options, codes: np.ndarray, typical: np.ndarray | None = None) -> Rendered:
    from whetgen.backends import c

    _refuse_stream_options(options)
    limits = c.Limits(options.max_flash, options.max_ram)
    plan = c.plan(graph, options.name, c.COptions(options.mcu or "generic", options.single_header, options.constant_time, limits), typical)
    resources = {
        "flash_table_bytes": plan.flash_table_bytes,
        "flash_code_bytes_estimated": plan.code_bytes,
        "arena_bytes": plan.arena_bytes,
        "cycles_estimated": sum(choice.cycles for choice in plan.choices),
    }
    calls = [
        {"title": c.title, "function": c.function, "table_bytes": sum(t.bytes for t in c.tables)} for c in plan.layers
    ]
    details = {"mcu": plan.mcu, "kernels": [asdict(choice) for choice in plan.choices], "calls": calls}
    return Rendered(c.render(plan), plan.output_kind, plan.output_len, resources, details=details)


def _verilog(graph: Graph, options: Options, codes: np.ndarray, typical: np.ndarray | None = None) -> Rendered:
    from whetgen.backends import verilog

    if options.mcu or options.max_flash or options.max_ram or options.single_header or options.constant_time:
        raise BadInput("--mcu, --max-flash, --max-ram, --single-header and --constant-time are options of --target c")
    chosen = verilog.VerilogOptions(
        bus_bits=_bus_bits(options.bus_bits), output=options.output, architecture=options.architecture
    )
    plan = verilog.plan(graph, options.name, chosen)
    files = verilog.render(plan)
    files["sim/vectors.txt"] = verilog.vectors(plan, codes, run(graph, codes))
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


def _bus_bits(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isdecimal() else text


def _refuse_stream_options(options: Options) -> None:
    if options.bus_bits is not None or options.architecture != "auto" or options.output not in (None, "class"):
        raise BadInput("--bus-bits, --architecture and --output are options of --target verilog")


# Each takes the graph, the options, the frames to store, and frames of real data where there are any.
TARGETS: dict[str, Callable[..., Rendered]] = {"verilog": _verilog, "c": _c}
