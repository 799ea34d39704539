"""Proves the small networks as wholes and records which modules, in which sizes, that proves: ``python -m tests.formal.stages``.

``whetgen/formal/stages.json`` is what ``whetgen verify --formal`` of a folded folder tells by. It is to be made again whenever a file of
``hdl/rtl`` that it names has changed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.formal.small_networks import SMALL, folded

from whetgen.formal.folder_netlist import ModuleInstance, read_folder
from whetgen.formal.solve import Proof
from whetgen.formal.stages import RECORD, SIZES, file_hash, size_of
from whetgen.formal.streamed import cycles_of, prove_stream
from whetgen.ir import load_graph
from whetgen.targets.output.folder import read_manifest

SECONDS = 3000


def proved(name: str, folder: Path) -> Proof:
    """The proof of one of the small networks, generated into ``folder``."""
    made = folded(name, folder)
    return prove_stream(made, read_manifest(made), load_graph(made), SECONDS)


def record(folders: dict[str, Path]) -> dict:
    """What the proofs of these folders are worth."""
    sizes: dict[str, dict[str, set[str]]] = {}
    files: dict[str, str] = {}
    networks = {}
    for name, folder in folders.items():
        manifest = read_manifest(folder)
        for made in read_folder(folder, manifest["name"]).instances.values():
            _note(made, sizes)
        files |= {file.name: file_hash(file) for file in (folder / "rtl").glob("wg_*.v")}
        source = manifest["stream"]["input"]
        networks[name] = {"cycles": cycles_of(manifest), "bits": source["count"] * source["element_bits"]}
    ordered = {
        module: {key: sorted(found, key=SIZES.index) for key, found in sorted(own.items())}
        for module, own in sorted(sizes.items())
    }
    return {"networks": networks, "files": dict(sorted(files.items())), "modules": ordered}


def _note(made: ModuleInstance, sizes: dict[str, dict[str, set[str]]]) -> None:
    if made.module.startswith("wg_"):
        for key, number in made.parameters.items():
            sizes.setdefault(made.module, {}).setdefault(key, set()).add(size_of(number))


def main() -> int:
    with TemporaryDirectory() as scratch:
        folders = {name: Path(scratch) / name for name in SMALL}
        for name, folder in folders.items():
            began = os.times()
            proof = proved(name, folder)
            spent = os.times()
            seconds = spent.children_user + spent.children_system - began.children_user - began.children_system
            print(f"{name}: {proof.cycles} cycles, {proof}, {seconds:.1f} CPU s", flush=True)
            if not proof.holds:
                return 1
        RECORD.write_text(json.dumps(record(folders), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
