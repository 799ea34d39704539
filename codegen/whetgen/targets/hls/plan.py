"""Everything that the HLS C++ will be, decided."""

from __future__ import annotations

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.targets.hls.dataflow import Dataflow
from whetgen.targets.hls.design import HlsPlan, HlsSection
from whetgen.targets.hls.options import MAX_WORD_BITS, HlsOptions
from whetgen.targets.output.identifiers import Identifiers, check_name
from whetgen.targets.output.words import input_words, output_words
from whetgen.targets.streams.decision import with_decision
from whetgen.targets.streams.folding import check_pace
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.resources import estimate
from whetgen.targets.streams.streams import Stream, input_stream, output_stream

_OWN_NAMES = ("s_axis", "m_axis", "layers", "hls", "std", "ap_uint", "ac_int")
_FILE_OF = {
    "wg_receive": "wg_receive.h",
    "wg_narrow": "wg_repack.h",
    "wg_widen": "wg_repack.h",
    "wg_resize": "wg_repack.h",
    "wg_fork": "wg_repack.h",
    "wg_window": "wg_window.h",
    "wg_slide": "wg_slide.h",
    "wg_linear": "wg_linear.h",
    "wg_pool": "wg_pool.h",
    "wg_blend": "wg_blend.h",
    "wg_append": "wg_gather.h",
    "wg_gather": "wg_gather.h",
    "wg_send": "wg_send.h",
    "wg_send_packed": "wg_send.h",
    "wg_send_class": "wg_send.h",
}


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
    )


def _check_bus(stream: Stream) -> None:
    if stream.bus_bits > MAX_WORD_BITS:
        raise BadInput(
            f"--bus-bits: a beat of {stream.bus_bits} bits is wider than HLS words can be ({MAX_WORD_BITS}); choose fewer"
        )


def _array_bits(sections: tuple[HlsSection, ...]) -> int:
    return sum(array.bits for section in sections if section.engine for array in section.engine.arrays)


def _kernels(sections: tuple[HlsSection, ...]) -> tuple[str, ...]:
    """Headers of the kernels that are called."""
    return tuple(
        sorted({_FILE_OF[process.function.split("<")[0]] for section in sections for process in section.processes})
    )
