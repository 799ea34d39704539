"""Where templates, RTL modules and C kernels live, and what the TOML files beside them say of boards and processors."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from whetgen.wording import unknown

FPGA_BOARDS = "hdl/boards"
BOARDS = "firmware/boards"
CORES = "firmware/ports/*/cores"

_PACKAGE = Path(__file__).resolve().parent


def assets() -> Path:
    """The folder that holds ``templates``, ``hdl`` and ``firmware``.

    It is ``whetgen/assets`` beside the installed package, or the repository root in an editable install.
    """
    packaged = _PACKAGE / "assets"
    return packaged if packaged.is_dir() else _PACKAGE.parents[1]


def fact_files(folders: str) -> dict[str, Path]:
    """The TOML files in a folder of the assets, or in all that a pattern means, by their names without ``.toml``."""
    return {path.stem: path for path in sorted(assets().glob(f"{folders}/*.toml"))}


def read_facts(folders: str, name: str, option: str) -> dict[str, Any]:
    """What the file of this name says, arrays as tuples.

    Raises:
        BadInput: there is none; the message blames ``option`` and lists those that there are.
    """
    files = fact_files(folders)
    if name not in files:
        raise unknown(option, name, files)
    return load_facts(files[name])


def load_facts(file: Path) -> dict[str, Any]:
    """What a TOML file says, arrays as tuples."""
    return _frozen(tomllib.loads(file.read_text(encoding="utf-8")))


def hardware_boards() -> list[str]:
    """The FPGA boards: what ``--board`` takes."""
    return list(fact_files(FPGA_BOARDS))


def firmware_boards() -> list[str]:
    """The microcontrollers that something runs here: what ``--on`` takes."""
    return [name for name, file in fact_files(BOARDS).items() if "machine" in load_facts(file)]


def microcontrollers() -> list[str]:
    """Cores and boards: what ``--mcu`` takes."""
    return [*fact_files(CORES), *fact_files(BOARDS)]


def _frozen(facts: Any) -> Any:
    if isinstance(facts, dict):
        return {key: _frozen(value) for key, value in facts.items()}
    return tuple(facts) if isinstance(facts, list) else facts
