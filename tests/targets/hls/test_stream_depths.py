"""The processes as threads, each stream with the room that the plan gives it: nothing gets stuck."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.targets.hls.test_plan import residual
from tests.targets.paced import paced

from whetgen.fuzz.files import write
from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.fuzz.hls_batch import headers
from whetgen.reference import run
from whetgen.targets.hls import target as hls
from whetgen.targets.hls.design import HlsPlan
from whetgen.targets.streams.packing import pack_frames, unpack_frames
from whetgen.targets.streams.vectors import stream_outputs

BOUNDED = Path(__file__).parent / "bounded"
STUCK = 9


def harness(plan: HlsPlan, frames: int) -> str:
    """A program that runs each process of the plan in a thread of its own, ``frames`` times."""
    channels = [c for section in plan.sections for c in section.channels]
    processes = [p for section in plan.sections for p in section.processes]
    lines = [f'#include "{plan.name}.h"', f'#include "{plan.name}_layers.h"']
    lines += [f'#include "library/{file}"' for file in plan.kernels]
    lines += ["#include <cstdio>", "#include <thread>", "#include <vector>", f"using namespace {plan.name}_layers;"]
    lines += [f"wg_stream<{plan.name}_input_beat> s_axis;", f"wg_stream<{plan.name}_output_beat> m_axis;"]
    lines += ["wg_uint<32> err_frames;", *(f"wg_stream<wg_uint<{c.bits}>> {c.declared};" for c in channels)]
    lines += ["int main(int, char **argv) {", "    std::vector<std::thread> threads;"]
    for channel in channels:
        loop = f"for (auto &stream : {channel.name}) stream" if channel.count else channel.name
        lines.append(f"    {loop}.depth = {channel.depth};")
    for process in processes:
        work = f"{process.function}({', '.join(process.arguments)});"
        lines.append(f"    threads.emplace_back([] {{ for (int k = 0; k < {frames}; ++k) {work} }});")
    lines.append(
        FEED.replace("BEATS", str(plan.input.beats))
        .replace("BYTES", str(plan.input.bus_bits // 8))
        .replace("FRAMES", str(frames))
    )
    lines.append(
        DRAIN.replace("BEATS", str(frames * plan.output.beats)).replace("BYTES", str(plan.output.bus_bits // 8))
    )
    return "\n".join([*lines, "    for (auto &thread : threads)", "        thread.join();", "    return 0;", "}", ""])


FEED = """
    threads.emplace_back([argv] {
        FILE *file = std::fopen(argv[1], "rb");
        for (int frame = 0; frame < FRAMES; ++frame)
            for (int beat = 0; beat < BEATS; ++beat) {
                wg_uint<8 * BYTES> data = 0;
                for (int byte = 0; byte < BYTES; ++byte)
                    wg_set(data, byte, wg_uint<8>(std::fgetc(file)));
                s_axis.write(wg_make_beat<8 * BYTES>(data, beat == BEATS - 1));
            }
        std::fclose(file);
    });"""
DRAIN = """
    FILE *file = std::fopen(argv[2], "wb");
    for (int beat = 0; beat < BEATS; ++beat) {
        const wg_uint<8 * BYTES> data = m_axis.read().data;
        for (int byte = 0; byte < BYTES; ++byte)
            std::fputc(wg_get<wg_uint<8>>(data, byte).to_int(), file);
    }
    std::fclose(file);"""


def run_bounded(plan: HlsPlan, codes: np.ndarray, folder: Path, patience: int) -> tuple[int, np.ndarray]:
    """Exit code and output elements."""
    write(hls.render(plan), folder)
    (folder / "threads.cpp").write_text(harness(plan, len(codes)))
    (folder / "in.bin").write_bytes(b"".join(pack_frames(plan.input, codes)))
    include = [f"-I{BOUNDED}", f"-isystem{headers('vitis')}", f"-isystem{folder / 'tb' / 'open'}", f"-I{folder}"]
    flags = ["-std=c++14", "-O0", "-w", "-pthread", f"-DPATIENCE_S={patience}"]
    subprocess.run(["g++", *flags, *include, str(folder / "threads.cpp"), "-o", str(folder / "threads")], check=True)
    done = subprocess.run([folder / "threads", folder / "in.bin", folder / "out.bin"], check=False)
    data = (folder / "out.bin").read_bytes() if done.returncode == 0 else b""
    return done.returncode, unpack_frames(plan.output, data)


def with_depths(plan: HlsPlan, depth: int) -> HlsPlan:
    sections = tuple(replace(s, channels=tuple(replace(c, depth=depth) for c in s.channels)) for s in plan.sections)
    return replace(plan, sections=sections)


SLIDING = {"stem": (1, 6, 8), "a": (4, 12), "b": (2, 36)}  # windows in registers, and the image bit by bit


@pytest.mark.slow
@pytest.mark.parametrize("folding", [{}, SLIDING], ids=["chosen", "sliding"])
def test_a_residual_network_flows(folding, tmp_path):
    graph = residual()
    plan, codes = hls.plan(graph, "net", hls.HlsOptions(folding=folding)), random_codes(graph, Random(4), 5)
    code, outputs = run_bounded(plan, codes, tmp_path, 60)
    assert code == 0 and np.array_equal(outputs, stream_outputs(graph, plan.output, run(graph, codes)))


@pytest.mark.slow
def test_with_too_little_room_it_gets_stuck(tmp_path):
    plan = with_depths(hls.plan(residual(), "net"), 2)
    assert run_bounded(plan, random_codes(residual(), Random(4), 2), tmp_path, 3)[0] == STUCK


@pytest.mark.slow
@pytest.mark.parametrize("seed", [pytest.param(s, marks=[pytest.mark.long] * (s >= 205)) for s in range(200, 212)])
def test_random_networks_flow(seed, tmp_path):
    rng = Random(seed)
    graph = random_graph(rng, max_bits=40)
    plan = hls.plan(graph, "net", paced(hls.HlsOptions, rng.choice((1, 30, 1024)))())
    codes = random_codes(graph, rng, 4)
    code, outputs = run_bounded(plan, codes, tmp_path, 60)
    assert code == 0, f"stuck\n{graph}"
    assert np.array_equal(outputs, stream_outputs(graph, plan.output, run(graph, codes)))
