"""What the adders of a folded layer add up, as an equation that holds for every input.

A sum is one between numbers: its operands' sum is its result. So are ``wg_count``, whose inputs' sum is its output, and ``wg_booth``, a
number times a digit of its weight. From the parts back through the registers every bit is replaced so; what is left is a weighted sum
of products, of which each reads one bit of the inputs, or of numbers times digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from whetgen.formal.folder_netlist import Bits
from whetgen.formal.netlist import Unreadable

_LOGIC: dict[str, Callable[..., np.ndarray]] = {
    "$and": lambda a, b: a & b,
    "$or": lambda a, b: a | b,
    "$xor": lambda a, b: a ^ b,
    "$xnor": lambda a, b: ~(a ^ b),
    "$not": lambda a: ~a,
}


@dataclass(frozen=True)
class Parts:
    """Of every neuron and word: ``parts == base + sum_j factors[j] * taps[j]``.

    ``base``: (words, neurons), ``factors``: (words, neurons, taps) of Python integers, exact but for multiples of ``module``, 0 if wholly.
    """

    base: np.ndarray
    factors: np.ndarray
    module: int


def partial_sums(module: Mapping[str, Any], weights: np.ndarray, lanes: int) -> Parts:
    """Of adders that read ``weights``, (words, bits) of bool, in ``lanes`` neurons.

    Raises:
        Unreadable: it is no such sum, or not two cycles late.
    """
    reader = _SumReader(module, weights)
    width = len(reader.ports["parts"]) // lanes
    taps = len(reader.ports["taps"])
    base = np.zeros((len(weights), lanes), dtype=object)
    factors = np.zeros((len(weights), lanes, taps), dtype=object)
    modules = set[int]()
    for lane in range(lanes):
        word = tuple(reader.ports["parts"][lane * width : (lane + 1) * width])
        terms = reader.terms(word)
        modules |= terms.wraps | ({1 << width} if terms.most >> width else set())
        for bit, factor in terms.products.items():
            tap, low, high = reader.product(bit)
            base[:, lane] += factor * low.astype(object)
            if tap is not None:
                factors[:, lane, tap] += factor * (high.astype(object) - low.astype(object))
        for cell, factor in terms.multiples:
            digit, always, number = reader.multiple(cell)
            base[:, lane] += factor * always
            for place, tap in enumerate(number):
                factors[:, lane, tap] += (factor << place) * digit
    return Parts(base, factors, min(modules, default=0))


@dataclass
class _Terms:
    """Of a part of ``width`` bits: factors of products and, cell by cell, of numbers times digits. ``most``: no sum is greater; ``wraps``:
    known up to multiples of these."""

    width: int
    products: Counter[int | str] = field(default_factory=Counter)
    multiples: list[tuple[Mapping[str, Any], int]] = field(default_factory=list)
    wraps: set[int] = field(default_factory=set)
    most: int = 0


_RESULTS = {"$dff": "Q", "wg_count": "number", "wg_booth": "multiple"}
_REGISTERS = 2


def _unit(results: Sequence[int | str], place: int, factor: int, waiting: Counter[int | str], found: _Terms) -> int:
    """What the lowest of a number's bits counts, all of which are taken from ``waiting``; those that nobody reads are missing multiples."""
    unit = factor >> place
    for other, bit in enumerate(results):
        given = factor if other == place else waiting.pop(bit, 0)
        if given != unit << other or factor != unit << place:
            if given:
                raise Unreadable("bits that are added are not the digits of a number")
            found.wraps.add(unit << other)
    return unit


def _operands(cell: Mapping[str, Any], k: int) -> Sequence[int | str]:
    """What result ``k`` of a cell is the sum of, or held; of ``wg_booth`` nothing."""
    wires = cell["connections"]
    if cell["type"] == "$dff":
        return [wires["D"][k]]
    if cell["type"] == "$add":
        return [*wires["A"], *wires["B"]]
    if cell["type"] == "wg_booth":
        return ()
    lanes = int(cell["parameters"]["LANES"], 2)
    found: Sequence[int | str] = wires["bits"][k % lanes :: lanes]
    return found


class _SumReader:
    """Walks from the parts to the taps."""

    def __init__(self, module: Mapping[str, Any], weights: np.ndarray):
        self.ports = {name: port["bits"] for name, port in module["ports"].items()}
        self.driver: dict[int | str, tuple[Mapping[str, Any], int]] = {}
        for cell in module["cells"].values():
            for k, bit in enumerate(cell["connections"].get(_RESULTS.get(cell["type"], "Y"), ())):
                if bit in self.driver:
                    raise Unreadable("a net of the adders has two drivers")
                self.driver[bit] = cell, k
        self.tap = {bit: k for k, bit in enumerate(self.ports["taps"])}
        self.weight = {bit: weights[:, k] for k, bit in enumerate(self.ports["weights"])}
        self.words = len(weights)
        self.places: dict[int | str, tuple[int, int]] = {}

    # ---- words and counters ----

    def terms(self, word: Bits) -> _Terms:
        """What the word adds up, two registers later."""
        found, waiting = _Terms(len(word)), Counter[int | str]()
        for place, bit in enumerate(word):
            if bit not in ("0", "1") and self._place(bit)[1] != _REGISTERS:
                raise Unreadable("a sum is not two registers late")
            waiting[bit] += 1 << place
        while waiting:
            bit = max(waiting, key=lambda some: self._place(some)[0])
            factor = waiting.pop(bit)
            cell, k = self.driver.get(bit, ({"type": ""}, 0))
            if bit in ("0", "1") or cell["type"] not in self._STEPS:
                found.most += factor * (bit != "0")
                found.products[bit] += factor * (bit != "0")
            else:
                self._STEPS[cell["type"]](self, cell, k, factor, waiting, found)
        return found

    def _register(
        self, cell: Mapping[str, Any], k: int, factor: int, waiting: Counter[int | str], found: _Terms
    ) -> None:
        if cell["connections"]["CLK"] != self.ports["clk"]:
            raise Unreadable("a register has another clock")
        waiting[cell["connections"]["D"][k]] += factor

    def _sum(self, cell: Mapping[str, Any], k: int, factor: int, waiting: Counter[int | str], found: _Terms) -> None:
        wires = cell["connections"]
        signed = any(int(cell["parameters"][key], 2) for key in ("A_SIGNED", "B_SIGNED"))
        if signed or any(len(wires[port]) != len(wires["Y"]) for port in "AB"):
            raise Unreadable("words of different form are added")
        unit = _unit(wires["Y"], k, factor, waiting, found)
        most = sum(1 << place for port in "AB" for place, bit in enumerate(wires[port]) if bit != "0")
        # What reaches as high as the parts do is judged by all that they add up.
        if unit << len(wires["Y"]) < 1 << found.width and most >> len(wires["Y"]):
            found.wraps.add(unit << len(wires["Y"]))
        for port in "AB":
            for place, bit in enumerate(wires[port]):
                if bit != "0":
                    waiting[bit] += unit << place

    def _count(self, cell: Mapping[str, Any], k: int, factor: int, waiting: Counter[int | str], found: _Terms) -> None:
        inputs, lanes = (int(cell["parameters"][key], 2) for key in ("INPUTS", "LANES"))
        place, lane = divmod(k, lanes)
        unit = _unit(cell["connections"]["number"][lane::lanes], place, factor, waiting, found)
        for bit in cell["connections"]["bits"][lane::lanes][:inputs]:
            waiting[bit] += unit

    def _booth(self, cell: Mapping[str, Any], k: int, factor: int, waiting: Counter[int | str], found: _Terms) -> None:
        bits = cell["connections"]["multiple"]
        unit = _unit(bits, k, factor, waiting, found)
        found.multiples.append((cell, unit))
        found.most += unit * ((1 << len(bits)) - 1)

    _STEPS: ClassVar = {"$dff": _register, "$add": _sum, "wg_count": _count, "wg_booth": _booth}

    def _place(self, bit: int | str) -> tuple[int, int]:
        """Cells between a bit and the products, and registers among them."""
        cell, k = self.driver.get(bit, ({"type": ""}, 0))
        if cell["type"] not in self._STEPS:
            return 0, 0
        if bit not in self.places:
            behind = [self._place(source) for source in _operands(cell, k) if source not in ("0", "1")]
            late = {registers for _, registers in behind}
            if len(late) > 1:
                raise Unreadable("what is added is not equally late")
            registers = max(late, default=0) + (cell["type"] == "$dff")
            self.places[bit] = 1 + max((cells for cells, _ in behind), default=0), registers
        return self.places[bit]

    def multiple(self, cell: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray, list[int]]:
        """Of ``wg_booth``: the digit and what is added to the product, (words,) of Python integers, and the number's taps."""
        wires = cell["connections"]
        taps: set[int] = set()
        high, middle, low = (
            self._value(wires[port][0], False, taps).astype(object) for port in ("high", "middle", "low")
        )
        number = wires["number"]
        if taps:
            raise Unreadable("a digit depends on an input")
        if any(bit not in self.tap for bit in number):
            raise Unreadable("a number that is multiplied is no input")
        return middle + low - 2 * high, (2 << len(number)) - high, [self.tap[bit] for bit in number]

    # ---- products ----

    def product(self, bit: int | str) -> tuple[int | None, np.ndarray, np.ndarray]:
        """The tap that a product reads, and its value, (words,) of bool, where that is 0 and where it is 1."""
        taps: set[int] = set()
        low, high = (self._value(bit, set_to, taps) for set_to in (False, True))
        if len(taps) > 1:
            raise Unreadable("a product reads several inputs")
        return next(iter(taps), None), low, high

    def _value(self, bit: int | str, set_to: bool, taps: set[int]) -> np.ndarray:
        if bit in ("0", "1"):
            return np.full(self.words, bit == "1")
        if bit in self.weight:
            return self.weight[bit]
        if bit in self.tap:
            taps.add(self.tap[bit])
            return np.full(self.words, set_to)
        cell, k = self.driver.get(bit, ({"type": "a net without a driver"}, 0))
        if cell["type"] not in _LOGIC:
            raise Unreadable(f"there is a {cell['type']} among the products")
        wires = cell["connections"]
        operands = [wires[port] for port in "AB" if port in wires]
        if any(len(operand) != len(wires["Y"]) for operand in operands):
            raise Unreadable("operands of products differ in width")
        made: np.ndarray = _LOGIC[cell["type"]](*(self._value(operand[k], set_to, taps) for operand in operands))
        return made
