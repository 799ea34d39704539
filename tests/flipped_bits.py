"""Flipped bits in hardened networks of real size: how many of a sample are caught or corrected.

    python -m tests.flipped_bits mnist-mlp --count 1000 [--only c|parity|secded] [--workers N]

C: bits of the tables, each answered by NAME_check. Verilog: half of the flips in ROMs, from the start of a frame, half in registers
and memories in any cycle; the adders' own registers, which are not hardened, are counted apart.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from tests.targets.c.flips import unseen_in_tables
from tests.targets.verilog.flips import Flipper, Place, Seen

import whetgen
from whetgen.ir import Graph
from whetgen.sharpen.data import load
from whetgen.targets.c.target import COptions
from whetgen.targets.c.target import plan as plan_c
from whetgen.targets.verilog.plan import plan as plan_verilog
from whetgen.targets.verilog.target import VerilogOptions

MODELS = Path(__file__).parents[1] / "models"
DATA = {"digits-mlp": ("digits", 16), "mnist-mlp": ("mnist", 255)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", choices=DATA)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--only", choices=("c", "parity", "secded"))
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    data, scale = DATA[given.model]
    graph = whetgen.trace(whetgen.load_model(MODELS / f"{given.model}.keras"), whetgen.InputSpec(scale=scale))
    frame = load(data).x_test[:1].reshape(1, *graph.input.shape)
    for what in ("c", "parity", "secded"):
        if given.only in (None, what):
            told = _tables(graph, given.count) if what == "c" else _rtl(graph, frame, what, given.count, given.workers)
            print(f"{given.model} {what}: {told}", flush=True)


def _tables(graph: Graph, count: int) -> str:
    options = COptions(harden="crc", mcu="cortex-m4")
    arrays = [array for call in plan_c(graph, "net", options).calls for array in call.arrays]
    ends = np.cumsum([8 * array.bytes for array in arrays])
    bits = np.random.default_rng(1).integers(0, ends[-1], count)
    tables = np.searchsorted(ends, bits, side="right")
    flips = np.stack([tables, bits - np.r_[0, ends][tables]], axis=1)
    with tempfile.TemporaryDirectory() as place:
        return f"{count - unseen_in_tables(graph, Path(place), flips, options)} of {count} flips told with their table"


def _rtl(graph: Graph, frame: np.ndarray, code: str, count: int, workers: int) -> str:
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as place:
        flipper = Flipper(plan_verilog(graph, "net", VerilogOptions("net", harden=code)), graph, frame, Path(place))
        roms = _drawn([p for p in flipper.places if p.is_rom], count // 2, rng)
        kept = _drawn([p for p in flipper.places if not p.is_rom], count - count // 2, rng)
        flips = [(*bit, 0) for bit in roms] + [(*bit, int(rng.integers(12, flipper.window))) for bit in kept]
        found = Counter(_kind(flip[0], seen) for flip, seen in zip(flips, flipper.flip(flips, workers), strict=True))
    return "; ".join(f"{kind}: {number}" for kind, number in sorted(found.items()))


def _drawn(places: list[Place], count: int, rng: np.random.Generator) -> list[tuple[Place, int, int]]:
    """Place, word and bit of so many bits, each as likely as any other."""
    ends = np.cumsum([p.words * p.bits for p in places])
    bits = rng.integers(0, ends[-1], count)
    chosen = np.searchsorted(ends, bits, side="right")
    inside = bits - np.r_[0, ends][chosen]
    return [
        (places[k], *map(int, divmod(int(at), places[k].bits))) for k, at in zip(chosen.tolist(), inside, strict=True)
    ]


def _kind(place: Place, seen: Seen) -> str:
    where = "ROM" if place.is_rom else "adders" if place.is_adder else "registers"
    right = "wrong and not marked" if seen.untold else "right" if seen.right else "wrong and marked"
    return f"{where} {right}{', corrected' if seen.corrected else ', marked' if seen.right and seen.faults else ''}"


if __name__ == "__main__":
    main()
