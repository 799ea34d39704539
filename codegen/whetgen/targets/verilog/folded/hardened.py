"""Sections of a hardened network: ROMs whose words are checked as they are read, and three of what keeps anything else.

Every module of the library that has a clock stands there three times with the same inputs; what it says is what two at
least of the copies say. So one register that flips, in a counter, a queue or its memory, is outvoted until reset.
Not hardened: the registers in the layers' adders, which keep a word for two cycles.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache

from whetgen.assets import assets
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.folded.check_bits import CODES
from whetgen.targets.verilog.folded.sections import FoldedSections
from whetgen.targets.verilog.sections import CLOCK

_LIBRARY, _COPIES = "wg_", 3
_OUTPUT = re.compile(r"^ +output (?:wire|reg) .*?(\w+),?$", re.MULTILINE)
# Outputs that may hold what they held when the power came until a first word passes: copies of these may differ.
_DATA = ("rd_data", "out_data", "tap_data", "m_axis_tdata")
_LINE = 110


class HardenedSections(FoldedSections):
    """``code``: of ``check_bits.CODES``, for the words of ROMs. Collects the wires of those who notice something."""

    def __init__(self, identifiers: Identifiers, name: str, code: str, sink: Stream):
        super().__init__(identifiers, name)
        self.code = CODES[code]
        self.faults: list[str] = []
        self.corrections: list[str] = []
        self.widths = {"s_axis_tready": 1, "m_axis_tdata": sink.bus_bits, "m_axis_tvalid": 1, "m_axis_tlast": 1}
        self.widths["err_frames"] = 32

    def named_wire(self, name: str, width: int, value: str = "") -> str:
        self.widths[name] = width
        return super().named_wire(name, width, value)

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
        """The words with their check bits, and behind the ROM what reads them."""
        code = self.code(width)
        stored = self.wire(f"{prefix}_stored", width + code.bits)
        above = [(owner, code.above(word)) for owner, word in words]
        asked = {**ports, "data": stored}
        super().table(module, prefix, title, f"{packing}; {code.summary}", above, width + code.bits, asked)
        told = {"fault": self._noticed(self.faults, f"{prefix}_fault")}
        if code.corrects:
            told["corrected"] = self._noticed(self.corrections, f"{prefix}_corrected")
        self.instance(
            code.module, f"{prefix}_check", code.parameters, {"stored": stored, "data": ports["data"], **told}
        )

    def instance(
        self, module: str, name: str, parameters: Mapping[str, object], ports: Mapping[str, str], kept: bool = False
    ) -> None:
        """Three instances and their votes, where the module keeps something."""
        if not module.startswith(_LIBRARY) or "clk" not in ports:
            super().instance(module, name, parameters, ports, kept)
            return
        driven = {port: wire for port, wire in ports.items() if port in _outputs(module)}
        copies = {port: self.wire(f"{wire}_copies", _COPIES * self.widths[wire]) for port, wire in driven.items()}
        for k in range(_COPIES):
            mine = {port: _part(wire, self.widths[driven[port]], k) for port, wire in copies.items()}
            super().instance(module, f"{name}_{k + 1}", parameters, {**ports, **mine}, kept=True)
        for port, wire in driven.items():
            self._vote(port, wire, copies[port])

    def _vote(self, port: str, wire: str, copies: str) -> None:
        if port in _DATA:
            differs = self.wire(f"unused_{wire}_differs", 1)
        else:
            differs = self._noticed(self.corrections, f"{wire}_differs")
        ports = {"copies": copies, "value": wire, "differs": differs}
        super().instance("wg_vote", f"{wire}_vote", {"WIDTH": self.widths[wire]}, ports)

    def _noticed(self, kind: list[str], name: str) -> str:
        kind.append(self.wire(name, 1))
        return kind[-1]

    def end(self, received: str) -> None:
        shape = {"FAULTS": max(len(self.faults), 1), "CORRECTIONS": len(self.corrections)}
        ports = {
            **CLOCK,
            "faults": self.wire("faults", shape["FAULTS"], _together(self.faults or ["1'b0"])),
            "corrections": self.wire("corrections", shape["CORRECTIONS"], _together(self.corrections)),
            "frame_in": f"{received}_last",
            "frame_out": "m_axis_tvalid && m_axis_tready && m_axis_tlast",
            "err_fault": "err_fault",
            "err_corrected": "err_corrected",
        }
        super().instance("wg_fault", "flipped_bits", shape, ports)
        self.close("Flipped bits")


def _part(wire: str, width: int, number: int) -> str:
    return f"{wire}[{number * width} +: {width}]"


def _together(wires: Sequence[str]) -> str:
    return textwrap.fill(f"{{{', '.join(wires)}}}", _LINE, subsequent_indent=" " * 8)


@cache
def _outputs(module: str) -> frozenset[str]:
    """The ports that a module of the library drives, as its own text says."""
    text = (assets() / "hdl" / "rtl" / f"{module}.v").read_text(encoding="utf-8")
    return frozenset(_OUTPUT.findall(text))
