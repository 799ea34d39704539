"""The boards of ``firmware/boards``: a file each says what differs from the others of its core and its family."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from whetgen.assets import BOARDS, CORES, assets, fact_files, firmware_boards, load_facts, read_facts
from whetgen.wording import unknown


@dataclass(frozen=True, kw_only=True)
class Board:
    """A microcontroller with its memory. Paths are relative to ``firmware/ports``.

    ``core``: what ``--mcu`` calls its processor; ``family``: the folder of its core; ``processor``: what people call the core, with its article; ``cpu``: flags of compiler and
    linker that choose the processor, ``flags`` the others; ``link``: of the linker alone; ``optimise``: the compiler's
    where the user gives none; ``script``: of the linker, which gets ``flash_at``, ``flash_bytes``, ``ram_at`` and
    ``ram_bytes`` as symbols.
    ``emulator``: the command that the image's path follows, with ``{machine}`` and ``{bytes}``, the length of the results;
    ``simulator``: source and libraries of the program that takes its first word's place; ``machine``: what the
    emulator calls the board, empty where nothing runs it.
    ``unit``: of what ``unit_ticks`` are one tick of the counter; ``indirect_call``: a regular expression for
    instructions of the disassembly that call through a pointer; ``return_bytes``: what a call pushes and the compiler does not
    count; ``packages``: of Debian, by the tool that they bring.
    """

    name: str
    title: str
    core: str
    processor: str
    family: str
    compiler: str
    objdump: str
    flags: tuple[str, ...]
    optimise: str
    sources: tuple[str, ...]
    unit: str
    indirect_call: str
    packages: dict[str, str]
    cpu: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    script: str = ""
    machine: str = ""
    emulator: tuple[str, ...] = ()
    simulator: tuple[str, ...] = ()
    unit_ticks: float = 1.0
    return_bytes: int = 0
    flash_at: int = 0
    ram_at: int = 0
    flash_bytes: int | None = None
    ram_bytes: int | None = None

    @property
    def compile_command(self) -> str:
        """What makes objects of a network's sources, in their folder."""
        return " ".join([self.compiler, *self.cpu, *self.flags, self.optimise, "-I../include", "-c", "*.c"])


def ports() -> Path:
    """The folder of the ports."""
    return assets() / "firmware" / "ports"


def find_board(name: str) -> Board:
    """The board of ``--on``.

    Raises:
        BadInput: there is no such board, or nothing runs it here.
    """
    if name not in firmware_boards():
        raise unknown("--on", name, firmware_boards())
    return read_board(name)


def read_board(name: str) -> Board:
    """A file of ``firmware/boards`` over what its core's and its family's files say.

    Raises:
        BadInput: there is no such board, or no such core.
    """
    own = read_facts(BOARDS, name, "board")
    core = read_facts(CORES, own["core"], f"core of {name}")
    family = fact_files(CORES)[own["core"]].parents[1]
    facts = load_facts(family / "family.toml") | core | own
    return Board(name=name, family=family.name, **{key: facts[key] for key in facts if key not in ("board", "costs")})
