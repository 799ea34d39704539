"""Everything that the Verilog will be, decided; nothing is left for the templates to compute."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.layers import LayerGraph
from whetgen.targets.output.identifiers import Identifiers, check_name
from whetgen.targets.output.words import input_words, output_words
from whetgen.targets.streams.decision import with_decision
from whetgen.targets.streams.folding import check_pace
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.resources import estimate
from whetgen.targets.streams.streams import Stream, input_stream, output_stream
from whetgen.targets.verilog.clocking import Clocking, clocking
from whetgen.targets.verilog.folded.network import folded_network
from whetgen.targets.verilog.logic.lookup_tables import LogicGraph
from whetgen.targets.verilog.logic.simplify import simplified
from whetgen.targets.verilog.logic.strategies import SOLVERS, STRATEGIES
from whetgen.targets.verilog.network import Network
from whetgen.targets.verilog.options import (
    FOLDED_ENDS,
    LEVELS_PER_STAGE,
    UNROLLED_LUTS,
    UNROLLED_WINDOWS,
    VerilogOptions,
)
from whetgen.targets.verilog.sections import Sections
from whetgen.targets.verilog.unrolled.network import unrolled_network
from whetgen.targets.verilog.unrolled.size import (
    MAX_WORD_BITS,
    MOST_THRESHOLDS,
    expected_luts,
    most_thresholds,
    sliding_windows,
    widest_word,
)


@dataclass(frozen=True, kw_only=True)
class VerilogPlan(Network):
    """A generated network, ready to be rendered. ``hardened``: by which code, None where it is not; ``sliced``: whether register slices stand at its ends."""

    name: str
    architecture: str
    input: Stream
    output: Stream
    resources: dict[str, int]
    input_meaning: str
    output_meanings: tuple[str, ...]
    hardened: str | None
    clocking: Clocking
    sliced: bool
    clock_mhz: float

    @property
    def period_ns(self) -> str:
        """Of the clock that the constraint files ask for."""
        return f"{1000 / self.clock_mhz:.3f}"

    def stream_manifest(self) -> dict[str, object]:
        """What the simulation runners need to know; belongs into whetgen.json under "stream"."""
        return {
            "top": self.name,
            "architecture": self.architecture,
            "input": self.input.manifest(),
            "output": self.output.manifest(),
            "latency_cycles": self.latency_cycles,
            "initiation_interval_cycles": self.initiation_interval_cycles,
        }


def plan(
    graph: Graph, name: str, options: VerilogOptions | None = None, unrolled_luts: int = UNROLLED_LUTS
) -> VerilogPlan:
    """Decide architecture, widths, tables and cycles.

    ``unrolled_luts``: the most, as expected before anything is built, that "auto" unrolls to.

    Raises:
        BadInput: the name or an option is not possible; the message lists what is.
    """
    options = options or VerilogOptions()
    check_name(name)
    source, sink = input_stream(graph, options), output_stream(graph, options)
    identifiers = Identifiers(name)
    network = hardware_layers(with_decision(graph, sink.kind), identifiers)
    options.check()
    unrolled = _layers_to_unroll(network, sink.kind, options, unrolled_luts)
    if unrolled is None and options.register_slices:
        raise BadInput(FOLDED_ENDS)
    if unrolled is None:
        built = folded_network(network, source, sink, identifiers, name, options)
    else:
        strategies = STRATEGIES | (SOLVERS[options.solver] if options.solver else {})
        stage = options.levels_per_stage or LEVELS_PER_STAGE
        built = unrolled_network(
            unrolled, source, sink, Sections(identifiers, name), stage, strategies, options.register_slices
        )
    check_pace(
        "the network with its streams",
        built.initiation_interval_cycles,
        options,
        "widen --bus-bits, or lower --target-fps",
    )
    return VerilogPlan(
        **vars(built),
        name=name,
        architecture="folded" if unrolled is None else "unrolled",
        input=source,
        output=sink,
        resources=estimate(network, sum(rom.bits for rom in built.roms)) | built.estimates,
        input_meaning=input_words(graph),
        output_meanings=tuple(output_words(graph, o) for o in graph.outputs),
        hardened=options.harden,
        sliced=options.register_slices,
        clock_mhz=options.clock,
        clocking=clocking(options.reset, options.axi_names),
    )


def _layers_to_unroll(graph: LayerGraph, output_kind: str, options: VerilogOptions, luts: int) -> LogicGraph | None:
    """The simplified network where it is to be unrolled, None where it is to be folded: cheap reasons come first."""
    free, most = options.architecture in (None, "auto"), most_thresholds(graph)
    if options.architecture == "folded" or (free and (options.folds or sliding_windows(graph) > UNROLLED_WINDOWS)):
        return None
    if free and most > MOST_THRESHOLDS:
        return None
    if most > MOST_THRESHOLDS:
        raise BadInput(
            f"--architecture unrolled: this network has neurons of {most} thresholds, at most {MOST_THRESHOLDS} are possible; "
            "choose folded"
        )
    simple = simplified(graph, output_kind)
    widest = widest_word(simple)
    if free and (widest > MAX_WORD_BITS or expected_luts(simple) > luts):
        return None
    if widest > MAX_WORD_BITS:
        raise BadInput(
            f"--architecture unrolled: this network needs a word of {widest} bits, at most {MAX_WORD_BITS} are possible; choose folded"
        )
    return simple
