"""Many generated networks in one C++ program, with a driver that shares nothing with the folders' own testbench."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from whetgen.errors import CouldNotRun, ProgramFailed
from whetgen.fuzz.files import write
from whetgen.host.processes import call, find_program, run
from whetgen.targets.hls import target as hls
from whetgen.targets.hls.design import DIALECTS, HlsPlan
from whetgen.targets.output.templating import template_environment
from whetgen.targets.streams.packing import pack_frames, unpack_frames

_FLAGS = ("-std=c++14", "-Wall", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-label")
_QUIET_HEADERS = ("-Wno-uninitialized", "-Wno-maybe-uninitialized")
_EMPTY = {"vitis": "(m_axis).empty()", "catapult": "(!(m_axis).available(1))"}
_SECONDS = 600


def headers(tool: str) -> str:
    """Folder of the open types.

    Raises:
        CouldNotRun: hls4ml, which brings them, is not installed.
    """
    found = find_spec("hls4ml")
    if found is None or not found.submodule_search_locations:
        raise CouldNotRun(
            "the open ap_int and ac_int headers are missing; they come with hls4ml: pip install 'whetgen[hls]'"
        )
    return found.submodule_search_locations[0] + DIALECTS[tool].header_folder


def run_batch(batch: Sequence[tuple[HlsPlan, np.ndarray]], folder: Path, flags: Sequence[str] = ()) -> list[np.ndarray]:
    """Output elements (frames, count) of each plan for its codes; all plans are for one tool.

    Raises:
        CouldNotRun: the compiler or the headers are missing, or it refuses the sources.
        ProgramFailed: the program stops, or its results are not as long as they should be.
    """
    tool = batch[0][0].tool
    for plan, _ in batch:
        write(hls.render(plan), folder / plan.name)
    calls = [
        {"name": plan.name, "frames": len(codes), "beats_in": plan.input.beats, "beats_out": plan.output.beats}
        for plan, codes in batch
    ]
    driver = template_environment("fuzz").get_template("batch.cpp.j2")
    text = driver.render(names=[plan.name for plan, _ in batch], calls=calls, empty=_EMPTY[tool])
    (folder / "batch.cpp").write_text(text, encoding="utf-8")
    include = [f"-isystem{headers(tool)}", f"-isystem{batch[0][0].name}/tb/open", "-I."]
    compiler = find_program("g++", hint="on Debian: apt-get install g++")
    call([compiler, *_FLAGS, *_QUIET_HEADERS, *include, *flags, "batch.cpp", "-o", "batch"], folder)
    (folder / "in.bin").write_bytes(
        b"".join(frame for plan, codes in batch for frame in pack_frames(plan.input, codes))
    )
    ended = run([folder / "batch", "in.bin", "out.bin"], folder, seconds=_SECONDS)
    if ended.code:
        raise ProgramFailed(f"the compiled networks stopped with {ended.how}: {ended.log[:3000]}")
    return _split(batch, (folder / "out.bin").read_bytes())


def _split(batch: Sequence[tuple[HlsPlan, np.ndarray]], data: bytes) -> list[np.ndarray]:
    found = []
    for plan, codes in batch:
        size = len(codes) * plan.output.beats * plan.output.bus_bits // 8
        found.append(unpack_frames(plan.output, data[:size]))
        data = data[size:]
    if data:
        raise ProgramFailed("the compiled networks wrote too many results")
    return found
