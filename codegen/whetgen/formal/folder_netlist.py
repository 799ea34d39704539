"""A folded folder's top, its tables and its adders, read back through Yosys; the library's modules stay black boxes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.formal.netlist import Unreadable
from whetgen.host.processes import call
from whetgen.host.scratch import scratch_folder
from whetgen.synth.tools import find_tool

Bits = tuple[int | str, ...]  # a net's number each, or "0", "1"; the lowest first


@dataclass(frozen=True)
class ModuleInstance:
    """What a module is an instance of, with its numbers and what its ports are connected to."""

    module: str
    parameters: Mapping[str, int]
    wires: Mapping[str, Bits]

    def __getitem__(self, parameter: str) -> int:
        return self.parameters[parameter]


@dataclass(frozen=True)
class FolderNetlist:
    """``instances`` of the top, by name; ``modules`` as Yosys has them."""

    instances: Mapping[str, ModuleInstance]
    modules: Mapping[str, Any]

    def instance(self, name: str, module: str | None = None) -> ModuleInstance:
        """The one of that name.

        Raises:
            Unreadable: there is none, or it is of another module.
        """
        found = self.instances.get(name)
        if found is None or module not in (None, found.module):
            raise Unreadable(f"the top has no {module or 'instance'} {name}")
        return found

    def words(self, address: Bits, data: Bits, count: int) -> np.ndarray:
        """(count, bits) of bool: what stands on ``data`` a cycle after each address; a constant, or a table's words.

        Raises:
            Unreadable: neither.
        """
        if all(bit in ("0", "1") for bit in data):
            return np.array([[bit == "1" for bit in data]] * count)
        for found in self.instances.values():
            if found.wires.get("data") == data and found.wires.get("address") == address:
                table = _table(self.modules[found.module])
                if len(table) < count:
                    raise Unreadable(f"a table has {len(table)} words, {count} are read")
                return table[:count]
        raise Unreadable("constants come from no table")


def read_folder(folder: Path, name: str) -> FolderNetlist:
    """The folder's top and the modules that are its own.

    Raises:
        CouldNotRun: Yosys is not installed, or was killed.
        ToolFailed: Yosys cannot read the files.
        Unreadable: an instance's module is neither there nor the library's.
    """
    files = sorted((folder / "rtl").glob("*.v"))
    library = [f'read_verilog -lib "{file.resolve()}"' for file in files if file.stem.startswith("wg_")]
    own = [f'read_verilog "{file.resolve()}"' for file in files if not file.stem.startswith("wg_")]
    top = _yosys([*library, *own, "proc", "memory_collect"])
    if name not in top:
        raise Unreadable(f"no module {name}")
    instances = {key: _instance(cell) for key, cell in top[name]["cells"].items()}
    wide = [f"chparam -set PE {made['PE']} {made.module}" for made in instances.values() if _own_of(made)]
    adders = _yosys([*library, *own, *wide, "proc"])
    modules = {key: adders[key] if key.endswith("_sums") else top[key] for key in top}
    return FolderNetlist(instances, modules)


def _own_of(made: ModuleInstance) -> bool:
    return not made.module.startswith("wg_") and "PE" in made.parameters


def _yosys(commands: list[str]) -> dict[str, Any]:
    with scratch_folder() as work:
        (work / "read.ys").write_text("\n".join([*commands, "write_json found.json", ""]), encoding="utf-8")
        call([find_tool("yosys"), "-q", "read.ys"], work)
        modules: dict[str, Any] = json.loads((work / "found.json").read_text(encoding="utf-8"))["modules"]
    return modules


def _instance(cell: Mapping[str, Any]) -> ModuleInstance:
    return ModuleInstance(
        module=cell["type"],
        parameters={key: int(value, 2) for key, value in cell["parameters"].items() if set(value) <= {"0", "1"}},
        wires={port: tuple(bits) for port, bits in cell["connections"].items()},
    )


def _table(module: Mapping[str, Any]) -> np.ndarray:
    """(words, bits) of a module that holds one memory, read in the cycle before, and no more."""
    cells = {cell["type"]: cell for cell in module["cells"].values()}
    if sorted(cell["type"] for cell in module["cells"].values()) != ["$dff", "$mem_v2"]:
        raise Unreadable("a table holds more than its words")
    memory, register = cells["$mem_v2"]["connections"], cells["$dff"]["connections"]
    ports = {name: port["bits"] for name, port in module["ports"].items()}
    asked = memory["RD_ADDR"] == ports["address"] and memory["RD_DATA"] == register["D"] and not memory["WR_DATA"]
    if not asked or (register["CLK"], register["Q"]) != (ports["clk"], ports["data"]):
        raise Unreadable("a table does not give the word of its address")
    shape = {key: int(cells["$mem_v2"]["parameters"][key], 2) for key in ("SIZE", "WIDTH", "OFFSET")}
    text = cells["$mem_v2"]["parameters"]["INIT"]
    if not set(text) <= {"0", "1"} or len(text) != shape["SIZE"] * shape["WIDTH"] or shape["OFFSET"]:
        raise Unreadable("a table has words of no value")
    return (np.frombuffer(text[::-1].encode(), dtype=np.uint8) == ord("1")).reshape(shape["SIZE"], shape["WIDTH"])
