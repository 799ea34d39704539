"""The unrolled network, section by section.

Latency in cycles: ``input beats + sum of the layers on the longest path + 1``, and 2 more with register slices. A layer takes as many cycles as its logic has stages
of ``levels_per_stage`` tables (``logic/stages.py``), a Move none, the class ``ceil(log2(scores))``.

Interval: ``max(input beats, output beats)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from whetgen.ir.integers import unsigned_bits
from whetgen.layers import Move
from whetgen.targets.streams.setting import LayerCycles
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.constants import concatenation
from whetgen.targets.verilog.logic.cost import StrategyChoice
from whetgen.targets.verilog.logic.layer_circuits import Strategy
from whetgen.targets.verilog.logic.lookup_tables import LogicGraph, LogicLayer
from whetgen.targets.verilog.logic.module import LogicModule
from whetgen.targets.verilog.logic.strategies import cheapest
from whetgen.targets.verilog.logic.unread import unread
from whetgen.targets.verilog.logic.window_module import beside_windows, module_name, repeats, windows
from whetgen.targets.verilog.network import Network
from whetgen.targets.verilog.sections import Sections
from whetgen.targets.verilog.unrolled.buses import Buses
from whetgen.targets.verilog.unrolled.ends import argmax_levels, receive, send
from whetgen.targets.verilog.unrolled.size import END_LUTS
from whetgen.targets.verilog.unrolled.slices import slice_bits
from whetgen.wording import counted


def unrolled_network(
    graph: LogicGraph,
    source: Stream,
    sink: Stream,
    sections: Sections,
    levels_per_stage: int,
    strategies: Mapping[str, Strategy],
    slices: bool = False,
) -> Network:
    """Every layer in the strategy that takes the least room. ``slices``: a register slice at both ends."""
    buses, ignored = Buses(sections), unread(graph)
    logic: list[LogicModule] = []
    choices: list[StrategyChoice] = []
    cycles: list[LayerCycles] = []
    receive(graph.input, source, buses, slices)
    for layer in graph.layers:
        start, found = buses.meet(layer.sources)
        if isinstance(layer, Move):
            _move(layer, found, buses)
            ready = start
        else:
            module = sections.identifiers.unique(module_name(sections.name, layer))
            made, choice = cheapest(layer, module, strategies, levels_per_stage, ignored.get(layer.result.name))
            logic.append(made)
            choices.append(choice)
            _place(layer, made, found, buses)
            ready = start + len(made.stages)
        buses.ready[layer.result.name] = ready
        cycles.append(LayerCycles(layer.name, ready - start))
        note = f"{counted(ready - start, 'cycle')}, ready {counted(ready, 'cycle')} after the frame."
        sections.close(f"{layer.name}: {layer.summary}", note)
    depth = send(graph.outputs, source, sink, buses, slices)
    if sink.kind == "class" and graph.outputs[0].count > 1:
        cycles.append(LayerCycles("class", argmax_levels(graph.outputs[0].count)))
    return Network(
        latency_cycles=source.beats + depth + 1 + 2 * slices,
        initiation_interval_cycles=max(source.beats, sink.beats),
        cycles=tuple(cycles),
        sections=tuple(sections.closed),
        estimates=_estimates(choices, source, slice_bits(source, sink) if slices else 0),
        logic=tuple(logic),
        choices=tuple(choices),
    )


def _estimates(choices: Sequence[StrategyChoice], source: Stream, sliced: int) -> dict[str, int]:
    """Cells of the layers' logic, counted, with those of both ends; ``sliced``: bits that pass register slices."""
    costs = [choice.cost for choice in choices]
    return {
        "luts_estimated": sum(c.luts for c in costs) + END_LUTS + sliced,
        "carries_estimated": sum(c.carries for c in costs),
        "ffs_estimated": sum(c.ffs for c in costs) + source.frame_bits + 2 * sliced,
    }


def _place(layer: LogicLayer, made: LogicModule, buses_in: Sequence[str], buses: Buses) -> None:
    """The instance of the layer's module, or one for each position of its window."""
    sections, name = buses.sections, layer.result.name
    sections.named_wire(name, layer.result.bits)
    instance = buses.clocked_instance if made.stages else sections.instance
    if not repeats(layer):
        instance(made.name, f"{name}_layer", {}, {"x": concatenation(buses_in), "y": name})
        return
    for position, parts in enumerate(windows(layer, buses_in[0])):
        y = _slice(name, position, len(made.outputs), layer.result.bits)
        instance(made.name, f"{name}_p{position}", {}, {"x": concatenation(parts), "y": y})
    if unread_parts := beside_windows(layer, buses_in[0]):
        sections.wire(f"unused_by_{name}", 1, f"&{{1'b0, {', '.join(unread_parts)}}}")


def _slice(bus: str, number: int, width: int, bits: int) -> str:
    """Part of a bus of ``bits`` bits: the ``number``-th of ``width`` bits."""
    return bus if width == bits else f"{bus}[{(number + 1) * width - 1}:{number * width}]"


def _move(layer: Move, buses_in: Sequence[str], buses: Buses) -> None:
    """Wiring only."""
    sections, name, width = buses.sections, layer.result.name, layer.result.width
    parts = [
        sections.resized(b, t, t.count, width, f"{t.name}_{k}_for_{name}")
        for k, (b, t) in enumerate(zip(buses_in, layer.sources, strict=True))
    ]
    if layer.in_order:
        sections.named_wire(name, layer.result.bits, concatenation(parts))
        return
    total = sum(t.count for t in layer.sources)
    bits = unsigned_bits(total)
    comment = f"{layer.name}: where each element comes from, {counted(bits, 'bit')} each, {total} is zero"
    indices = np.where(layer.indices < 0, total, layer.indices).tolist()
    table = sections.constant(f"{name}_indices", indices, bits, comment)
    sections.named_wire(name, layer.result.bits)
    shape = {"SOURCES": total, "COUNT": layer.result.count, "WIDTH": width, "INDEX_WIDTH": bits, "INDICES": table}
    sections.instance("wg_gather", f"{name}_gather", shape, {"data": concatenation(parts), "gathered": name})
