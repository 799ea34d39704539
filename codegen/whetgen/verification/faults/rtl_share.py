"""Flipped bits in the real RTL, simulated: the reference's flips, and bits of ROMs, registers and buffers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.verification.checks import target_outputs
from whetgen.verification.faults.curve import Point
from whetgen.verification.faults.fates import Fate, Fates, Matched, count_fates, fate_of
from whetgen.verification.faults.matching import Files, match_flips
from whetgen.verification.faults.roms import RomBit, differing_bits, rtl_files
from whetgen.verification.faults.rtl_injector import RtlFlip, RtlInjector
from whetgen.verification.faults.yardstick import Yardstick
from whetgen.verification.frames import Frames
from whetgen.verification.runners import Progress
from whetgen.verification.simulators import optimisation

SINGLES = {"ROMs": 200, "registers": 500, "buffers": 200}  # single flips of each
_MEMORY = "memory"  # the buffers' words
_LATER = 3  # frames that come in when the last flip was made: they show whether all is well again


def real_share(
    folder: Path,
    manifest: dict,
    graph: Graph,
    frames: Frames,
    yardstick: Yardstick,
    flips: int,
    seed: int,
    tell: Progress,
) -> tuple[Matched | None, tuple[Fates, ...], tuple[Point, ...]]:
    """What the folder's RTL makes of flipped bits.

    Raises:
        CouldNotRun: Verilator, the compiler or cocotb is not installed, or refuses.
    """
    latency, interval = manifest["latency_cycles"], manifest["initiation_interval_cycles"]
    busy = latency + 2 * interval
    codes = frames.first(-(-busy // interval) + _LATER).codes
    whole = (latency + len(codes) * interval) * sum(SINGLES.values())
    tell("faults: compile the RTL with registers that can be written to")
    with scratch_folder() as scratch:
        injector = RtlInjector(folder, manifest, scratch / "build", optimisation(whole))
        matched = None
        if manifest["architecture"] == "folded":
            tell("faults: the reference's flips in the RTL")
            matched = _matched(injector, folder, manifest, graph, codes, np.random.default_rng([seed, 1]))
        wanted, rng, fates = target_outputs(graph, manifest, codes), np.random.default_rng([seed, 2]), []
        for what, numbers in _groups(injector).items():
            tell(f"faults: single bits of {what} in the RTL")
            chosen = _drawn(injector, numbers, SINGLES[what], 1 if what == "ROMs" else busy, rng)
            fates.append(count_fates(what, _run(injector, chosen, codes, wanted, what)))
    return matched, tuple(fates), ()


def _matched(
    injector: RtlInjector, folder: Path, manifest: dict, graph: Graph, codes: np.ndarray, rng: np.random.Generator
) -> Matched:
    own = rtl_files(folder)
    place = {variable.rom: number for number, variable in enumerate(injector.variables) if variable.rom}

    def differing(files: Files) -> list[RomBit] | None:
        return differing_bits(
            own, {Path(path).stem: str(text) for path, text in files.items() if path.startswith("rtl/")}
        )

    def outputs(faults: list[list[RomBit]]) -> list[np.ndarray]:
        flips = [[RtlFlip(place[rom], word, bit) for rom, word, bit in fault] for fault in faults]
        return [fate.outputs for fate in injector.run(flips, codes)]

    return match_flips(graph, manifest, codes, rng, differing, outputs)


def _groups(injector: RtlInjector) -> dict[str, list[int]]:
    """What there is of ROMs, registers and buffers: the numbers of the variables."""
    found: dict[str, list[int]] = {what: [] for what in SINGLES}
    for number, variable in enumerate(injector.variables):
        what = "ROMs" if variable.rom else "buffers" if variable.name == _MEMORY else "registers"
        found[what].append(number)
    return {what: numbers for what, numbers in found.items() if numbers}


def _drawn(
    injector: RtlInjector, numbers: list[int], count: int, cycles: int, rng: np.random.Generator
) -> list[RtlFlip]:
    """Any bit of these variables, in any of the first ``cycles``."""
    known = [injector.variables[number] for number in numbers]
    ends = np.cumsum([variable.bits * variable.elements for variable in known])
    flips = []
    for pick in rng.integers(ends[-1], size=count):
        k = int(np.searchsorted(ends, pick, side="right"))
        element, bit = divmod(int(pick - ends[k]) + known[k].bits * known[k].elements, known[k].bits)
        flips.append(RtlFlip(numbers[k], element, bit, int(rng.integers(cycles))))
    return flips


def _run(injector: RtlInjector, flips: list[RtlFlip], codes: np.ndarray, wanted: np.ndarray, what: str) -> list[Fate]:
    """A bit of a ROM stays flipped, so that it can change every frame."""
    fates = injector.run([[flip] for flip in flips], codes)
    lasts = (len(codes) if what == "ROMs" else fate.entered - 1 for fate in fates)
    return [
        fate_of("ran" if fate.framed else "hung", fate.told, fate.outputs, wanted, last)
        for fate, last in zip(fates, lasts, strict=True)
    ]
