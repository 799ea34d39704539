"""The layers of a network as circuits: their inputs are the bits of the layer's sources, one after the other, the lowest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch

import numpy as np

from whetgen.layers import Blend, Linear, Pool, Tensor, window_indices
from whetgen.targets.verilog.logic.circuit import FALSE, TRUE, Circuit, Literal, invert
from whetgen.targets.verilog.logic.compress import Compressor, any_of, counters_first, reduced
from whetgen.targets.verilog.logic.lookup_tables import LogicLayer, LookupTables
from whetgen.targets.verilog.logic.sub_sums import Finder
from whetgen.targets.verilog.logic.weighted_sums import BitSum, Operand, plain_sum, reached, sums, unsigned_operand
from whetgen.wording import counted


@dataclass(frozen=True)
class Strategy:
    """How sums are built. ``find``: who finds the parts that neurons share, None for no such parts; ``compressor``: how the bits
    of a neuron become few; those of shared sums do by counters first, which later bits wait for less long."""

    find: Finder | None = None
    compressor: Compressor = counters_first


PLAIN = Strategy()


@dataclass(frozen=True)
class LayerCircuit:
    """``outputs``: literals of the result's bits, element by element."""

    circuit: Circuit
    outputs: tuple[Literal, ...]


def without(logic: LayerCircuit, unread: np.ndarray | None) -> LayerCircuit:
    """The same layer without the logic of elements that nobody reads; ``unread``: (elements,) bool, None for none."""
    if unread is None or not unread.any():
        return logic
    dead = np.repeat(unread, len(logic.outputs) // len(unread))
    kept = tuple(FALSE if gone else output for output, gone in zip(logic.outputs, dead, strict=True))
    return replace(logic, outputs=kept)


@singledispatch
def layer_circuit(layer: LogicLayer, strategy: Strategy = PLAIN) -> LayerCircuit:
    """The layer as a circuit, with sub-sums that its neurons share or without."""
    raise TypeError(f"no logic for {type(layer).__name__}")


def source_operands(tensors: tuple[Tensor, ...]) -> Iterator[Operand]:
    """An operand for each element of the tensors."""
    net = 1
    for tensor in tensors:
        for _ in range(tensor.count):
            yield unsigned_operand([2 * (net + k) for k in range(tensor.width)], tensor.lo, tensor.hi)
            net += tensor.width


def _bits(
    value: BitSum, width: int, circuit: Circuit, constant: int, compressor: Compressor = counters_first
) -> tuple[Literal, ...]:
    """The sum and a constant in ``width`` bits of two's complement."""
    found = reduced(circuit, value.bits, value.constant + constant, width, compressor)
    return (*found, *([FALSE] * (width - len(found))))


def _result(
    circuit: Circuit, total: BitSum, layer: Linear | Blend, levels: Sequence[int], strategy: Strategy
) -> tuple[Literal, ...]:
    """The sum compared with the levels, or raised by the one."""
    if layer.fire:
        return reached(circuit, total, levels, strategy.compressor)
    return _bits(total, layer.result.width, circuit, levels[0], strategy.compressor)


def _rule(layer: Linear | Blend, levels: Sequence[int]) -> str:
    if layer.higher:
        return f"how many of {', '.join(map(str, levels))} the sum reaches"
    return f"fires where the sum >= {levels[0]}" if layer.fire else f"sum + {levels[0]}"


@layer_circuit.register
def _(layer: Linear, strategy: Strategy = PLAIN) -> LayerCircuit:
    operands = list(source_operands(layer.sources))
    circuit = Circuit(layer.source.bits)
    outputs: list[Literal] = []
    rows = [np.broadcast_to(row, (layer.window.positions, layer.neurons)) for row in (layer.levels, *layer.higher)]
    nothing = Operand((), 0)
    for position, taps in enumerate(window_indices(layer.window).reshape(layer.window.positions, -1)):
        place = "" if layer.window.positions == 1 else f"p{position}"
        taken = [operands[i] if i >= 0 else nothing for i in taps]
        found = sums(circuit, taken, layer.weights, strategy.find, f"{place}s")
        where = f" at position {position}" if place else ""
        circuit.told |= {name: f"shared sum{where} of {comment}" for name, comment in found.shared.items()}
        for neuron, total in enumerate(found.neurons):
            levels, fan_in = (
                [int(row[position, neuron]) for row in rows],
                int(np.count_nonzero(layer.weights[:, neuron])),
            )
            told = f"neuron {neuron}{where}: {counted(fan_in, 'input')}, {_rule(layer, levels)}"
            circuit.begin(f"{place}n{neuron}", told)
            outputs += _result(circuit, total, layer, levels, strategy)
    return LayerCircuit(circuit, tuple(outputs))


@layer_circuit.register
def _(layer: LookupTables, strategy: Strategy = PLAIN) -> LayerCircuit:
    circuit = Circuit(sum(t.bits for t in layer.sources))
    outputs: list[Literal] = []
    for neuron, (reads, truth) in enumerate(zip(layer.reads, layer.truths, strict=True)):
        circuit.begin(f"n{neuron}", f"neuron {neuron}: {counted(len(reads), 'input')}")
        outputs.append(circuit.table([2 * (bit + 1) for bit in reads], truth))
    return LayerCircuit(circuit, tuple(outputs))


@layer_circuit.register
def _(layer: Pool, strategy: Strategy = PLAIN) -> LayerCircuit:
    operands = list(source_operands(layer.sources))
    circuit = Circuit(layer.sources[0].bits)
    outputs: list[Literal] = []
    for position, taps in enumerate(window_indices(layer.window)):
        for channel in range(layer.window.channels):
            circuit.begin(f"p{position}c{channel}", f"window {position}, channel {channel}")
            window = [operands[i] for i in taps[:, channel] if i >= 0]
            if layer.largest:
                outputs += _largest(circuit, window, layer)
            else:
                outputs += _bits(plain_sum(window, [1] * len(window)), layer.result.width, circuit, 0)
    return LayerCircuit(circuit, tuple(outputs))


def _largest(circuit: Circuit, window: list[Operand], layer: Pool) -> tuple[Literal, ...]:
    width = layer.result.width
    if not window:
        return tuple(TRUE if layer.fill >> k & 1 else FALSE for k in range(width))
    if width == 1:
        return (any_of(circuit, [w.bits[0] for w in window]),)
    best = [w.bits for w in window]
    while len(best) > 1:
        best = [
            _larger(circuit, *pair) if len(pair) == 2 else pair[0]
            for pair in (best[i : i + 2] for i in range(0, len(best), 2))
        ]
    return (*best[0][:-1], invert(best[0][-1])) if layer.result.signed else best[0]


def _larger(circuit: Circuit, one: tuple[Literal, ...], other: tuple[Literal, ...]) -> tuple[Literal, ...]:
    """``one >= other`` is the carry of ``one + ~other + 1``; it chooses the bits."""
    wins = circuit.carry_out(one, [invert(b) for b in other], TRUE)
    return tuple(circuit.table([wins, a, b], 0b11011000) for a, b in zip(one, other, strict=True))


@layer_circuit.register
def _(layer: Blend, strategy: Strategy = PLAIN) -> LayerCircuit:
    operands = list(source_operands(layer.sources))
    circuit = Circuit(sum(t.bits for t in layer.sources))
    count, period = layer.result.count, layer.period
    outputs: list[Literal] = []
    for element in range(count):
        levels = [int(row[element % period]) for row in (layer.level_table, *layer.higher_tables)]
        circuit.begin(f"e{element}", f"element {element}, {_rule(layer, levels)}")
        total = plain_sum(
            [operands[k * count + element] for k in range(len(layer.sources))],
            [int(f) for f in layer.factor_table[:, element % period]],
        )
        outputs += _result(circuit, total, layer, levels, strategy)
    return LayerCircuit(circuit, tuple(outputs))
