"""Images for a board: a generated folder, the port, one linker call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whetgen.errors import ToolFailed
from whetgen.host.processes import find_program, run, telling_line
from whetgen.targets.c.boards import Board, ports

_MAIN = "common/main.c"
_MEMORY = ("flash_at", "flash_bytes", "ram_at", "ram_bytes")
# For the depth of the stack; with -flto, objects that can be read all the same.
_NOTES = ("-fstack-usage", "-ffat-lto-objects")


@dataclass(frozen=True)
class Image:
    """A linked program; ``build``: the folder with its objects and the compiler's notes on each."""

    path: Path
    build: Path


def build_image(
    folder: Path, name: str, board: Board, build: Path, optimise: str | None = None, profiled_calls: int = 0
) -> Image:
    """The network of ``folder`` in the port's test program, which also times that many kernel calls.

    Raises:
        CouldNotRun: a tool is missing, or the network does not compile for or fit the board.
    """
    sources = [*_network(folder), *(ports() / s for s in board.sources)]
    defines = _of_network(folder, name)
    if profiled_calls:
        defines += [f"-DPROFILE_LAYERS={profiled_calls}", "-include", str(ports() / "common" / "profile.h")]
    return _link(board, sources, defines, build, optimise)


def build_guarded(
    folder: Path, name: str, board: Board, build: Path, optimise: str | None, watched_stack: int
) -> Image:
    """The network in a program that watches so many bytes of stack, and what lies around the arena and the output.

    Raises:
        CouldNotRun: as for ``build_image``.
    """
    port = [ports() / source for source in board.sources if source != _MAIN]
    return _link(
        board,
        [*_network(folder), ports() / "common" / "guarded.c", *port],
        [*_of_network(folder, name), f"-DWATCHED_STACK={watched_stack}u"],
        build,
        optimise,
    )


def build_empty(board: Board, build: Path, optimise: str | None = None) -> Image:
    """The same program without a network."""
    return _link(board, [ports() / s for s in board.sources], ["-DWHETGEN_EMPTY"], build, optimise)


def _network(folder: Path) -> list[Path]:
    return sorted((Path(folder) / "src").glob("*.c"))


def _of_network(folder: Path, name: str) -> list[str]:
    """What tells the programs of the ports their network."""
    return [f"-DNET={name}", f"-I{Path(folder) / 'include'}", "-include", f"{name}.h"]


def need(command: str, packages: Mapping[str, str]) -> str:
    """The path of a tool; ``packages``: of Debian, by the tool that they bring.

    Raises:
        CouldNotRun: it is not installed; the message names its Debian package.
    """
    return find_program(command, hint=f"on Debian: apt-get install {packages.get(command, command)}")


def _link(board: Board, sources: list[Path], defines: list[str], build: Path, optimise: str | None) -> Image:
    build.mkdir(parents=True, exist_ok=True)
    chosen = (board.optimise if optimise is None else optimise).split()
    compiler = need(board.compiler, board.packages)
    objects = []
    for number, source in enumerate(sources):
        objects.append(build / f"{number}_{source.stem}.o")
        own = defines if source.suffix == ".c" else []  # an assembler takes no -include
        flags = [*board.cpu, *board.flags, *chosen, "-ffunction-sections", "-fdata-sections", *_NOTES]
        _call([compiler, *flags, *own, f"-I{ports() / 'common'}", "-c", str(source), "-o", str(objects[-1])], board)
    image = build / "image.elf"
    link = [*board.cpu, *board.flags, *chosen, "-fstack-usage", "-Wl,--gc-sections", *_memory(board)]
    _call([compiler, *link, *map(str, objects), *board.link, "-o", str(image)], board)
    return Image(image, build)


def _memory(board: Board) -> list[str]:
    """The family's linker script, and where the board's memory lies; nothing where the tool chain knows."""
    if not board.script:
        return []
    symbols = (f"--defsym={symbol}={getattr(board, symbol)}" for symbol in _MEMORY)
    return [f"-T{ports() / board.script}", f"-Wl,{','.join(symbols)}"]


def _call(command: list[str], board: Board) -> None:
    ended = run(command)
    if ended.code:
        raise ToolFailed(f"does not build for {board.name}: {telling_line(ended.log)}", ended.log)
