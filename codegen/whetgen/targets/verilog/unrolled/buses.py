"""The buses of an unrolled network: one for each tensor, delayed for those who read it later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whetgen.layers import Tensor
from whetgen.targets.verilog.sections import Sections


class Buses:
    """Of each tensor, in how many cycles after the frame its bus is ready. ``clocked``: something waits for ``advance``."""

    def __init__(self, sections: Sections):
        self.sections = sections
        self.ready: dict[str, int] = {}
        self.clocked = False
        self._delayed: dict[tuple[str, int], str] = {}

    def clocked_instance(
        self, module: str, name: str, parameters: Mapping[str, object], ports: Mapping[str, str]
    ) -> None:
        """An instance that moves on with ``advance``."""
        self.clocked = True
        self.sections.instance(module, name, parameters, {"clk": "clk", "advance": "advance", **ports})

    def meet(self, tensors: Sequence[Tensor]) -> tuple[int, list[str]]:
        """The first cycle in which all of them are ready, and their buses as they are then."""
        cycle = max(self.ready[t.name] for t in tensors)
        return cycle, [self._at(t, cycle) for t in tensors]

    def _at(self, tensor: Tensor, cycle: int) -> str:
        wait = cycle - self.ready[tensor.name]
        if wait == 0:
            return tensor.name
        if (tensor.name, wait) not in self._delayed:
            name = self.sections.wire(f"{tensor.name}_delayed_{wait}", tensor.bits)
            shape, ports = {"WIDTH": tensor.bits, "CYCLES": wait}, {"data": tensor.name, "delayed": name}
            self.clocked_instance("wg_delay", f"{name}_by", shape, ports)
            self._delayed[tensor.name, wait] = name
        return self._delayed[tensor.name, wait]
