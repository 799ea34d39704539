"""Neurons of several thresholds: behind what sums up, how many thresholds each sum reaches."""

from __future__ import annotations

from collections.abc import Iterable

from whetgen.layers import Blend, Linear
from whetgen.targets.streams.thresholds import distances
from whetgen.targets.verilog.folded.layer import FoldedLayer
from whetgen.targets.verilog.folded.sections import FoldedSections, address_bits
from whetgen.targets.verilog.sections import CLOCK
from whetgen.wording import counted


def written(layer: Linear | Blend, width: int, folded: FoldedLayer, sections: FoldedSections) -> dict[str, str]:
    """Ports that what sums up writes, results or sums of ``width`` bits yet to be compared."""
    if not layer.higher:
        return folded.written
    bits = {"valid": 1, "data": folded.setting.pe * width, "last": 1}
    return {f"out_{role}": sections.wire(f"{folded.prefix}_sums_{role}", bits[role]) for role in bits}


def compare(
    layer: Linear | Blend,
    width: int,
    sums: dict[str, str],
    owners: Iterable[str],
    folded: FoldedLayer,
    sections: FoldedSections,
) -> None:
    """Nothing where neurons have one threshold; ``sums``: what ``written`` said, ``owners``: in words, whose each row is."""
    if not layer.higher:
        return
    lanes, prefix = folded.setting.pe, folded.prefix
    table = distances(layer, lanes)
    packing = (
        f"{width}-bit distances of {counted(len(layer.higher), 'threshold')} from the lowest one, ascending; "
        f"of each {counted(lanes, 'sum')}, first in the low bits"
    )
    rows = list(zip(owners, table.reshape(len(table), -1).tolist(), strict=True))
    rom = sections.rom(layer.name, prefix, "thresholds", packing, rows, width)
    shape = {
        "LANES": lanes, "STEPS": len(layer.higher), "IN_WIDTH": width, "OUT_WIDTH": layer.result.width,
        "TABLE_WORDS": len(rows), "TABLE_BITS": address_bits(len(rows)),
    }  # fmt: skip
    read = {port.replace("out", "sums"): wire for port, wire in sums.items()}
    sections.instance("wg_fold_thresholds", f"{prefix}_compare", shape, {**CLOCK, **read, **rom, **folded.written})
