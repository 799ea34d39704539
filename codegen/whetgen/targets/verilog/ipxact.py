"""``ip/component.xml``: the network as an IP for block designs (IP-XACT, IEEE 1685-2009, with Vivado's bus definitions)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whetgen.targets.output.templating import template_environment
from whetgen.targets.verilog.clocking import Clocking
from whetgen.targets.verilog.control import ADDRESS_BITS, Control, Register
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.targets.verilog.ports import Port, stream_ports
from whetgen.wording import counted, every


@dataclass(frozen=True, kw_only=True)
class BusInterface:
    """One bus. ``ports``: (logical, physical) names; ``memory_map``: of a slave with registers."""

    name: str
    library: str
    kind: str
    mode: str
    ports: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str], ...] = ()
    memory_map: str = ""


@dataclass(frozen=True)
class IpPort:
    """``left``: highest bit of a vector, None for a single wire."""

    name: str
    direction: str
    left: int | None


@dataclass(frozen=True, kw_only=True)
class Ip:
    """What the template prints. ``sources``: relative to ``ip/``."""

    top: str
    version: str
    buses: tuple[BusInterface, ...]
    ports: tuple[IpPort, ...]
    sources: tuple[str, ...]
    registers: tuple[Register, ...]
    address_range: int
    description: str


def render_ip(plan: VerilogPlan, control: Control | None, version: str, paths: Iterable[str]) -> dict[str, str]:
    """``component.xml`` for the network, or for its top with registers where there is one.

    ``paths``: of all files in the output folder; those of the top's sources are listed.
    """
    ports = control.ports if control else stream_ports(plan)
    folders = ("rtl/", "control/rtl/") if control else ("rtl/",)
    made = Ip(
        top=control.top if control else plan.name,
        version=version,
        buses=_buses(ports, control is not None, plan.clocking),
        ports=tuple(_port(port) for port in ports),
        sources=tuple(f"../{path}" for path in sorted(paths) if path.startswith(folders) and path.endswith(".v")),
        registers=control.registers if control else (),
        address_range=1 << ADDRESS_BITS,
        description=f"Network of threshold neurons, latency {counted(plan.latency_cycles, 'cycle')}, "
        f"a frame {every(plan.initiation_interval_cycles, 'cycle')}",
    )
    return {"ip/component.xml": template_environment("verilog").get_template("ip/component.xml.j2").render(ip=made)}


def _port(port: Port) -> IpPort:
    """A tdata of one bit, too, is a vector."""
    direction, bits, name = port
    return IpPort(
        name, "in" if direction.startswith("input") else "out", bits - 1 if bits > 1 or "tdata" in name else None
    )


def _buses(ports: tuple[Port, ...], controlled: bool, clocking: Clocking) -> tuple[BusInterface, ...]:
    associated = "s_axis:m_axis:s_axil" if controlled else "s_axis:m_axis"
    clock = (("ASSOCIATED_BUSIF", associated), ("ASSOCIATED_RESET", clocking.reset))
    lite = BusInterface(
        name="s_axil",
        library="interface",
        kind="aximm",
        mode="slave",
        ports=_named("s_axil", ports),
        parameters=(("PROTOCOL", "AXI4LITE"),),
        memory_map="s_axil",
    )
    return (
        BusInterface(name="s_axis", library="interface", kind="axis", mode="slave", ports=_named("s_axis", ports)),
        BusInterface(name="m_axis", library="interface", kind="axis", mode="master", ports=_named("m_axis", ports)),
        *((lite,) if controlled else ()),
        BusInterface(
            name=clocking.clock,
            library="signal",
            kind="clock",
            mode="slave",
            ports=(("CLK", clocking.clock),),
            parameters=clock,
        ),
        BusInterface(
            name=clocking.reset,
            library="signal",
            kind="reset",
            mode="slave",
            ports=(("RST", clocking.reset),),
            parameters=(("POLARITY", f"ACTIVE_{clocking.active.upper()}"),),
        ),
    )


def _named(prefix: str, ports: tuple[Port, ...]) -> tuple[tuple[str, str], ...]:
    """Logical name of a port: what stands behind the prefix, in capitals."""
    return tuple(
        (name.removeprefix(f"{prefix}_").upper(), name) for _, _, name in ports if name.startswith(f"{prefix}_")
    )
