"""Everything that the HLS C++ will be, decided."""

from __future__ import annotations

import re

from whetgen.assets import assets
from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.targets.hls.dataflow import Dataflow
from whetgen.targets.hls.design import HlsPlan, HlsSection
from whetgen.targets.hls.options import MAX_WORD_BITS, SCRIPT_CLOCK_NS, HlsOptions
from whetgen.targets.output.identifiers import Identifiers, check_name
from whetgen.targets.output.words import input_words, output_words
from whetgen.targets.streams.decision import with_decision
from whetgen.targets.streams.folding import check_pace
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.resources import estimate
from whetgen.targets.streams.streams import Stream, input_stream, output_stream

_OWN_NAMES = ("s_axis", "m_axis", "layers", "hls", "std", "ap_uint", "ac_int")
_FUNCTION = re.compile(r"\bvoid (wg_\w+)\(")


def plan(graph: Graph, name: str, options: HlsOptions | None = None) -> HlsPlan:
    """Decide folding, widths, constants, streams and their depths.

    Raises:
        BadInput: the name or an option is not possible; the message lists what is.
    """
    options = options or HlsOptions()
    check_name(name)
    options.check()
    source, sink = input_stream(graph, options), output_stream(graph, options)
    for stream in (source, sink):
        _check_bus(stream)
    identifiers = Identifiers(name, *_OWN_NAMES)
    network = hardware_layers(with_decision(graph, sink.kind), identifiers)
    built = Dataflow(network, source, sink, identifiers, options)
    sections = tuple(built.sections)
    slowest = max(sections, key=lambda section: section.cycles)
    check_pace(f"'{slowest.title}'", slowest.cycles, options, "widen --bus-bits, or lower --target-fps")
    return HlsPlan(
        name=name,
        tool=options.hls_tool or "vitis",
        input=source,
        output=sink,
        sections=sections,
        kernels=_kernels(sections),
        cycles=built.cycles,
        resources=estimate(network, _array_bits(sections)),
        input_meaning=input_words(graph),
        output_meanings=tuple(output_words(graph, o) for o in graph.outputs),
        clock_mhz=options.clock,
        clock_ns=f"{1000 / options.clock if options.clock_mhz else SCRIPT_CLOCK_NS:g}",
    )


def _check_bus(stream: Stream) -> None:
    if stream.bus_bits > MAX_WORD_BITS:
        raise BadInput(
            f"--bus-bits: a beat of {stream.bus_bits} bits is wider than HLS words can be ({MAX_WORD_BITS}); choose fewer"
        )


def _array_bits(sections: tuple[HlsSection, ...]) -> int:
    return sum(array.bits for section in sections for engine in section.engines for array in engine.arrays)


def _kernels(sections: tuple[HlsSection, ...]) -> tuple[str, ...]:
    """Headers of the kernels that are called."""
    called = {process.function.split("<")[0] for section in sections for process in section.processes}
    headers = {path.name: path.read_text(encoding="utf-8") for path in (assets() / "hdl" / "hls").glob("wg_*.h")}
    return tuple(sorted(name for name, text in headers.items() if called.intersection(_FUNCTION.findall(text))))
