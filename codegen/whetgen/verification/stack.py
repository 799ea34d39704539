"""The deepest stack: what the compiler says of each function, along the calls that the linked image makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import Symbol

from whetgen.host.processes import call
from whetgen.targets.c.boards import Board
from whetgen.verification.board_build import Image, need

_FUNCTION = re.compile(r"^[0-9a-f]+ <([^>]+)>:$")
_TARGET = re.compile(r"<([^>+]+)>")
_UNKNOWN = 32  # of a library function: it saves a few registers


@dataclass(frozen=True)
class Calls:
    """``direct``: functions that each function names; ``indirect``: those that call through a pointer;
    ``taken``: those whose address stands in a table."""

    direct: dict[str, set[str]]
    indirect: set[str]
    taken: set[str]


def stack_bytes(image: Image, board: Board, function: str) -> int:
    """Bytes from the call of ``function`` to the deepest point, its own frame included.

    Where link-time optimisation has dissolved the function in its caller, those of the whole program.
    """
    calls = _calls(image, board)
    frames = _frames(image.build)
    start = next(name for name in (function, "main", "reset") if name in calls.direct)
    return _depth(start, calls, frames, board.return_bytes, ())


def _depth(function: str, calls: Calls, frames: dict[str, int], each: int, path: tuple[str, ...]) -> int:
    """No kernel recurses, so a function that is on the path already is a guess about a pointer that was wrong."""
    called = calls.direct.get(function, set()) | (calls.taken if function in calls.indirect else set())
    path = (*path, function)
    below = max((_depth(c, calls, frames, each, path) for c in called - set(path)), default=0)
    return frames.get(function, _UNKNOWN) + each + below


def _frames(build: Path) -> dict[str, int]:
    """Bytes of each function, from -fstack-usage; of functions of one name, the most."""
    found: dict[str, int] = {}
    for file in sorted(build.glob("*.su")):
        for line in file.read_text(encoding="utf-8").splitlines():
            place, size, _ = line.split("\t")
            name = _plain(place.rsplit(":", 1)[1])
            found[name] = max(found.get(name, 0), int(size))
    return found


def _calls(image: Image, board: Board) -> Calls:
    text = call([need(board.objdump, board.packages), "-d", "--no-show-raw-insn", str(image.path)])
    direct: dict[str, set[str]] = {}
    indirect: set[str] = set()
    function = ""
    for line in text.splitlines():
        if match := _FUNCTION.match(line):
            function = _plain(match[1])
            continue
        direct.setdefault(function, set()).update(_plain(t) for t in _TARGET.findall(line))
        if re.search(board.indirect_call, line):
            indirect.add(function)
    taken = set().union(*(_taken(path) for path in image.build.glob("*.o")))
    return Calls({name: targets - {name} for name, targets in direct.items()}, indirect, taken)


def _taken(path: Path) -> set[str]:
    """Functions whose address a data section of the object holds. Each function has a section of its own."""
    found = set()
    with path.open("rb") as file:
        elf = ELFFile(file)
        symbols = elf.get_section_by_name(".symtab")
        for section in elf.iter_sections():
            if isinstance(section, RelocationSection) and re.search(r"\.(s|ro|sro)?data", section.name):
                for relocation in section.iter_relocations():
                    found.add(_function_of(elf, symbols.get_symbol(relocation["r_info_sym"])))
    return found - {""}


def _function_of(elf: ELFFile, symbol: Symbol) -> str:
    """The function that a symbol names or in whose section it lies; "" for data."""
    if symbol["st_info"]["type"] in ("STT_FUNC", "STT_NOTYPE"):
        return _plain(symbol.name)
    index = symbol["st_shndx"]
    section = elf.get_section(index).name if isinstance(index, int) else ""
    return _plain(section.removeprefix(".text.")) if section.startswith(".text.") else ""


def _plain(name: str) -> str:
    """Without what the compiler adds to clones of a function."""
    return name.split(".")[0]
