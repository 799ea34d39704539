"""Devices that the open tools know: what a cell counts as, and how much of each there is."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """``synth``: Yosys command; it maps memories from its label ``memory`` on and runs about ``passes`` passes.
    ``cells``: pattern of a cell's type -> (resource, how many).

    ``logic``: pattern of the cells between registers. ``room``: of each resource. ``place_and_route``: nextpnr's name and arguments, None where Yosys' counts are all.
    """

    name: str
    title: str
    synth: str
    memory: str
    passes: int
    cells: dict[str, tuple[str, int]]
    logic: str
    room: dict[str, int]
    place_and_route: tuple[str, ...] | None = None

    def resource(self, cell: str) -> tuple[str, int] | None:
        """What a cell of that type takes; None for what takes nothing (pads, constants, clock buffers)."""
        return next((taken for pattern, taken in self.cells.items() if re.fullmatch(pattern, cell)), None)


DEVICES = {
    device.name: device
    for device in (
        Device(
            "xc7",
            "Xilinx 7-series (room of an xc7a35t), counts after Yosys",
            "synth_xilinx -flatten -noiopad -nowidelut -noclkbuf",
            "map_memory",
            49,
            {
                r"LUT[1-6]|INV": ("lut", 1),
                r"RAM(32|64)X1D|SRL16E|RAM64X1S|RAM32X1S": ("lut", 1),
                r"RAM32M|RAM64M": ("lut", 4),
                r"FD[RSCP]E(_1)?": ("ff", 1),
                r"CARRY4": ("carry", 1),
                r"RAMB18E1": ("bram", 1),
                r"RAMB36E1": ("bram", 2),
                r"DSP48E1": ("dsp", 1),
            },
            r"LUT[1-6]|INV|CARRY4|MUXF[78]",
            {"lut": 20_800, "ff": 41_600, "carry": 5_200, "bram": 100, "dsp": 90},
        ),
        Device(
            "ecp5-25k",
            "Lattice ECP5 LFE5U-25F, placed and routed by nextpnr out of context",
            "synth_ecp5",
            "map_ram",
            46,
            {
                r"LUT4": ("lut", 1),
                r"TRELLIS_DPR16X4": ("lut", 6),
                r"CCU2C": ("carry", 1),
                r"TRELLIS_FF": ("ff", 1),
                r"DP16KD|PDPW16KD": ("bram", 1),
                r"MULT18X18D": ("dsp", 1),
            },
            r"LUT4|CCU2C|PFUMX|L6MUX21",
            {"lut": 24_288, "ff": 24_288, "carry": 12_144, "bram": 56, "dsp": 28},
            ("nextpnr-ecp5", "--25k", "--package", "CABGA381", "--out-of-context", "--lpf-allow-unconstrained"),
        ),
        Device(
            "ice40-hx8k",
            "Lattice iCE40 HX8K, placed and routed by nextpnr with its pins where nextpnr likes",
            "synth_ice40",
            "map_ram",
            47,
            {
                r"SB_LUT4": ("lut", 1),
                r"SB_CARRY": ("carry", 1),
                r"SB_DFF.*": ("ff", 1),
                r"SB_RAM40_4K.*": ("bram", 1),
            },
            r"SB_LUT4|SB_CARRY",
            {"lut": 7_680, "ff": 7_680, "carry": 7_680, "bram": 32},
            ("nextpnr-ice40", "--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"),
        ),
    )
}
