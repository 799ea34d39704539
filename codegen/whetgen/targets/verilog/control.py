"""``--control axi-lite``: a top that puts registers beside the streams."""

from __future__ import annotations

import re
from dataclasses import dataclass

from whetgen.targets.output.library import library
from whetgen.targets.output.templating import template_environment
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.targets.verilog.ports import Port, axil_ports, stream_ports

ADDRESS_BITS = 6


@dataclass(frozen=True)
class Register:
    """A row of the register map."""

    offset: str
    name: str
    access: str
    contents: str


@dataclass(frozen=True)
class Control:
    """The top with registers. ``version``, ``hash``: hexadecimal constants."""

    top: str
    ports: tuple[Port, ...]
    version: str
    hash: str
    registers: tuple[Register, ...]


def plan_control(plan: VerilogPlan, version: str, graph_sha256: str) -> Control:
    """``version``: of whetgen."""
    number = version_number(version)
    return Control(
        f"{plan.name}_axil",
        (*(port for port in stream_ports(plan) if port[2] != "err_frames"), *axil_ports(ADDRESS_BITS)),
        number,
        graph_sha256[:32],
        _registers(number, version, graph_sha256[:32]),
    )


def version_number(version: str) -> str:
    """Eight hexadecimal digits, 16 bits of the first number and 8 of each of the next two; what a field cannot hold is its largest.

    A version of Python packages: fewer numbers end in zeros, pre-release, development and local parts are left out.
    """
    (release,) = re.findall(r"^(?:\d+!)?(\d+(?:\.\d+)*)", version)
    major, minor, patch, *_ = (*map(int, release.split(".")), 0, 0)
    return f"{min(major, 0xFFFF):04x}{min(minor, 0xFF):02x}{min(patch, 0xFF):02x}"


def render_control(plan: VerilogPlan, control: Control) -> dict[str, str]:
    """Text of every file in ``control/`` by its path in the output folder."""
    hdl, facts = template_environment("verilog"), {"plan": plan, "control": control}
    return {
        f"control/rtl/{control.top}.v": hdl.get_template("control/axil.v.j2").render(facts),
        **{f"control/rtl/{file}": text for file, text in library({"wg_control"}, "hdl/rtl").items()},
        "control/README.md": hdl.get_template("control/README.md.j2").render(facts),
    }


def _registers(number: str, version: str, digest: str) -> tuple[Register, ...]:
    words = [digest[i : i + 8] for i in range(0, 32, 8)]
    return (
        Register("0x00", "VERSION", "RO", f"whetgen's version, {version}: 0x{number}"),
        Register(
            "0x04", "CONTROL", "RW", "bit 0 enable (1 after reset; 0 takes no new frame); bit 1 clear both counters"
        ),
        Register("0x08", "STATUS", "RO", "bit 0 an input frame is under way; bit 1 a result waits for its reader"),
        Register("0x0C", "FRAMES", "RO", "result frames sent"),
        Register("0x10", "ERRORS", "RO", "input frames dropped for a wrong length"),
        *(
            Register(f"0x{0x20 + 4 * i:02X}", f"HASH{i}", "RO", f"graph_sha256 of whetgen.json, word {i}: 0x{word}")
            for i, word in enumerate(words)
        ),
    )
