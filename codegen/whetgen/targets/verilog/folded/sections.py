"""Sections of the folded network: besides wires and instances, ROMs and the buffers between layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.verilog.constants import pack
from whetgen.targets.verilog.folded.adders import Adders
from whetgen.targets.verilog.folded.buffers import IN_ORDER, RANDOM, StreamBuffer
from whetgen.targets.verilog.folded.word_adders import WordAdders
from whetgen.targets.verilog.rom import Rom, RomRow
from whetgen.targets.verilog.sections import CLOCK, Sections


def address_bits(count: int) -> int:
    """Bits that count to ``count - 1``, one at least."""
    return max(1, (count - 1).bit_length())


class FoldedSections(Sections):
    """Collects the modules of tables and adders, too."""

    def __init__(self, identifiers: Identifiers, name: str):
        super().__init__(identifiers, name)
        self.roms: list[Rom] = []
        self.adders: list[Adders | WordAdders] = []

    def rom(
        self, layer: str, prefix: str, role: str, packing: str, rows: Sequence[tuple[str, Sequence[int]]], width: int
    ) -> dict[str, str]:
        """A ROM: of each of ``rows`` the owner and the constants of ``width`` bits; rows that are all alike are a constant.

        Returns the ports of the module that reads it: ``role`` and ``<role>_address``, with the names of the wires.
        """
        bits, (_, first) = address_bits(len(rows)), rows[0]
        total, title = width * len(first), f"{layer}: {role}"
        if all(values == first for _, values in rows):
            address = self.wire(f"unused_{prefix}_{role}_address", bits)
            return {
                f"{role}_address": address,
                role: self.constant(f"{prefix}_{role}", first, width, f"{title}, {packing}"),
            }
        module = self.identifiers.unique(f"{self.name}_{prefix}_{role}_rom")
        address, data = self.wire(f"{prefix}_{role}_address", bits), self.wire(f"{prefix}_{role}", total)
        words = [(owner, pack(values, width)) for owner, values in rows]
        self.table(module, f"{prefix}_{role}", title, packing, words, total, {"address": address, "data": data})
        return {f"{role}_address": address, role: data}

    def table(
        self,
        module: str,
        prefix: str,
        title: str,
        packing: str,
        words: Sequence[tuple[str, int]],
        width: int,
        ports: Mapping[str, str],
    ) -> None:
        """A ROM of ``words``, of each the owner and its ``width`` bits; ``ports``: the wires of address and data."""
        rows = tuple(RomRow(f"{word:0{-(-width // 4)}x}", owner) for owner, word in words)
        bits = address_bits(len(words))
        self.roms.append(Rom(module=module, title=title, packing=packing, width=width, address_bits=bits, rows=rows))
        self.instance(module, f"{prefix}_table", {}, {"clk": "clk", **ports})

    def end(self, received: str) -> None:
        """What comes behind the output's section; ``received``: the tensor of the input."""

    def produced(self, prefix: str, bits: int) -> None:
        """The wires of a tensor as its maker writes it."""
        for name, width in (("valid", 1), ("data", bits), ("last", 1), ("take", 1)):
            self.named_wire(f"{prefix}_{name}", width)

    def buffers(self, prefix: str, readers: Sequence[StreamBuffer], drop: str = "1'b0") -> None:
        """The buffer of each reader of the tensor, all written alike, and the wires of both sides."""
        for buffer in readers:
            self._buffer(prefix, buffer, drop)
        self.named_wire(f"{prefix}_room", 1, " && ".join(f"{b.prefix}_room" for b in readers))

    def _buffer(self, prefix: str, buffer: StreamBuffer, drop: str) -> None:
        b, ordered = buffer.prefix, buffer.reader == IN_ORDER
        began = f"{b}_any" if buffer.reader == RANDOM else self.identifiers.unique(f"unused_{b}_any")
        wires = {f"{b}_room": 1, began: 1, f"{b}_available": 1, f"{b}_enable": 1, f"{b}_next": 1}
        offsets = {} if ordered else {f"{b}_offset": buffer.offset_bits, f"{b}_release": buffer.release_bits}
        for name, width in (wires | offsets | {f"{b}_data": buffer.read_bits}).items():
            self.named_wire(name, width)
        shape = {
            "WRITE_BITS": buffer.write_bits, "READ_BITS": buffer.read_bits, "WORD_BITS": buffer.word_bits,
            "WRITES": buffer.writes, "READS": buffer.reads, "DEPTH": buffer.depth, "READER": buffer.reader,
            "COMMIT": int(buffer.commit), "COVER": int(buffer.cover), "OFFSET_BITS": 1 if ordered else buffer.offset_bits,
            "RELEASE_BITS": 1 if ordered else buffer.release_bits,
        }  # fmt: skip
        ports = {
            **CLOCK, "wr_room": f"{b}_room", "wr_take": f"{prefix}_take", "wr_valid": f"{prefix}_valid",
            "wr_data": f"{prefix}_data", "wr_last": f"{prefix}_last", "wr_drop": drop, "rd_enable": f"{b}_enable",
            "rd_any": began, "rd_available": f"{b}_available", "rd_next": f"{b}_next",
            "rd_offset": "1'b0" if ordered else f"{b}_offset", "rd_release": "1'b0" if ordered else f"{b}_release",
            "rd_data": f"{b}_data",
        }  # fmt: skip
        self.instance("wg_stream_buffer", f"{b}_buffer", shape, ports)
