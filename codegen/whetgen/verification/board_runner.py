"""Run a board's image: start the emulator, feed frames, read outputs and costs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.errors import CouldNotRun, ProgramFailed, ToolFailed
from whetgen.host.processes import call, run, telling_line
from whetgen.ir import Graph
from whetgen.targets.c.boards import Board, ports
from whetgen.verification.board_build import Image, need
from whetgen.verification.c_runner import find_compiler, output_dtype, pack_codes
from whetgen.wording import counted

_TIMEOUT = 1800
_SPOILT = 0xFFFFFFFF  # in place of the stack's depth


@dataclass(frozen=True, eq=False)
class BoardRun:
    """``outputs``: (frames, output length) int64; ``costs``: (frames,) instructions or cycles of an inference;
    ``calls``: (frames, calls) of each of its kernel calls, in a profiled image."""

    outputs: np.ndarray
    costs: np.ndarray
    calls: np.ndarray


def run_image(image: Image, graph: Graph, codes: np.ndarray, board: Board, profiled_calls: int = 0) -> BoardRun:
    """Frames through an image.

    Raises:
        CouldNotRun: the emulator is missing.
        ToolFailed: it or the program stops early.
    """
    numbers, outputs = _records(image, graph, codes, board, 1 + profiled_calls)
    costs = numbers * board.unit_ticks
    return BoardRun(outputs, costs[:, 0], costs[:, 1:])


def run_guarded(image: Image, graph: Graph, codes: np.ndarray, board: Board) -> int:
    """The most bytes of stack that an inference of a guarded image took.

    Raises:
        CouldNotRun: as for ``run_image``.
        ProgramFailed: an inference wrote beside its arena or its output.
    """
    numbers, _ = _records(image, graph, codes, board, 1)
    if _SPOILT in numbers:
        raise ProgramFailed(f"{board.name}: the network writes beside its arena or its output")
    return int(numbers.max())


def _records(
    image: Image, graph: Graph, codes: np.ndarray, board: Board, numbers: int
) -> tuple[np.ndarray, np.ndarray]:
    """What the program writes for each frame: so many numbers, and the outputs; (frames, each)."""
    frames = pack_codes(np.asarray(codes), graph.input.type)
    dtype = np.dtype(output_dtype(graph)).newbyteorder("<")
    length = sum(int(np.prod(graph.shapes[o.source])) for o in graph.outputs)
    record = np.dtype([("numbers", "<u4", (numbers,)), ("outputs", dtype, (length,))])
    data = _run(image, frames, board, len(frames) * record.itemsize)
    if len(data) != len(frames) * record.itemsize:
        raise ToolFailed(
            f"{board.name}: the program stopped after {len(data) // record.itemsize} of {counted(len(frames), 'frame')}"
        )
    records = np.frombuffer(data, dtype=record)
    return records["numbers"], records["outputs"].astype(np.int64)


def _run(image: Image, frames: np.ndarray, board: Board, length: int) -> bytes:
    """Frames in input.bin, results in output.bin, both in the folder of the image."""
    (image.build / "input.bin").write_bytes(frames.tobytes())
    ended = run([*emulator(image, board, length), image.path], image.build, seconds=_TIMEOUT)
    if ended.code:
        told = telling_line(ended.err.decode(errors="replace"))
        raise ToolFailed(f"{board.name}: the emulator stopped with {ended.how}: {told}", ended.log)
    return (image.build / "output.bin").read_bytes()


def emulator(image: Image, board: Board, length: int) -> list[str]:
    """The command that the image's path follows; a simulator of ours ends after ``length`` bytes of results.

    Raises:
        CouldNotRun: the emulator is missing.
    """
    command = [part.format(machine=board.machine, bytes=length) for part in board.emulator]
    if board.simulator:
        return [str(_simulator(image.build, board)), *command[1:]]
    return [need(command[0], board.packages), *command[1:]] if command else []


def _simulator(build: Path, board: Board) -> Path:
    """A small program of ours that runs the image in a simulator's library and connects its UART with files."""
    (source, *libraries), program = board.simulator, build / board.emulator[0]
    try:
        call([find_compiler(), "-std=gnu99", "-O2", str(ports() / source), *libraries, "-o", str(program)])
    except ToolFailed as error:
        missing = f"{source} does not build; on Debian: apt-get install {board.packages[board.emulator[0]]}"
        raise CouldNotRun(missing, "\n".join(error.log)) from error
    return program
