"""Collects the wires, instances and tables of the network, section by section."""

from __future__ import annotations

from collections.abc import Sequence

from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.verilog.folded.edges import IN_ORDER, RANDOM, Edge
from whetgen.targets.verilog.folded.sums import Sums
from whetgen.targets.verilog.netlist import Instance, Rom, Section, Wire, pack, pairs

CLOCK = {"clk": "clk", "rst": "rst"}


def address_bits(count: int) -> int:
    return max(1, (count - 1).bit_length())


class Sheet:
    """What is drawn so far; ``close`` ends a section."""

    def __init__(self, identifiers: Identifiers, name: str):
        self.identifiers, self.name = identifiers, name
        self.sections: list[Section] = []
        self.roms: list[Rom] = []
        self.sums: list[Sums] = []
        self._begin()

    def _begin(self) -> None:
        self.wires: list[Wire] = []
        self.instances: list[Instance] = []
        self.assigns: list[tuple[str, str]] = []

    def close(self, title: str, *notes: str) -> None:
        self.sections.append(Section(title, notes, (), tuple(self.wires), tuple(self.instances), tuple(self.assigns)))
        self._begin()

    def instance(self, module: str, name: str, parameters: dict, ports: dict) -> None:
        self.instances.append(Instance(module, self.identifiers.unique(name), pairs(**parameters), pairs(**ports)))

    def wire(self, name: str, width: int, value: str = "") -> str:
        name = self.identifiers.unique(name)
        self.wires.append(Wire(name, width, value))
        return name

    def named(self, *wires: tuple[str, int]) -> None:
        """Wires whose names follow from an edge or a tensor, which owns them."""
        self.wires += [Wire(*wire) for wire in wires]

    def rom(
        self, layer: str, stem: str, role: str, packing: str, values: Sequence[Sequence[int]], width: int
    ) -> tuple[int, str, str]:
        """A ROM of one word a row; returns its address bits and the names of address and data."""
        bits, total = address_bits(len(values)), width * len(values[0])
        module = self.identifiers.unique(f"{self.name}_{stem}_{role}_rom")
        words = tuple(f"{pack(row, width):0{-(-total // 4)}x}" for row in values)
        self.roms.append(Rom(module, f"{layer}: {role}", packing, total, bits, words))
        address, data = self.wire(f"{stem}_{role}_address", bits), self.wire(f"{stem}_{role}", total)
        ports = {"clk": "clk", "address": address, "data": data}
        self.instance(module, f"{stem}_{role}_table", {}, ports)
        return bits, address, data

    def produced(self, stem: str, bits: int) -> None:
        """The wires of a tensor as its maker writes it."""
        self.named((f"{stem}_valid", 1), (f"{stem}_data", bits), (f"{stem}_last", 1), (f"{stem}_take", 1))

    def buffers(self, stem: str, edges: Sequence[Edge], drop: str = "1'b0") -> None:
        """A buffer for each reader of the tensor, all written alike, and the wires of both sides."""
        for edge in edges:
            self._buffer(stem, edge, drop)
        self.wires.append(Wire(f"{stem}_room", 1, " && ".join(f"{e.prefix}_room" for e in edges)))

    def _buffer(self, stem: str, edge: Edge, drop: str) -> None:
        e, ordered = edge.prefix, edge.reader == IN_ORDER
        began = f"{e}_any" if edge.reader == RANDOM else self.identifiers.unique(f"unused_{e}_any")
        self.named((f"{e}_room", 1), (began, 1), (f"{e}_available", 1), (f"{e}_enable", 1), (f"{e}_next", 1))
        if not ordered:
            self.named((f"{e}_offset", edge.offset_bits), (f"{e}_release", edge.release_bits))
        self.named((f"{e}_data", edge.read_bits))
        shape = {
            "WRITE_BITS": edge.write_bits, "READ_BITS": edge.read_bits, "WORD_BITS": edge.word_bits,
            "WRITES": edge.writes, "READS": edge.reads, "DEPTH": edge.depth, "READER": edge.reader,
            "COMMIT": int(edge.commit), "COVER": int(edge.cover), "OFFSET_BITS": 1 if ordered else edge.offset_bits,
            "RELEASE_BITS": 1 if ordered else edge.release_bits,
        }  # fmt: skip
        ports = {
            **CLOCK, "wr_room": f"{e}_room", "wr_take": f"{stem}_take", "wr_valid": f"{stem}_valid",
            "wr_data": f"{stem}_data", "wr_last": f"{stem}_last", "wr_drop": drop, "rd_enable": f"{e}_enable",
            "rd_any": began, "rd_available": f"{e}_available", "rd_next": f"{e}_next",
            "rd_offset": "1'b0" if ordered else f"{e}_offset", "rd_release": "1'b0" if ordered else f"{e}_release",
            "rd_data": f"{e}_data",
        }  # fmt: skip
        self.instance("wg_stream_buffer", f"{e}_buffer", shape, ports)
