"""What each layer takes of a flat netlist, told from the names of its cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from whetgen.synth.devices import Device, resources

ENDS = "outside the layers"  # receiving, sending, choosing the class


def cells_by_layer(kinds: Mapping[str, str], layers: Sequence[str], device: Device) -> dict[str, dict[str, int]]:
    """Resources of the layers that take any, and under ``ENDS`` of cells that bear no layer's name; together they are all.

    ``kinds``: cell -> type. Yosys' ``autoname`` calls a cell after a wire at it, and flattening begins a wire's name with its instance.
    Logic that Yosys shares between two layers thus counts for one of them.
    """

    @cache
    def owner(instance: str) -> str:
        return _owner(instance, layers)

    counts = {layer: Counter[str]() for layer in (*layers, ENDS)}  # in this order
    for name, kind in kinds.items():
        counts[owner(name.removeprefix("$flatten\\").split(".")[0])][kind] += 1
    return {layer: resources(count, device)[0] for layer, count in counts.items() if count}


def _owner(instance: str, layers: Iterable[str]) -> str:
    """The layer with the longest name that the instance's begins with; a buffer ``A_to_B_buffer`` is of layer B, which reads it."""
    for name in (instance.rpartition("_to_")[2], instance):
        if fits := [layer for layer in layers if f"{name}_".startswith(f"{layer}_")]:
            return max(fits, key=len)
    return ENDS
