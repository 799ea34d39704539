"""What the adders of a folded layer add up, as an equation that holds for every input.

``wg_count`` is one between numbers: its inputs' sum is its output. From the words that are added at the end back through the counters
every bit is replaced so; what is left is a weighted sum of products, of which each reads one bit of the inputs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
        total, wraps = reader.products(tuple(reader.ports["parts"][lane * width : (lane + 1) * width]))
        modules |= wraps | ({1 << width} if sum(total.values()) >> width else set())
        for bit, factor in total.items():
            tap, low, high = reader.product(bit)
            base[:, lane] += factor * low.astype(object)
            if tap is not None:
                factors[:, lane, tap] += factor * (high.astype(object) - low.astype(object))
    return Parts(base, factors, min(modules, default=0))


class _SumReader:
    """Walks from the parts to the taps."""

    def __init__(self, module: Mapping[str, Any], weights: np.ndarray):
        self.ports = {name: port["bits"] for name, port in module["ports"].items()}
        self.driver: dict[int | str, tuple[Mapping[str, Any], int]] = {}
        for cell in module["cells"].values():
            port = "Q" if cell["type"] == "$dff" else "number" if cell["type"] == "wg_count" else "Y"
            for k, bit in enumerate(cell["connections"].get(port, ())):
                if bit in self.driver:
                    raise Unreadable("a net of the adders has two drivers")
                self.driver[bit] = cell, k
        self.tap = {bit: k for k, bit in enumerate(self.ports["taps"])}
        self.weight = {bit: weights[:, k] for k, bit in enumerate(self.ports["weights"])}
        self.words = len(weights)
        self.depths: dict[int | str, int] = {}

    # ---- words and counters ----

    def products(self, word: Bits) -> tuple[Counter[int | str], set[int]]:
        """The word, two registers later, as factors of products; and up to multiples of what."""
        total = self._added(self._registered(word))
        rows: Counter[int | str] = Counter()
        for bit, factor in total.items():
            (source,) = self._registered((bit,)) if bit in self.driver else (bit,)
            rows[source] += factor
        found, wraps = Counter[int | str](), set[int]()
        while rows:
            bit = max(rows, key=self._depth)
            factor = rows.pop(bit)
            cell, k = self.driver.get(bit, ({"type": ""}, 0))
            if bit == "1" or (bit != "0" and cell["type"] != "wg_count"):
                found[bit] += factor
            elif bit != "0":
                self._count(cell, k, factor, rows, wraps)
        return found, wraps

    def _count(self, cell: Mapping[str, Any], k: int, factor: int, rows: Counter[int | str], wraps: set[int]) -> None:
        """The number that a lane's outputs make becomes its inputs; outputs that nobody reads are missing multiples."""
        inputs, lanes = (int(cell["parameters"][key], 2) for key in ("INPUTS", "LANES"))
        place, lane = divmod(k, lanes)
        unit = factor >> place
        for other, bit in enumerate(cell["connections"]["number"][lane::lanes]):
            given = factor if other == place else rows.pop(bit, 0)
            if given != unit << other or factor != unit << place:
                if given:
                    raise Unreadable("outputs of a counter are not the digits of its number")
                wraps.add(unit << other)
        for bit in cell["connections"]["bits"][lane::lanes][:inputs]:
            rows[bit] += unit

    def _registered(self, bits: Bits) -> Bits:
        found = []
        for bit in bits:
            cell, k = self.driver.get(bit, ({"type": ""}, 0))
            if cell["type"] != "$dff" or cell["connections"]["CLK"] != self.ports["clk"]:
                raise Unreadable("a sum is not two registers late")
            found.append(cell["connections"]["D"][k])
        return tuple(found)

    def _added(self, word: Bits) -> Counter[int | str]:
        """A word of bits, or the sum of two."""
        cell, k = self.driver.get(word[0], ({"type": ""}, 0))
        if cell["type"] == "$add" and k == 0 and tuple(cell["connections"]["Y"][: len(word)]) == word:
            words = [tuple(cell["connections"][port]) for port in "AB"]
            signed = any(int(cell["parameters"][key], 2) for key in ("A_SIGNED", "B_SIGNED"))
            if signed or any(len(operand) != len(cell["connections"]["Y"]) for operand in words):
                raise Unreadable("words of different form are added")
            a, b = map(self._added, words)
            return Counter({bit: a[bit] + b[bit] for bit in {*a, *b}})
        found: Counter[int | str] = Counter()
        for place, bit in enumerate(word):
            if bit != "0":
                found[bit] += 1 << place
        return found

    def _depth(self, bit: int | str) -> int:
        """Counters in front of a bit."""
        cell, k = self.driver.get(bit, ({"type": ""}, 0))
        if cell["type"] != "wg_count":
            return 0
        if bit not in self.depths:
            lanes = int(cell["parameters"]["LANES"], 2)
            self.depths[bit] = 1 + max(map(self._depth, cell["connections"]["bits"][k % lanes :: lanes]))
        return self.depths[bit]

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
