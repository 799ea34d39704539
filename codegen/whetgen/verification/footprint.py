"""What a network needs on a board: flash, RAM, stack, and instructions or cycles, layer by layer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.targets.c.boards import Board
from whetgen.targets.output.folder import read_manifest
from whetgen.verification.board_build import Image, build_empty, build_guarded, build_image
from whetgen.verification.board_runner import run_guarded, run_image
from whetgen.verification.stack import stack_bytes

_PROFILED_FRAMES = 100
_BELOW = 64  # bytes of stack watched beside those told
_ROOM = _BELOW + 128  # of RAM, for these, the red zones and the numbers of the program that watches


@dataclass(frozen=True)
class LayerCost:
    """One kernel call. ``cost``: mean over frames, in the board's unit."""

    title: str
    function: str
    cost: int
    table_bytes: int


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """``cost``: of one inference, in ``unit``; ``flash_bytes`` and ``ram_bytes``: of a linked image minus those of
    one without a network, input and output buffers included, the stack not; ``stack_bytes``: the deepest;
    ``stack_seen_bytes``: the deepest that an inference took in the emulator, None on the host and where there is no RAM to watch it;
    ``ram_left_bytes``: of the board's RAM, beside all variables and the deepest stack of the whole program, where the
    board tells its RAM."""

    board: str
    flags: str
    unit: str
    cost_mean: int
    cost_least: int
    cost_most: int
    flash_bytes: int
    ram_bytes: int
    stack_bytes: int
    stack_seen_bytes: int | None
    ram_left_bytes: int | None
    layers: tuple[LayerCost, ...]

    def as_dict(self) -> dict:
        return asdict(self)


def measure_on_board(
    folder: Path, name: str, graph: Graph, codes: np.ndarray, board: Board, optimise: str | None = None
) -> tuple[np.ndarray, Footprint]:
    """Outputs of all frames on the board, and what they took.

    Raises:
        BadInput: a tool is missing, the network does not fit the board, or the program stops early.
    """
    calls = read_manifest(folder)["calls"]
    with scratch_folder() as scratch:
        image = build_image(folder, name, board, scratch / "image", optimise)
        profiled = build_image(folder, name, board, scratch / "profiled", optimise, len(calls))
        run = run_image(image, graph, codes, board)
        few = run_image(profiled, graph, codes[:_PROFILED_FRAMES], board, len(calls))
        flash, ram = _sizes(image, build_empty(board, scratch / "empty", optimise))
        stack = stack_bytes(image, board, f"{name}_infer")
        left = board.ram_bytes and board.ram_bytes - section_bytes(image.path)[1] - stack_bytes(image, board, "main")
        seen = None
        if left is not None and left >= _ROOM:
            guarded = build_guarded(folder, name, board, scratch / "guarded", optimise, stack + _BELOW)
            seen = run_guarded(guarded, graph, codes, board)
    costs = few.calls.mean(axis=0)
    layers = tuple(
        LayerCost(call["title"], call["function"], round(cost), call["table_bytes"])
        for call, cost in zip(calls, costs.tolist(), strict=True)
    )
    return run.outputs, Footprint(
        board=board.name,
        flags=optimise or board.optimise,
        unit=board.unit,
        cost_mean=round(run.costs.mean()),
        cost_least=round(run.costs.min()),
        cost_most=round(run.costs.max()),
        flash_bytes=flash,
        ram_bytes=ram,
        stack_bytes=stack,
        stack_seen_bytes=seen,
        ram_left_bytes=left,
        layers=layers,
    )


def _sizes(image: Image, empty: Image) -> tuple[int, int]:
    """Flash and RAM that the network adds."""
    (flash, ram), (less_flash, less_ram) = section_bytes(image.path), section_bytes(empty.path)
    return flash - less_flash, ram - less_ram


def section_bytes(path: Path) -> tuple[int, int]:
    """Bytes in flash (code, constants, initial values) and in RAM (variables)."""
    flash = ram = 0
    with path.open("rb") as file:
        for section in ELFFile(file).iter_sections():
            if not section["sh_flags"] & SH_FLAGS.SHF_ALLOC:
                continue
            flash += 0 if section["sh_type"] == "SHT_NOBITS" else section["sh_size"]
            ram += section["sh_size"] if section["sh_flags"] & SH_FLAGS.SHF_WRITE else 0
    return flash, ram
