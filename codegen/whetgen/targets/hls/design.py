"""The generated C++ as data: sections of channels, processes, configs and arrays."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import prod

from whetgen.targets.streams.setting import LayerCycles
from whetgen.targets.streams.streams import Stream

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Channel:
    """A stream of words of ``bits`` between two processes; ``count`` streams in an array, 0 for one alone.

    ``depth``: words that it holds, so that no process waits for ever on another.
    """

    name: str
    bits: int
    depth: int
    count: int = 0

    @property
    def declared(self) -> str:
        """As in its declaration."""
        return f"{self.name}[{self.count}]" if self.count else self.name


@dataclass(frozen=True)
class Config:
    """A struct of types and constants that a kernel of the library is instantiated with."""

    name: str
    types: Pairs
    constants: Pairs


@dataclass(frozen=True, kw_only=True)
class ConstArray:
    """``static const wg_constant<width> name[dims...]``; ``lines`` of numbers, row-major."""

    name: str
    width: int
    dims: tuple[int, ...]
    comment: str
    lines: tuple[str, ...]

    @property
    def bits(self) -> int:
        return self.width * prod(self.dims)


@dataclass(frozen=True)
class Engine:
    """What computes a layer: a kernel of the library, and the struct and the constants that it is instantiated with."""

    function: str
    config: Config
    arrays: tuple[ConstArray, ...] = ()


@dataclass(frozen=True)
class Process:
    """A kernel of the library at work, what it reads and writes. ``cycles``: trips of its pipelined loops, a frame."""

    function: str
    arguments: tuple[str, ...]
    cycles: int


@dataclass(frozen=True, kw_only=True)
class HlsSection:
    """What one layer, or one end of the network, needs."""

    title: str
    notes: tuple[str, ...]
    engines: tuple[Engine, ...]
    channels: tuple[Channel, ...]
    processes: tuple[Process, ...]

    @property
    def cycles(self) -> int:
        """Of the slowest process, a frame."""
        return max((process.cycles for process in self.processes), default=0)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """What differs between the tools beside pragmas and ``wg_types.h``.

    ``storage``: in front of a stream in the top function. ``headers``: the open types, found in hls4ml under
    ``header_folder``; ``includes``: what they lack. ``script``: build script, run by ``command``.
    """

    title: str
    storage: str
    headers: str
    header_folder: str
    includes: str
    script: str
    command: str


DIALECTS = {
    "vitis": Dialect(
        title="Vitis HLS",
        storage="",
        headers="ap_int",
        header_folder="/templates/vivado/ap_types",
        includes=" -isystem tb/open",
        script="build_vitis.tcl",
        command="vitis-run --mode hls --tcl build_vitis.tcl",
    ),
    "catapult": Dialect(
        title="Catapult",
        storage="static ",
        headers="ac_int",
        header_folder="/templates/catapult/ac_types/include",
        includes="",
        script="build_catapult.tcl",
        command="catapult -shell -file build_catapult.tcl",
    ),
}


@dataclass(frozen=True, kw_only=True)
class HlsPlan:
    """A generated network. ``kernels``: headers of ``hdl/hls`` that the top function calls; ``clock_mhz``: of pace, ``clock_ns``: of the build script."""

    name: str
    tool: str
    input: Stream
    output: Stream
    sections: tuple[HlsSection, ...]
    kernels: tuple[str, ...]
    cycles: tuple[LayerCycles, ...]
    resources: dict[str, int]
    input_meaning: str
    output_meanings: tuple[str, ...]
    clock_mhz: float
    clock_ns: str

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.tool]

    @property
    def frame_cycles(self) -> int:
        """Loop trips of the slowest process: the interval, if the tool reaches II = 1 and counts no start-up."""
        return max(section.cycles for section in self.sections)

    def manifest(self) -> dict[str, object]:
        """Facts for whetgen.json: cycles are loop trips, which only the vendor's tool turns into a promise."""
        return {
            "hls_tool": self.tool,
            "clock_mhz": self.clock_mhz,
            "frame_loop_trips": self.frame_cycles,
            "loop_trips": [asdict(row) for row in self.cycles],
            "stream": {"top": self.name, "input": self.input.manifest(), "output": self.output.manifest()},
        }
