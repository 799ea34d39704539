"""What every target delivers, and the options that choose its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

import numpy as np

from whetgen.checked import check_types
from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.reference import run
from whetgen.targets.output.identifiers import check_name
from whetgen.targets.output.kinds import KINDS
from whetgen.targets.streams.streams import check_bus
from whetgen.targets.streams.vectors import vectors
from whetgen.wording import unknown

DEFAULT_CLOCK_MHZ = 100.0


@dataclass(frozen=True)
class Options:
    """Options of ``generate``; None for the default.

    ``output``: class, scores, spikes or accumulators. ``bus_bits``: Verilog and HLS; so are ``folding``, (PE, SIMD) or
    (PE, SIMD, bits) by layer name, ``reuse``, and ``target_fps`` frames a second at ``clock_mhz``, 100 where that is
    None. ``architecture``, ``levels_per_stage``, ``solver``, ``max_luts``, ``board``, ``control``: Verilog.
    ``hls_tool``: HLS.
    ``mcu``, ``max_flash``, ``max_ram``, ``single_header``, ``constant_time``: C.
    ``vectors``: test frames stored in the folder.

    Raises:
        BadInput: an option of another type, such as text where a number belongs; the message names it.
    """

    name: str = "network"
    bus_bits: int | Literal["full"] | None = None
    output: Literal["class", "scores", "spikes", "accumulators"] | None = None
    architecture: Literal["auto", "unrolled", "folded"] | None = None
    hls_tool: Literal["vitis", "catapult"] | None = None
    folding: Mapping[str, tuple[int, ...]] | None = None
    target_fps: float | None = None
    clock_mhz: float | None = None
    mcu: str | None = None
    max_flash: int | None = None
    max_ram: int | None = None
    single_header: bool = False
    constant_time: bool = False
    levels_per_stage: int | None = None
    solver: Literal["da4ml"] | None = None
    max_luts: int | None = None
    reuse: int | None = None
    board: str | None = None
    control: Literal["axi-lite"] | None = None
    vectors: int = 32

    def __post_init__(self) -> None:
        if isinstance(self.folding, Mapping):
            plain = {layer: tuple(f) if isinstance(f, list) else f for layer, f in self.folding.items()}
            object.__setattr__(self, "folding", plain)
        check_types(self)


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
    from whetgen.targets import c

    plan = c.plan(graph, options.name, _c_options(options), typical)
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
    from whetgen.targets import verilog

    chosen, extras = _verilog_options(options)
    plan = verilog.plan(graph, options.name, chosen)
    files = verilog.render(plan)
    outputs = run(graph, codes)
    files["sim/vectors.txt"] = vectors(graph, plan.input, plan.output, codes, outputs)
    files |= verilog.render_extras(plan, extras, graph, codes, outputs, list(files))
    details = {
        "architecture": plan.architecture,
        "cycles": [asdict(row) for row in plan.cycles],
        "logic": [asdict(choice) for choice in plan.choices],
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


def _hls(graph: Graph, options: Options, codes: np.ndarray, typical: np.ndarray | None = None) -> Rendered:
    from whetgen.targets import hls

    plan = hls.plan(graph, options.name, _hls_options(options))
    files = hls.render(plan)
    files["tb/vectors.txt"] = vectors(graph, plan.input, plan.output, codes, run(graph, codes))
    return Rendered(files, plan.output.kind, plan.output.count, plan.resources, details=plan.manifest())


def check_options(target: str, options: Options) -> None:
    """Refuse what no network makes possible.

    Raises:
        BadInput: no such target, an option that means nothing to it, or a value that it cannot take.
    """
    if target not in TARGETS:
        raise unknown("--target", target, TARGETS)
    check_name(options.name)
    if options.output not in (None, *KINDS):
        raise unknown("--output", options.output, KINDS)
    _OPTIONS[target](options)


def _c_options(options: Options):
    from whetgen.targets import c
    from whetgen.targets.c.mcus import find_mcu

    _refuse("c", options)
    mcu = find_mcu(options.mcu or "generic")
    limits = c.Limits(options.max_flash, options.max_ram)
    return c.COptions(mcu.name, options.single_header, options.constant_time, limits)


def _verilog_options(options: Options):
    from whetgen.targets import verilog

    _refuse("verilog", options)
    chosen = verilog.VerilogOptions(
        **_hardware(options),
        architecture=options.architecture or "auto",
        levels_per_stage=options.levels_per_stage,
        solver=options.solver,
        max_luts=options.max_luts,
    )
    verilog.check_options(chosen)
    extras = verilog.choose_extras(options.board, options.control, chosen)
    luts = min(chosen.unrolled_luts, extras.board.unrolled_luts) if extras.board else chosen.unrolled_luts
    return replace(chosen, bus_bits=extras.bus_bits, unrolled_luts=luts), extras


def _hls_options(options: Options):
    from whetgen.targets import hls

    _refuse("hls", options)
    chosen = hls.HlsOptions(**_hardware(options), tool=options.hls_tool or "vitis")
    hls.check_options(chosen)
    return chosen


def _hardware(options: Options) -> dict:
    """What Verilog and HLS have in common."""
    check_bus(options.bus_bits)
    return {
        "bus_bits": options.bus_bits,
        "output": options.output,
        "folding": options.folding or {},
        "reuse": options.reuse,
        "most_cycles": _most_cycles(options.target_fps, options.clock_mhz),
    }


def _most_cycles(target_fps: float | None, clock_mhz: float | None) -> int | None:
    """Cycles that a frame may take."""
    if target_fps is None:
        if clock_mhz is not None:
            raise BadInput(f"--clock-mhz {clock_mhz:g}: means something with --target-fps only; give both")
        return None
    clock = DEFAULT_CLOCK_MHZ if clock_mhz is None else clock_mhz
    for flag, value in (("--target-fps", target_fps), ("--clock-mhz", clock)):
        if not 0 < value < float("inf"):
            raise BadInput(f"{flag} {value:g}: must be a number above 0")
    return int(clock * 1e6 // target_fps)


_TARGETS_OF = {
    "bus_bits": ("verilog", "hls"),
    "folding": ("verilog", "hls"),
    "target_fps": ("verilog", "hls"),
    "clock_mhz": ("verilog", "hls"),
    "architecture": ("verilog",),
    "levels_per_stage": ("verilog",),
    "solver": ("verilog",),
    "max_luts": ("verilog",),
    "reuse": ("verilog", "hls"),
    "board": ("verilog",),
    "control": ("verilog",),
    "hls_tool": ("hls",),
    "mcu": ("c",),
    "max_flash": ("c",),
    "max_ram": ("c",),
    "single_header": ("c",),
    "constant_time": ("c",),
}
_FLAGS = {"folding": "--fold"}


def _refuse(target: str, options: Options) -> None:
    """A line about the first option that is given but means nothing to the target."""
    for option, targets in _TARGETS_OF.items():
        if getattr(options, option) not in (None, False) and target not in targets:
            flag = _FLAGS.get(option, "--" + option.replace("_", "-"))
            raise BadInput(f"{flag}: --target {target} has no such option; leave it out")


# Each takes the graph, the options, the frames to store, and frames of real data where there are any.
TARGETS: dict[str, Callable[..., Rendered]] = {"verilog": _verilog, "hls": _hls, "c": _c}
_OPTIONS: dict[str, Callable[[Options], object]] = {"verilog": _verilog_options, "hls": _hls_options, "c": _c_options}
