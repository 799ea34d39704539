"""Flipped bits in the real C: the reference's flips, bits of any table, and bits of the arena."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.verification.checks import target_outputs
from whetgen.verification.faults.c_injector import CFlip, CInjector
from whetgen.verification.faults.c_tables import TableBit, differing_bits, read_source
from whetgen.verification.faults.curve import DRAWS, Point, counts, point
from whetgen.verification.faults.fates import Fate, Fates, Matched, count_fates, fate_of
from whetgen.verification.faults.matching import Files, match_flips
from whetgen.verification.faults.yardstick import Yardstick
from whetgen.verification.frames import Frames
from whetgen.verification.runners import Progress, shares

SINGLES = 1000  # single flips of tables, and of the arena
_FRAMES = 64
_RECORD = "_layer"  # ends the names of the records of kernels


def real_share(
    folder: Path,
    manifest: dict,
    graph: Graph,
    frames: Frames,
    yardstick: Yardstick,
    flips: int,
    seed: int,
    tell: Progress,
) -> tuple[Matched, tuple[Fates, ...], tuple[Point, ...]]:
    """What the folder's C makes of flipped bits.

    Raises:
        CouldNotRun: there is no C compiler, or it refuses the folder.
    """
    tell("faults: compile the C with tables that can be written to")
    few = frames.first(_FRAMES)
    with scratch_folder() as scratch:
        injector = CInjector(folder, manifest["name"], graph, scratch)
        tell("faults: the reference's flips in C")
        matched = _matched(injector, folder, manifest, graph, few.codes, np.random.default_rng([seed, 1]))
        tell("faults: single bits of tables and of the arena in C")
        fates = _fates(injector, manifest, graph, few.codes, np.random.default_rng([seed, 2]))
        points = _curve(
            injector, graph, frames, yardstick, flips, seed, shares(tell, "faults: many bits of tables in C")
        )
    return matched, fates, points


def _matched(
    injector: CInjector, folder: Path, manifest: dict, graph: Graph, codes: np.ndarray, rng: np.random.Generator
) -> Matched:
    own = read_source(folder, manifest["name"])

    def differing(files: Files) -> list[TableBit] | None:
        text = files[f"src/{manifest['name']}.c"]
        assert isinstance(text, str)  # C is text
        return differing_bits(own, text)

    def outputs(faults: list[list[TableBit]]) -> list[np.ndarray]:
        return [fate.outputs for fate in injector.run([[CFlip(*place) for place in fault] for fault in faults], codes)]

    return match_flips(graph, manifest, codes, rng, differing, outputs)


def _fates(
    injector: CInjector, manifest: dict, graph: Graph, codes: np.ndarray, rng: np.random.Generator
) -> tuple[Fates, ...]:
    wanted = target_outputs(graph, manifest, codes)
    tables = {name: size for name, size in injector.bytes.items() if not name.endswith(_RECORD)}
    records = {name: size for name, size in injector.bytes.items() if name.endswith(_RECORD)}
    found = [
        count_fates(what, _run(injector, _table_flips(sizes, SINGLES, rng), codes, wanted, len(codes)))
        for what, sizes in (("tables", tables), ("records of kernels", records))
    ]
    arena = [_arena_flip(manifest, len(codes), rng) for _ in range(SINGLES)]
    return (*found, count_fates("arena between layers", _run(injector, arena, codes, wanted, None)))


def _run(
    injector: CInjector, flips: list[CFlip], codes: np.ndarray, wanted: np.ndarray, last: int | None
) -> list[Fate]:
    """``last``: frame up to which results may differ; None for that of the flip."""
    fates = injector.run([[flip] for flip in flips], codes)
    return [
        fate_of(fate.ended, bool(fate.check), fate.outputs, wanted, flip.frame if last is None else last)
        for flip, fate in zip(flips, fates, strict=True)
    ]


def _table_flips(sizes: dict[str, int], count: int, rng: np.random.Generator) -> list[CFlip]:
    """Different bits of the tables, at most as many as there are. ``sizes``: bytes."""
    names, ends = list(sizes), np.cumsum(list(sizes.values()))
    total = 8 * int(ends[-1])
    places = np.arange(total) if count >= total else rng.choice(total, count, replace=False)
    whose = np.searchsorted(ends, places // 8, side="right")
    starts = ends - list(sizes.values())
    return [
        CFlip(names[k], int(place // 8 - starts[k]), int(place % 8)) for place, k in zip(places, whose, strict=True)
    ]


def _arena_flip(manifest: dict, frames: int, rng: np.random.Generator) -> CFlip:
    """Anywhere, any time, but not in the last frame, which shows whether all is well again."""
    byte, bit = int(rng.integers(manifest["resources"]["arena_bytes"])), int(rng.integers(8))
    return CFlip(None, byte, bit, int(rng.integers(frames - 1)), int(rng.integers(len(manifest["calls"]))))


def _curve(
    injector: CInjector,
    graph: Graph,
    frames: Frames,
    yardstick: Yardstick,
    flips: int,
    seed: int,
    progress: Callable[[float], None],
) -> tuple[Point, ...]:
    """Accuracy with flipped bits of tables; a frame that does not come out is wrong."""
    tables = {name: size for name, size in injector.bytes.items() if not name.endswith(_RECORD)}
    steps, points = counts(min(flips, 8 * sum(tables.values()))), []
    for done, step in enumerate(steps):
        progress(done / len(steps))
        rngs = (np.random.default_rng([seed, 3, step, draw]) for draw in range(DRAWS))
        fates = injector.run([_table_flips(tables, step, rng) for rng in rngs], frames.codes)
        points.append(
            point("table in C", step, [_right(graph, yardstick, fate.outputs, len(frames.codes)) for fate in fates])
        )
    return tuple(points)


def _right(graph: Graph, yardstick: Yardstick, outputs: np.ndarray, frames: int) -> float:
    ends = np.cumsum([graph.size(output.source) for output in graph.outputs])
    parts = np.split(outputs, ends[:-1], axis=1)
    named = {
        output.source: part.reshape(len(part), *graph.shapes[output.source])
        for output, part in zip(graph.outputs, parts, strict=True)
    }
    return float(yardstick.right(named, slice(len(outputs))).sum()) / frames
