"""Which stages of the folded form are proved at small sizes: a record that ships with the package and cannot go stale.

``stages.json`` says of each module of the library that stood in a network proved as a whole (``python -m tests.formal.stages``) which
parameters it had, as far as sizes go: 0, 1 or more. It holds for files of just these hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from whetgen.formal.folder_netlist import ModuleInstance

RECORD = Path(__file__).with_name("stages.json")
SIZES = ("0", "1", "more")


@cache
def record() -> Mapping[str, Any]:
    """``files``: hash by name; ``modules``: by name and parameter the sizes that were proved; ``networks``: what was proved."""
    found: Mapping[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def size_of(number: int) -> str:
    """0, 1 or more."""
    return SIZES[min(number, 2)]


def file_hash(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def unproved(instances: Iterable[ModuleInstance]) -> str:
    """The first module or size that no proof of the record had, in words; empty where there is none."""
    modules = record()["modules"]
    for made in instances:
        known = modules.get(made.module)
        if known is None:
            return f"{made.module} is in no network that was proved"
        for parameter, number in made.parameters.items():
            if size_of(number) not in known.get(parameter, ()):
                return f"{made.module} was not proved with a {parameter} like {number}"
    return ""


def changed(folder: Path) -> str:
    """The first library file of the folder that is not the one that was proved, in words; empty where there is none."""
    files = record()["files"]
    for file in sorted((folder / "rtl").glob("wg_*.v")):
        if files.get(file.name) != file_hash(file):
            return f"{file.name} is not the file that was proved at small sizes"
    return ""
