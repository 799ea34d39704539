"""The figures at the top of the page: what is known of accuracy, speed and size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whetgen.ir import Graph
from whetgen.report.accuracy import Judged
from whetgen.report.inspection import totals
from whetgen.report.parts import Tile
from whetgen.wording import duration, every

_CLOCK_MHZ = 100


def tiles(graph: Graph, manifest: Mapping | None, seen: Judged | None) -> tuple[Tile, ...]:
    """What is known, and nothing else."""
    known = manifest or {}
    found = (*_accuracy(known, seen), *_speed(known), *_synthesis(known), *_footprint(known), *_size(known))
    return (*found, Tile("synapses", f"{totals(graph)['synapses']:,}", "weights that are not 0"))


def _accuracy(manifest: Mapping, seen: Judged | None) -> Iterator[Tile]:
    if seen and seen.accuracy is not None and seen.right is not None:
        yield Tile("accuracy", f"{seen.accuracy:.2%}", f"{int(seen.right.sum()):,} of {len(seen.right):,} frames")
    told = manifest.get("narrowing", {})
    if (before := told.get("accuracy_before")) is not None and (after := told.get("accuracy_after")) is not None:
        yield Tile("narrowing", f"{before:.2%} → {after:.2%}", "accuracy on the calibration frames, before and after")
    elif "agreement" in told:
        yield Tile("narrowing", f"{told['agreement']:.2%}", "of the calibration frames give the same result as before")


def _speed(manifest: Mapping) -> Iterator[Tile]:
    if (interval := manifest.get("initiation_interval_cycles")) is None:
        return
    latency = manifest["latency_cycles"]
    if not manifest.get("synthesis"):
        rate = _CLOCK_MHZ * 1e6 / interval
        yield Tile("frames a second", f"{rate:,.0f}", f"at {_CLOCK_MHZ} MHz, {every(interval, 'cycle')}")
    if latency is not None:
        yield Tile("latency", f"{latency:,}", f"cycles; a frame {every(interval, 'cycle')}")
    if folded := [(row["pe"], row["simd"]) for row in manifest.get("cycles", ()) if row.get("pe")]:
        most = max(folded, key=lambda pair: pair[0] * pair[1])
        yield Tile("folding", f"{most[0]} x {most[1]}", "PE x SIMD of the widest layer")
    elif "architecture" in manifest:
        yield Tile(
            "architecture",
            manifest["architecture"],
            "a frame every beat" if manifest["architecture"] == "unrolled" else "",
        )


def _synthesis(manifest: Mapping) -> Iterator[Tile]:
    for device, facts in manifest.get("synthesis", {}).items():
        if facts["frames_per_second"] is not None:
            told = f"on {device} at {facts['fmax_mhz']:,.1f} MHz, {duration(facts['latency_ns'])} each"
            yield Tile("frames a second", f"{facts['frames_per_second']:,.0f}", told)
        for resource, used in facts["cells"].items():
            if used:
                yield Tile(resource.upper(), f"{used:,}", f"on {device}, of {facts['room'].get(resource, 0):,}")


def _footprint(manifest: Mapping) -> Iterator[Tile]:
    for board, facts in (manifest.get("footprint") or {}).items():
        if "cost_mean" in facts:
            yield Tile(facts["unit"], f"{facts['cost_mean']:,.0f}", f"a frame on {board}, measured")


def _size(manifest: Mapping) -> Iterator[Tile]:
    sizes = manifest.get("resources", {})
    if "flash_table_bytes" in sizes:
        yield Tile(
            "flash",
            f"{sizes['flash_table_bytes'] + sizes['flash_code_bytes_estimated']:,}",
            "bytes of tables and, estimated, code",
        )
        yield Tile("RAM", f"{sizes['arena_bytes']:,}", "bytes of the arena")
    elif "luts_estimated" in sizes and not manifest.get("synthesis"):
        yield Tile("LUT", f"{sizes['luts_estimated']:,}", "estimated")
