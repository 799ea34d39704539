"""Many generated networks in one C++ program, with a driver that shares nothing with the folders' own testbench."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from tests.targets.written import write

from whetgen.targets.hls import target as hls
from whetgen.targets.hls.design import DIALECTS, HlsPlan
from whetgen.targets.streams.packing import pack_frames, unpack_frames

_FLAGS = ["-std=c++14", "-Wall", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-label"]
_QUIET_HEADERS = ["-Wno-uninitialized", "-Wno-maybe-uninitialized"]
_DRIVER = """
#include <cstdio>
#include <cstdlib>

static FILE *in_file, *out_file;

template <int BITS> void read_data(wg_uint<BITS> &data) {
    data = 0;
    for (int byte = 0; byte < BITS / 8; ++byte)
        wg_set(data, byte, wg_uint<8>(std::fgetc(in_file)));
}

template <int BITS> void write_data(const wg_uint<BITS> &data) {
    for (int byte = 0; byte < BITS / 8; ++byte)
        std::fputc(wg_get<wg_uint<8>>(data, byte).to_int(), out_file);
}

template <typename IN, typename OUT>
void drive(void (*top)(wg_stream<IN> &, wg_stream<OUT> &, wg_uint<32> &), int frames, int beats_in, int beats_out) {
    wg_stream<IN> s_axis;
    wg_stream<OUT> m_axis;
    wg_uint<32> err_frames = 0;
    for (int frame = 0; frame < frames; ++frame) {
        for (int beat = 0; beat < beats_in; ++beat) {
            IN sent;
            read_data(sent.data);
            sent.last = beat == beats_in - 1;
            s_axis.write(sent);
        }
        top(s_axis, m_axis, err_frames);
        for (int beat = 0; beat < beats_out; ++beat) {
            const OUT got = m_axis.read();
            write_data(got.data);
            if ((got.last != 0) != (beat == beats_out - 1))
                std::exit(3);
        }
    }
    if (err_frames != 0 || !EMPTY(m_axis))
        std::exit(4);
}
"""
_EMPTY = {"vitis": "(m_axis).empty()", "catapult": "(!(m_axis).available(1))"}


def headers(tool: str) -> str:
    """Folder of the open types."""
    return find_spec("hls4ml").submodule_search_locations[0] + DIALECTS[tool].header_folder


def run_batch(batch: Sequence[tuple[HlsPlan, np.ndarray]], folder: Path, flags: Sequence[str] = ()) -> list[np.ndarray]:
    """Output elements (frames, count) of each plan for its codes; all plans are for one tool."""
    tool = batch[0][0].tool
    lines, calls, data = [f"#define EMPTY(m_axis) {_EMPTY[tool]}"], [], b""
    for plan, codes in batch:
        write(hls.render(plan), folder / plan.name)
        lines.append(f'#include "{plan.name}/{plan.name}.cpp"')
        calls.append(f"    drive({plan.name}, {len(codes)}, {plan.input.beats}, {plan.output.beats});")
        data += b"".join(pack_frames(plan.input, codes))
    main = [
        "int main(int, char **argv) {",
        '    in_file = std::fopen(argv[1], "rb");',
        '    out_file = std::fopen(argv[2], "wb");',
    ]
    source = folder / "batch.cpp"
    source.write_text(
        "\n".join([*lines, _DRIVER, *main, *calls, "    std::fclose(out_file);", "    return 0;", "}", ""])
    )
    include = [f"-isystem{headers(tool)}", f"-isystem{folder / batch[0][0].name / 'tb' / 'open'}", f"-I{folder}"]
    program = folder / "batch"
    subprocess.run(["g++", *_FLAGS, *_QUIET_HEADERS, *include, *flags, str(source), "-o", str(program)], check=True)
    (folder / "in.bin").write_bytes(data)
    subprocess.run([program, folder / "in.bin", folder / "out.bin"], check=True)
    return _split(batch, (folder / "out.bin").read_bytes())


def _split(batch: Sequence[tuple[HlsPlan, np.ndarray]], data: bytes) -> list[np.ndarray]:
    found = []
    for plan, codes in batch:
        size = len(codes) * plan.output.beats * plan.output.bus_bits // 8
        found.append(unpack_frames(plan.output, data[:size]))
        data = data[size:]
    assert not data, "surplus output"
    return found
