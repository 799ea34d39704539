"""Devices that the open tools know: what a cell counts as, and how much of each there is."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Device:
    """``synth``: Yosys command; it maps memories from its label ``memory`` on and runs about ``passes`` passes.
    ``cells``: pattern of a cell's type -> (resource, how many).

    ``logic``: pattern of the cells between registers. ``room``: of each resource. ``place_and_route``: nextpnr's name and arguments, None where Yosys' counts are all.
    ``two_outputs``: a LUT makes two functions of five inputs.
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
    two_outputs: bool = False

    def resource(self, cell: str) -> tuple[str, int] | None:
        """What a cell of that type takes; None for what takes nothing (pads, constants, clock buffers)."""
        return next((taken for pattern, taken in self.cells.items() if re.fullmatch(pattern, cell)), None)


def _nextpnr_ecp5(size: str) -> tuple[str, ...]:
    return ("nextpnr-ecp5", size, "--package", "CABGA381", "--out-of-context", "--lpf-allow-unconstrained")


_ECP5 = Device(
    name="ecp5-25k",
    title="Lattice ECP5 LFE5U-25F, placed and routed by nextpnr out of context",
    synth="synth_ecp5",
    memory="map_ram",
    passes=46,
    cells={
        r"LUT4": ("lut", 1),
        r"TRELLIS_DPR16X4": ("lut", 6),
        r"CCU2C": ("carry", 1),
        r"TRELLIS_FF": ("ff", 1),
        r"DP16KD|PDPW16KD": ("bram", 1),
        r"MULT18X18D": ("dsp", 1),
    },
    logic=r"LUT4|CCU2C|PFUMX|L6MUX21",
    room={"lut": 24_288, "ff": 24_288, "carry": 12_144, "bram": 56, "dsp": 28},
    place_and_route=_nextpnr_ecp5("--25k"),
)

DEVICES = {
    device.name: device
    for device in (
        Device(
            name="xc7",
            title="Xilinx 7-series (room of an xc7a35t), counts after Yosys",
            synth="synth_xilinx -flatten -noiopad -nowidelut -noclkbuf",
            memory="map_memory",
            passes=49,
            cells={
                r"LUT[1-6]|INV": ("lut", 1),
                r"RAM(32|64)X1D|SRL16E|RAM64X1S|RAM32X1S": ("lut", 1),
                r"RAM32M|RAM64M": ("lut", 4),
                r"FD[RSCP]E(_1)?": ("ff", 1),
                r"CARRY4": ("carry", 1),
                r"RAMB18E1": ("bram", 1),
                r"RAMB36E1": ("bram", 2),
                r"DSP48E1": ("dsp", 1),
            },
            logic=r"LUT[1-6]|INV|CARRY4|MUXF[78]",
            room={"lut": 20_800, "ff": 41_600, "carry": 5_200, "bram": 100, "dsp": 90},
            two_outputs=True,
        ),
        _ECP5,
        replace(
            _ECP5,
            name="ecp5-85k",
            title="Lattice ECP5 LFE5U-85F, placed and routed by nextpnr out of context",
            room={"lut": 83_640, "ff": 83_640, "carry": 41_820, "bram": 208, "dsp": 156},
            place_and_route=_nextpnr_ecp5("--85k"),
        ),
        Device(
            name="ice40-hx8k",
            title="Lattice iCE40 HX8K, placed and routed by nextpnr with its pins where nextpnr likes",
            synth="synth_ice40",
            memory="map_ram",
            passes=47,
            cells={
                r"SB_LUT4": ("lut", 1),
                r"SB_CARRY": ("carry", 1),
                r"SB_DFF.*": ("ff", 1),
                r"SB_RAM40_4K.*": ("bram", 1),
            },
            logic=r"SB_LUT4|SB_CARRY",
            room={"lut": 7_680, "ff": 7_680, "carry": 7_680, "bram": 32},
            place_and_route=("nextpnr-ice40", "--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"),
        ),
    )
}


def resources(counts: Counter, device: Device) -> tuple[dict[str, int], dict[str, int]]:
    """Cells by what they take, and those that take nothing by type."""
    cells, other = dict.fromkeys(device.room, 0), {}
    for kind, count in sorted(counts.items()):
        taken = device.resource(kind)
        if taken is None:
            other[kind] = count
        else:
            cells[taken[0]] += taken[1] * count
    return cells, other
