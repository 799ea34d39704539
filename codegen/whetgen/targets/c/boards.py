"""The boards of ``firmware/ports``: what stands in their ``board.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from whetgen.assets import assets, firmware_boards
from whetgen.wording import unknown

HOST = "host"


@dataclass(frozen=True)
class Board:
    """One board. Paths are relative to ``firmware/ports``.

    ``mcu``: what ``--mcu`` calls its processor; ``flags``: of compiler and linker; ``link``: of the linker alone;
    ``emulator``: the command that the image's path follows, empty for the host; ``unit``: what ``unit_ticks`` of
    are one tick of the counter; ``optimise``: the compiler's flags where the user gives none; ``flash_bytes``, ``ram_bytes``: where the linker script does not say.
    """

    name: str
    title: str
    mcu: str
    family: str
    compiler: str
    flags: tuple[str, ...]
    link: tuple[str, ...]
    sources: tuple[str, ...]
    scripts: tuple[str, ...]
    emulator: tuple[str, ...]
    unit: str
    unit_ticks: float
    optimise: str
    flash_bytes: int | None = None
    ram_bytes: int | None = None

    @property
    def compile_command(self) -> str:
        """What makes objects of a network's sources, in their folder."""
        return " ".join([self.compiler, *self.flags, self.optimise, "-I../include", "-c", "*.c"])


def ports() -> Path:
    """The folder of the ports."""
    return assets() / "firmware" / "ports"


def find_board(name: str) -> Board:
    """The board of ``--on``.

    Raises:
        BadInput: there is no such board.
    """
    if name not in firmware_boards():
        raise unknown("--on", name, firmware_boards())
    facts = tomllib.loads((ports() / name / "board.toml").read_text(encoding="utf-8"))
    known = {field.name for field in fields(Board)}
    return Board(name, **{key: tuple(v) if isinstance(v, list) else v for key, v in facts.items() if key in known})
