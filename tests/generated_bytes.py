"""The safety net of a restructuring: the sha256 of every generated file, for models, options and random graphs.

    python -m tests.generated_bytes record before.json     # on the code of before
    python -m tests.generated_bytes compare before.json    # on the code of after: says which file of which case differs

Each case is generated with the main options of its target. A case that is refused is recorded by its message: a
refusal is part of what must not change. ``--only WORD`` takes the cases whose name holds WORD.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import whetgen
from whetgen import Options
from whetgen.fuzz.graphs import random_graph
from whetgen.ir import Graph, load_graph, save_graph

MODELS = Path(__file__).parents[1] / "models"
SCALES = {"digits-mlp": 16}
SMALL_ENOUGH_TO_UNROLL = ("digits-mlp", "mnist-lut-small")
RANDOM_GRAPHS = 50

VERILOG = {
    "default": {},
    "folded": {"architecture": "folded"},
    "scores": {"output": "scores"},
    "narrow-bus": {"bus_bits": 8},
    "control": {"control": "axi-lite"},
    "target-fps": {"target_fps": 1000.0},
}
UNROLLED = {
    "unrolled": {"architecture": "unrolled"},
    "unrolled-full-bus": {"architecture": "unrolled", "bus_bits": "full"},
    "unrolled-deep": {"architecture": "unrolled", "levels_per_stage": 1},
    "board": {"board": "ulx3s-85f"},
}
HLS = {"default": {}, "catapult": {"hls_tool": "catapult"}, "scores": {"output": "scores"}}
C = {
    "default": {},
    **{mcu: {"mcu": mcu} for mcu in ("cortex-m0", "cortex-m4", "rv32imac", "avr")},
    "one-header": {"single_header": True},
    "constant-time": {"constant_time": True},
}
OPTIONS = {"verilog": VERILOG, "hls": HLS, "c": C}


@dataclass(frozen=True)
class Case:
    """One folder to generate: ``graph`` is the folder of a stored graph."""

    name: str
    graph: Path
    target: str
    options: dict = field(default_factory=dict)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("record", "compare"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", default="", metavar="WORD")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        made = hashes(case for case in cases(Path(place)) if chosen.only in case.name)
    if chosen.what == "record":
        chosen.file.write_text(json.dumps(made, indent=1) + "\n")
        print(f"{len(made)} cases, {sum(map(len, made.values()))} files recorded")
        return 0
    before = {name: files for name, files in json.loads(chosen.file.read_text()).items() if chosen.only in name}
    found = differences(before, made)
    print("\n".join([*found, f"{len(found)} differences in {len(made)} cases"]))
    return 1 if found else 0


def cases(place: Path) -> Iterator[Case]:
    """All of them; the graphs are stored under ``place``."""
    for name, graph in _graphs():
        (place / name).mkdir()
        save_graph(graph, place / name)
        unrolled = UNROLLED if name in SMALL_ENOUGH_TO_UNROLL else {}
        variants = {t: {"default": {}} for t in OPTIONS} if name.startswith("random") else OPTIONS
        for target, options in variants.items():
            for variant, values in {**options, **(unrolled if target == "verilog" else {})}.items():
                yield Case(f"{name} {target} {variant}", place / name, target, values)


def _graphs() -> Iterator[tuple[str, Graph]]:
    for path in sorted(MODELS.glob("*.keras")):
        spec = whetgen.InputSpec(scale=SCALES.get(path.stem, 255))
        yield path.stem, whetgen.trace(whetgen.load_model(path), spec)
    for seed in range(RANDOM_GRAPHS):
        yield f"random-{seed}", random_graph(Random(seed), max_bits=60, small=True)


def hashes(chosen: Iterator[Case]) -> dict[str, dict[str, str]]:
    """Path -> sha256 by case; of a refused one its message."""
    chosen = list(chosen)
    with ProcessPoolExecutor() as pool:
        return dict(zip((case.name for case in chosen), pool.map(_generated, chosen), strict=True))


def _generated(case: Case) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as out:
        try:
            made = whetgen.generate(
                load_graph(case.graph), case.target, Path(out) / "net", Options(name="net", **case.options)
            )
        except whetgen.BadInput as error:
            return {"refused": str(error)}
        return made.manifest["files"]


def differences(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    """A line for each file that is new, gone or other than before."""
    found = [f"{name}: no such case {when}" for name, when in _missing(before, after)]
    for name in before.keys() & after.keys():
        paths = before[name].keys() | after[name].keys()
        found += [f"{name}: {path}" for path in paths if before[name].get(path) != after[name].get(path)]
    return sorted(found)


def _missing(before: dict, after: dict) -> Iterator[tuple[str, str]]:
    yield from ((name, "now") for name in before.keys() - after.keys())
    yield from ((name, "before") for name in after.keys() - before.keys())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
