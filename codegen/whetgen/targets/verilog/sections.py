"""The top module as data: a section for each layer and each end of the network, and what collects them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whetgen.layers import Tensor
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.verilog.constants import packed

Pairs = tuple[tuple[str, str], ...]
CLOCK = {"clk": "clk", "rst": "rst"}


def axis_ports(side: str) -> dict[str, str]:
    """Ports of a stream, ``s_axis`` or ``m_axis``, connected to those of the top."""
    return {f"{side}_{name}": f"{side}_{name}" for name in ("tdata", "tvalid", "tready", "tlast")}


@dataclass(frozen=True)
class Localparam:
    """``localparam [width-1:0] name = value``; ``comment`` leads back to the layer."""

    name: str
    width: int
    value: str
    comment: str


@dataclass(frozen=True)
class Wire:
    """A net; with ``value`` it is driven here, else by an instance."""

    name: str
    width: int
    value: str = ""


@dataclass(frozen=True)
class Instance:
    """One instance of a module of the library or of the layer's own. ``kept``: synthesis merges it with no other."""

    module: str
    name: str
    parameters: Pairs
    ports: Pairs
    kept: bool = False


@dataclass(frozen=True, kw_only=True)
class VerilogSection:
    """What one layer, or one end of the network, needs."""

    title: str
    notes: tuple[str, ...]
    constants: tuple[Localparam, ...]
    wires: tuple[Wire, ...]
    assigns: Pairs
    instances: tuple[Instance, ...]


class Sections:
    """Collects the sections of the network ``name``; ``close`` ends one and begins the next."""

    def __init__(self, identifiers: Identifiers, name: str):
        self.identifiers, self.name = identifiers, name
        self.closed: list[VerilogSection] = []
        self._begin()

    def _begin(self) -> None:
        self._constants: list[Localparam] = []
        self._wires: list[Wire] = []
        self._assigns: list[tuple[str, str]] = []
        self._instances: list[Instance] = []

    def close(self, title: str, *notes: str) -> None:
        """End the section."""
        section = VerilogSection(
            title=title,
            notes=notes,
            constants=tuple(self._constants),
            wires=tuple(self._wires),
            assigns=tuple(self._assigns),
            instances=tuple(self._instances),
        )
        self.closed.append(section)
        self._begin()

    def wire(self, name: str, width: int, value: str = "") -> str:
        """A new wire; returns the name that it got."""
        return self.named_wire(self.identifiers.unique(name), width, value)

    def named_wire(self, name: str, width: int, value: str = "") -> str:
        """A wire whose name is taken already, by its tensor or its buffer."""
        self._wires.append(Wire(name, width, value))
        return name

    def constant(self, name: str, values: Sequence[int], width: int, comment: str) -> str:
        """A new constant of ``values`` side by side; returns the name that it got."""
        name = self.identifiers.unique(name.upper())
        self._constants.append(Localparam(name, width * len(values), packed(values, width), comment))
        return name

    def assign(self, name: str, value: str) -> None:
        """Drive a wire."""
        self._assigns.append((name, value))

    def instance(
        self, module: str, name: str, parameters: Mapping[str, object], ports: Mapping[str, str], kept: bool = False
    ) -> None:
        """An instance under ``name``, or a name like it."""
        shape = tuple((parameter, str(value)) for parameter, value in parameters.items())
        self._instances.append(Instance(module, self.identifiers.unique(name), shape, tuple(ports.items()), kept))

    def resized(self, data: str, tensor: Tensor, count: int, width: int, name: str) -> str:
        """``count`` elements of the tensor in ``width`` bits each: ``data`` itself, or a wire with a name like ``name``."""
        if width == tensor.width:
            return data
        wire = self.wire(name, count * width)
        shape = {"COUNT": count, "IN_WIDTH": tensor.width, "OUT_WIDTH": width, "SIGNED": int(tensor.signed)}
        self.instance("wg_resize", f"{wire}_resize", shape, {"data": data, "widened": wire})
        return wire
