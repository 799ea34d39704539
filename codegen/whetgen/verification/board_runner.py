"""Run a board's image: start the emulator, feed frames, read outputs and costs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.errors import CouldNotRun, ToolFailed
from whetgen.host.processes import call, run, telling_line
from whetgen.ir import Graph
from whetgen.targets.c.boards import Board, ports
from whetgen.verification.board_build import Image, need
from whetgen.verification.c_runner import find_compiler, output_dtype, pack_codes
from whetgen.wording import counted

_TIMEOUT = 1800


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
        CouldNotRun: the emulator is missing, or it or the program stops early.
    """
    frames = pack_codes(np.asarray(codes), graph.input.type)
    dtype = np.dtype(output_dtype(graph)).newbyteorder("<")
    length = sum(int(np.prod(graph.shapes[o.source])) for o in graph.outputs)
    record = np.dtype([("ticks", "<u4", (1 + profiled_calls,)), ("outputs", dtype, (length,))])
    data = _run(image, frames, board, len(frames) * record.itemsize)
    if len(data) != len(frames) * record.itemsize:
        raise CouldNotRun(
            f"{board.name}: the program stopped after {len(data) // record.itemsize} of {counted(len(frames), 'frame')}"
        )
    records = np.frombuffer(data, dtype=record)
    costs = records["ticks"].reshape(len(frames), -1) * board.unit_ticks
    return BoardRun(records["outputs"].astype(np.int64).reshape(len(frames), length), costs[:, 0], costs[:, 1:])


def _run(image: Image, frames: np.ndarray, board: Board, length: int) -> bytes:
    """Frames in input.bin, results in output.bin, both in the folder of the image."""
    (image.build / "input.bin").write_bytes(frames.tobytes())
    ended = run([*_emulator(image, board, length), image.path], image.build, seconds=_TIMEOUT)
    if ended.code:
        told = telling_line(ended.err.decode(errors="replace"))
        raise CouldNotRun(f"{board.name}: the emulator stopped with {ended.how}: {told}", ended.log)
    return (image.build / "output.bin").read_bytes()


def _emulator(image: Image, board: Board, length: int) -> list[str]:
    """The command that takes the image; simavr ends after ``length`` bytes of results."""
    if board.family == "avr":
        return [str(_simulator(image.build)), *board.emulator, str(length)]
    return [need(board.emulator[0]), *board.emulator[1:]] if board.emulator else []


def _simulator(build: Path) -> Path:
    """simavr, in a small program of ours that connects its UART with files."""
    program = build / "simulate"
    source = ports() / "avr" / "simulate.c"
    command = [
        find_compiler(),
        "-std=gnu99",
        "-O2",
        str(source),
        "-lsimavr",
        "-lsimavrparts",
        "-lelf",
        "-o",
        str(program),
    ]
    try:
        call(command)
    except ToolFailed as error:
        missing = "simavr's library is not installed; on Debian: apt-get install libsimavr-dev libelf-dev"
        raise CouldNotRun(missing, "\n".join(error.log)) from error
    return program
