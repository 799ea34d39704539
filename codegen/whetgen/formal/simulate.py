"""A netlist on many inputs at once: bit i of a number is the value for input i."""

from __future__ import annotations

from collections.abc import Sequence

from whetgen.formal.netlist import Netlist, YosysCell


def simulate(netlist: Netlist, x: Sequence[int], lanes: int) -> list[int]:
    """The bits of y, for the bits of x, ``lanes`` inputs each."""
    ones = (1 << lanes) - 1
    value = {0: 0, **{k + 1: bits for k, bits in enumerate(x)}}

    def of(literal: int) -> int:
        return value[literal >> 1] ^ (ones if literal & 1 else 0)

    for cell in netlist.cells:
        inputs = [of(i) for i in cell.inputs]
        found = _sum(cell, inputs) if cell.truth is None else [_table(cell.truth, inputs, ones)]
        value |= zip(cell.outputs, found, strict=True)
    return [of(o) for o in netlist.outputs]


def _sum(cell: YosysCell, inputs: list[int]) -> list[int]:
    """Ripples every input into the sum."""
    total = [0] * len(cell.outputs)
    for bits, weight in zip(inputs, cell.weights, strict=True):
        k = weight.bit_length() - 1
        while bits:
            total[k], bits = total[k] ^ bits, total[k] & bits
            k += 1
    return total


def _table(truth: int, inputs: list[int], ones: int) -> int:
    """By the highest input (Shannon)."""
    if not inputs:
        return ones if truth & 1 else 0
    half = 1 << (len(inputs) - 1)
    low, high = truth & ((1 << half) - 1), truth >> half
    rest, top = inputs[:-1], inputs[-1]
    return (top & _table(high, rest, ones)) | (~top & ones & _table(low, rest, ones))
