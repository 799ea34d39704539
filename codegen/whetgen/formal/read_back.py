"""Every word of a folded layer's tables, read from the netlist, against the layer's definition.

Weights are told by what the layer's own adders make of them, so no code of weights is assumed: of each neuron the partial sums of all
its words, and the number that it starts with, must be the definition's sum for every input.
"""

from __future__ import annotations

from functools import singledispatch

import numpy as np

from whetgen.formal.folder_netlist import FolderNetlist, ModuleInstance
from whetgen.formal.netlist import Unreadable
from whetgen.formal.partial_sums import Parts, partial_sums
from whetgen.layers import Blend, Layer, Linear, Move, Pool


class WrongTable(ValueError):
    """A word that is not the graph's; the message says which."""


@singledispatch
def read_back(layer: Layer, folder: FolderNetlist) -> int:
    """Compare all tables of the layer; returns how many words they have.

    Raises:
        WrongTable: one differs from the graph.
        Unreadable: the netlist is not of that form.
    """
    raise TypeError(f"no tables of {type(layer).__name__}")


@read_back.register
def _(layer: Pool, folder: FolderNetlist) -> int:
    return 0


@read_back.register
def _(layer: Linear, folder: FolderNetlist) -> int:
    prefix = layer.result.name
    neurons = folder.instance(f"{prefix}_neurons", "wg_fold_linear")
    taps = folder.instance(f"{prefix}_condition", "wg_fold_taps")
    adders = folder.instance(f"{prefix}_adders")
    pe, passes, steps = neurons["PE"], neurons["PASSES"], neurons["STEPS"]
    if (pe * passes, taps["SIMD"] * steps) != layer.weights.shape[::-1]:
        raise Unreadable(f"{pe} x {passes} neurons of {taps['SIMD']} x {steps} inputs are not the layer's")
    joined = taps.wires["taps"] == adders.wires["taps"] and adders.wires["parts"] == neurons.wires["parts"]
    if not joined:
        raise Unreadable("the adders are not between inputs and neurons")
    weights = folder.words(neurons.wires["weights_address"], adders.wires["weights"], passes * steps)
    starts = folder.words(neurons.wires["levels_address"], neurons.wires["levels"], neurons["LEVEL_WORDS"])
    parts = partial_sums(folder.modules[adders.module], weights, pe)
    width = neurons["SUM_WIDTH"]
    if parts.module % (1 << width):
        raise Unreadable("partial sums are cut to fewer bits than the sum has")
    found = _weights_of(parts, taps, layer, width)
    _compare("weight", found, layer.weights.astype(object) % (1 << width))
    _starts(layer, parts, starts, neurons, taps)
    return len(weights) + len(starts) + _distances(layer, (len(layer.levels), layer.neurons), folder)


def _weights_of(parts: Parts, taps: ModuleInstance, layer: Linear, width: int) -> np.ndarray:
    """(inputs, neurons) modulo the sum's words; all bits of an input must count with the same weight."""
    simd, planes = taps["SIMD"], 1 if taps["PLANES"] > 1 else taps["IN_WIDTH"]
    inputs, neurons = layer.weights.shape
    pe = parts.base.shape[1]
    factors = parts.factors.reshape(neurons // pe, inputs // simd, pe, planes, simd)
    bits = factors.transpose(3, 1, 4, 0, 2).reshape(planes, inputs, neurons) % (1 << width)
    for plane in range(1, planes):
        if ((bits[0] << plane) % (1 << width) != bits[plane]).any():
            raise WrongTable(f"weights of bit {plane} differ from those of bit 0")
    lowest: np.ndarray = bits[0]
    return lowest


def _starts(layer: Linear, parts: Parts, starts: np.ndarray, neurons: ModuleInstance, taps: ModuleInstance) -> None:
    """What a sum starts with, and what its parts add whatever the inputs are, is the bias, or the threshold below 0."""
    width, pe = neurons["SUM_WIDTH"], neurons["PE"]
    turns = (1 << taps["PLANES"]) - 1  # what comes bit by bit is doubled from one bit to the next
    always = parts.base.reshape(neurons["PASSES"], neurons["STEPS"], pe).sum(axis=1).reshape(-1) * turns
    if taps["IN_SIGNED"]:
        always += layer.weights.astype(object).sum(axis=0) << (taps["IN_WIDTH"] - 1)
    first = _numbers(starts, width).reshape(-1, layer.neurons)
    negative = layer.fire or layer.higher
    wanted = (-layer.levels if negative else layer.levels).astype(object)
    _compare("start", (first + always) % (1 << width), wanted % (1 << width))
    ends = layer.sum_range.lowest + wanted, layer.sum_range.highest + wanted
    if int(ends[0].min()) < -(1 << (width - 1)) or int(ends[1].max()) >= 1 << (width - 1):
        raise WrongTable("the sum does not fit its words")
    if bool(neurons["FIRE"]) != bool(layer.fire and not layer.higher):
        raise WrongTable("neurons do not compare as the layer does")


def _distances(layer: Linear | Blend, shape: tuple[int, int], folder: FolderNetlist) -> int:
    """Thresholds above the lowest, as distances from it."""
    if not layer.higher:
        return 0
    compare = folder.instance(f"{layer.result.name}_compare", "wg_fold_thresholds")
    table = folder.words(compare.wires["thresholds_address"], compare.wires["thresholds"], compare["TABLE_WORDS"])
    width, lanes, steps = compare["IN_WIDTH"], compare["LANES"], compare["STEPS"]
    if steps != len(layer.higher):
        raise WrongTable(f"{steps} thresholds beside the lowest, not {len(layer.higher)}")
    found = _numbers(table, width).reshape(-1, steps, lanes).transpose(1, 0, 2).reshape(steps, -1)
    rows = layer.higher_tables if isinstance(layer, Blend) else layer.higher
    lowest = layer.level_table if isinstance(layer, Blend) else layer.levels
    wanted = np.stack([(np.asarray(row) - lowest).astype(object).reshape(-1) for row in rows])
    _compare("threshold", found, wanted)
    return len(table)


@read_back.register
def _(layer: Blend, folder: FolderNetlist) -> int:
    blend = folder.instance(f"{layer.result.name}_blend", "wg_fold_blend")
    words, lanes, operands = blend["TABLE_WORDS"], blend["LANES"], blend["OPERANDS"]
    factors = folder.words(blend.wires["factors_address"], blend.wires["factors"], words)
    levels = folder.words(blend.wires["levels_address"], blend.wires["levels"], words)
    found = _numbers(factors, blend["FACTOR_WIDTH"]).reshape(words, operands, lanes).transpose(1, 0, 2)
    _compare("factor", found.reshape(operands, -1), layer.factor_table)
    wanted = layer.level_table
    _compare("level", _numbers(levels, blend["SUM_WIDTH"]).reshape(-1), -wanted if layer.higher else wanted)
    if bool(blend["FIRE"]) != bool(layer.fire and not layer.higher):
        raise WrongTable("elements do not compare as the layer does")
    return 2 * words + _distances(layer, (1, layer.period), folder)


@read_back.register
def _(layer: Move, folder: FolderNetlist) -> int:
    gather = folder.instance(f"{layer.result.name}_gather", "wg_fold_gather")
    table = folder.words(gather.wires["table_address"], gather.wires["table_data"], gather["COUNT"])
    numbers, bits = _numbers(np.pad(table, ((0, 0), (0, 1))), table.shape[1] + 1).reshape(-1), gather["ADDRESS_BITS"]
    begins = np.cumsum([0, *(t.count for t in layer.sources)])
    joined = [
        -1 if number >> bits == len(layer.sources) else int(begins[number >> bits]) + (number & ((1 << bits) - 1))
        for number in numbers
    ]
    _compare("place", np.array(joined, dtype=object), layer.indices.astype(object))
    return len(table)


def _numbers(words: np.ndarray, width: int) -> np.ndarray:
    """(words, numbers) of Python integers in two's complement, the first in the low bits."""
    bits = words.reshape(len(words), -1, width).astype(object)
    value = [1 << k for k in range(width - 1)] + [-(1 << (width - 1))]
    found: np.ndarray = (bits * value).sum(axis=2)
    return found


def _compare(what: str, found: np.ndarray, wanted: np.ndarray) -> None:
    if found.shape != wanted.shape:
        raise WrongTable(f"{found.size} {what}s, not {wanted.size}")
    wrong = np.argwhere(found != wanted)
    if len(wrong):
        place = tuple(int(k) for k in wrong[0])
        raise WrongTable(f"{len(wrong)} of {found.size} {what}s differ, the first at {place}")
