"""What is killed: commands, what they need, what they leave, and what of that is whole."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from tests.broken.sources import write_model

from whetgen.errors import BadInput
from whetgen.foreign.zips import open_zip
from whetgen.targets.output.contents import hashes
from whetgen.targets.output.folder import MANIFEST, changed_files, read_manifest

State = dict[str, str]
"""What a run left, by name: equal for equal results."""
PROGRESS = "epochs"
"""The entry that grows while a run goes on, in the order of texts."""


@dataclass(frozen=True, eq=False)
class Job:
    """A command in a folder with ``in`` (what all jobs read), ``out`` (what the job writes) and ``tmp``.

    ``prepare`` makes what is there before, out of the folders where jobs ran that it ``needs``, by default what these
    wrote; ``state`` reads what is there afterwards and raises where something is not whole.
    ``next_command``: that of the next run, by what is there. ``share``: how often, of all kills.
    """

    command: str
    share: int
    state: Callable[[Path], State]
    needs: str | None = None
    prepare: Callable[[Path, Path], object] = lambda place, needed: shutil.copytree(
        needed / "out", place / "out", dirs_exist_ok=True
    )
    next_command: Callable[[Path, str], str | None] = lambda place, command: command

    def again(self, place: Path) -> str | None:
        return self.next_command(place, self.command)


def write_inputs(folder: Path) -> None:
    folder.mkdir(parents=True)
    write_model(folder / "net.onnx")


def folders(place: Path) -> State:
    """Each folder in ``out`` that whetgen generated, its files unchanged."""
    found = {}
    for folder in sorted(path for path in (place / "out").iterdir() if path.is_dir() and path.name[0] != "."):
        if changes := changed_files(folder, read_manifest(folder)):
            raise BadInput(f"{folder.name}: {changes}")
        found[folder.name] = json.dumps({path: h for path, h in hashes(folder).items() if path != MANIFEST})
    return found


def measured(place: Path) -> State:
    """A folder whose manifest holds what a board took."""
    return {**folders(place), "footprint": json.dumps(read_manifest(place / "out" / "c").get("footprint"))}


def page(place: Path) -> State:
    found = folders(place) | {path.name: path.read_text() for path in (place / "out").glob("*.html")}
    if any(name.endswith("html") and not text.rstrip().endswith("</html>") for name, text in found.items()):
        raise BadInput("a page without an end")
    return found


def training(place: Path) -> State:
    """The epochs that are safe, and the weights of the model; a checkpoint has to be whole."""
    found = {}
    for path in (place / "out").glob("*.npz"):
        with np.load(path) as saved:
            found[PROGRESS] = f"{int(saved['epochs']):04d}"
            assert all(saved[name].size >= 0 for name in saved.files)
    for path in (place / "out").glob("*.keras"):
        with open_zip(io.BytesIO(path.read_bytes()), path.name) as archive, archive.open("model.weights.h5") as weights:
            found |= {PROGRESS: "all", "weights": str(dict(_arrays(weights.read())))}
    return found


def _arrays(data: bytes) -> Iterator[tuple[str, bytes]]:
    with h5py.File(io.BytesIO(data)) as file:
        names: list[str] = []
        file.visit(names.append)
        for name in names:
            if isinstance(file[name], h5py.Dataset):
                yield name, np.asarray(file[name]).tobytes()


def once_more(place: Path, command: str) -> str:
    """An existing page is not overwritten."""
    (place / "out" / "page.html").unlink(missing_ok=True)
    return command


def trained_further(place: Path, command: str) -> str | None:
    """From the checkpoint where there is one; nothing where the model is there."""
    if (place / "out" / "net.checkpoint.npz").exists():
        return f"{command} --resume"
    return None if (place / "out" / "net.keras").exists() else command


def interrupted(place: Path, needed: Path) -> None:
    """As training was after its first epoch."""
    shutil.copy(needed / "first.npz", place / "out" / "net.checkpoint.npz")
    shutil.copy(needed / "first.csv", place / "out" / "net.csv")


TRAIN = "train digits-mlp --quick --out out/net.keras"
JOBS = {
    "generate": Job("generate in/net.onnx --target c --out out/c", 16, folders),
    "generate and verify": Job("generate in/net.onnx --target c --out out/c --verify", 14, folders),
    "generate again": Job("generate in/net.onnx --target c --mcu cortex-m4 --out out/c", 12, folders, "generate"),
    "generate rtl": Job("generate in/net.onnx --target verilog --out out/v", 10, folders),
    "verify": Job("verify out/c", 15, folders, "generate"),
    "verify on a board": Job("verify out/c --on mps2-an386", 6, measured, "generate"),
    "verify rtl": Job("verify out/v --count 4", 5, folders, "generate rtl"),
    "synth": Job("synth out/v --device ice40-hx8k", 6, folders, "generate rtl"),
    "report": Job("report out/c --out out/page.html", 11, page, "generate", next_command=once_more),
    "train": Job(TRAIN, 3, training, next_command=trained_further),
    "train on": Job(f"{TRAIN} --resume", 3, training, "train", interrupted, trained_further),
}
