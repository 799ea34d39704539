"""Generated C on every board: the emulators' outputs equal the reference, and what it took is told."""

import json
import shutil
import subprocess
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from whetgen import Options, generate
from whetgen.assets import firmware_boards
from whetgen.errors import BadInput, ProgramFailed
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, Reshape, Threshold
from whetgen.targets.c.boards import find_board
from whetgen.targets.output.folder import read_manifest
from whetgen.verification.board_build import build_empty, build_guarded, build_image
from whetgen.verification.board_runner import run_guarded, run_image
from whetgen.verification.checks import verify
from whetgen.verification.footprint import section_bytes
from whetgen.verification.frames import Frames, every_frame
from whetgen.verification.stack import stack_bytes

BOARDS = firmware_boards()
EMULATED = [name for name in BOARDS if name != "host"]


def small_network() -> Graph:
    """A bit of everything that a first real network has."""
    rng = np.random.default_rng(5)
    nodes = (
        Input("pixels", (8, 8, 1), ELEMENT_TYPES["uint8"]),
        Threshold("black", "pixels", np.array([8])),
        Conv("conv", "black", rng.integers(-3, 4, (3, 3, 1, 8)), np.zeros(8, int), padding=((1, 1), (1, 1))),
        Threshold("edges", "conv", rng.integers(-2, 3, 8)),
        MaxPool("pool", "edges", (2, 2), (2, 2)),
        Conv("conv2", "pool", rng.integers(-1, 2, (3, 3, 8, 20)), np.zeros(20, int)),
        Threshold("shapes", "conv2", rng.integers(-2, 3, 20)),
        Reshape("flat", "shapes", (80,)),
        Dense("head", "flat", rng.integers(-7, 8, (80, 10)), rng.integers(-9, 9, 10)),
    )
    return validate(Graph(nodes, (Output("digit", "head", "scores", classifier=True),)))


def real_digits(count: int) -> np.ndarray:
    from sklearn.datasets import load_digits

    return load_digits().images[:count].astype(np.int64).reshape(count, 8, 8, 1)


@pytest.fixture(scope="module", name="folders")
def one_folder_for_each_board(tmp_path_factory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("boards")
    mcus = {name: find_board(name).core for name in BOARDS}
    for mcu in set(mcus.values()):
        generate(small_network(), "c", out / mcu, Options("net", mcu=mcu))
    return {name: out / mcu for name, mcu in mcus.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOARDS)
def test_every_board_gives_the_bits_of_the_reference_on_real_images(name, folders):
    result = verify(folders[name], Frames(real_digits(100)), on=name)
    assert (result.vectors, result.mismatches, result.failures) == (100, 0, ())
    if name != "host":
        took = result.measured
        assert 0 < took["cost_least"] <= took["cost_mean"] <= took["cost_most"]
        assert 300 < took["flash_bytes"] < 32000
        assert 64 < took["ram_bytes"] < 2048
        assert 20 < took["stack_seen_bytes"] <= took["stack_bytes"] < 600
        calls = sum(layer["cost"] for layer in took["layers"])
        assert calls == pytest.approx(took["cost_mean"], rel=0.2)


@pytest.mark.slow
def test_a_run_on_a_board_leaves_its_footprint_in_the_manifest(folders, tmp_path):
    """Of each board beside the others; the hashed files are as generated; a failed run leaves nothing."""
    folder = tmp_path / "net"
    generate(small_network(), "c", folder, Options("net", mcu="cortex-m4"))
    before = read_manifest(folder)
    assert "footprint" not in before
    results = {name: verify(folder, Frames(real_digits(3)), on=name) for name in ("mps2-an386", "mps2-an385")}
    after = read_manifest(folder)
    assert after.pop("footprint") == {name: json.loads(json.dumps(results[name].measured)) for name in sorted(results)}
    assert after == before and verify(folder, Frames(real_digits(3))).failures == ()
    (folder / "src" / "net.c").write_text((folder / "src" / "net.c").read_text() + "\n")
    assert verify(folder, Frames(real_digits(3)), on="mps2-an500").failures
    assert set(read_manifest(folder)["footprint"]) == set(results)


@pytest.mark.slow
def test_ram_that_does_not_hold_the_deepest_stack_fails(folders, tmp_path, monkeypatch):
    """The same network on boards of the RAM that it needs and of one byte less."""
    folder = tmp_path / "net"
    shutil.copytree(folders["atmega328p"], folder)
    codes = Frames(real_digits(2))
    left = verify(folder, codes, on="atmega328p").measured["ram_left_bytes"]
    board = find_board("atmega328p")
    assert 0 < left < board.ram_bytes
    for less, failures in (
        (left, ()),
        (left + 1, ("atmega328p: variables and the deepest stack need 1 byte more RAM than there is",)),
    ):
        smaller = replace(board, ram_bytes=board.ram_bytes - less)
        monkeypatch.setattr("whetgen.targets.c.boards.find_board", lambda name, smaller=smaller: smaller)
        assert verify(folder, codes, on="atmega328p").failures == failures


@pytest.mark.slow
def test_a_wrong_table_is_a_mismatch(folders, tmp_path):
    """A check that can fail: one bit of a table flipped in a copy."""
    board, graph, codes = find_board("mps2-an386"), small_network(), real_digits(20)
    source = folders["mps2-an386"] / "src" / "net.c"
    good = run_image(build_image(folders["mps2-an386"], "net", board, tmp_path / "good"), graph, codes, board)
    subprocess.run(["cp", "-r", str(folders["mps2-an386"]), str(tmp_path / "copy")], check=True)
    text = source.read_text()
    head = text.index("0x") + 2  # the spikes of a blank window
    (tmp_path / "copy" / "src" / "net.c").write_text(
        text[:head] + ("1" if text[head] == "0" else "0") + text[head + 1 :]
    )
    bad = run_image(build_image(tmp_path / "copy", "net", board, tmp_path / "bad"), graph, codes, board)
    assert (good.outputs != bad.outputs).any()


@pytest.mark.slow
def test_the_same_run_counts_the_same_instructions(folders, tmp_path):
    board = find_board("riscv-virt")
    image = build_image(folders["riscv-virt"], "net", board, tmp_path)
    first, second = (run_image(image, small_network(), real_digits(5), board).costs for _ in range(2))
    assert first.tolist() == second.tolist()


@pytest.mark.slow
def test_an_empty_image_is_what_flash_and_ram_are_counted_from(folders, tmp_path):
    board = find_board("mps2-an386")
    empty = section_bytes(build_empty(board, tmp_path / "empty").path)
    image = section_bytes(build_image(folders["mps2-an386"], "net", board, tmp_path / "image").path)
    assert 300 < empty[0] < 1200 < image[0]
    assert empty[1] < 100 < image[1]


STACK = """
#include <stdint.h>
#include "port.h"
void deep(volatile uint8_t *x); void shallow(volatile uint8_t *x); void top(int n);
__attribute__((noinline)) void deep(volatile uint8_t *x) { volatile uint8_t room[400]; room[x[0]] = 1; x[1] = room[3]; }
__attribute__((noinline)) void shallow(volatile uint8_t *x) { volatile uint8_t room[40]; room[x[0]] = 1; x[1] = room[3]; }
static void (*const table[2])(volatile uint8_t *) = {deep, shallow};
__attribute__((noinline)) void top(int n) { volatile uint8_t own[8]; own[0] = 1; table[n & 1](own); }
int main(void) { port_start(); top((int)port_ticks()); port_stop(); return 0; }
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", EMULATED)
def test_the_stack_goes_through_pointers_in_tables(name, tmp_path):
    board = find_board(name)
    (tmp_path / "src").mkdir()
    (tmp_path / "include").mkdir()
    (tmp_path / "src" / "program.c").write_text(STACK)
    (tmp_path / "include" / "none.h").write_text("")
    sources = tuple(s for s in board.sources if not s.endswith("main.c"))
    image = build_image(tmp_path, "none", replace(board, sources=sources), tmp_path / "build")
    assert 400 + 8 < stack_bytes(image, board, "top") < 400 + 8 + 80


WATCHED = """
#include <stdint.h>
#define net_INPUT_BYTES 4
#define net_OUTPUT_LEN 4
#define net_ARENA_BYTES 3
typedef uint8_t net_input_t;
typedef int32_t net_output_t;
void net_infer_r(void *memory, const net_input_t *input, net_output_t *output);
"""
# The first two bytes of a frame say where beside the arena and the output it writes, the third how deep the stack goes.
NETWORK = """
__attribute__((noinline)) static void deep(volatile uint8_t *x) { volatile uint8_t room[200]; room[x[0]] = 1; x[1] = room[3]; room[199] = room[0] = 2; }
void net_infer_r(void *memory, const net_input_t *input, net_output_t *output)
{
    volatile uint8_t own[2] = {0, 0};
    ((uint8_t *)memory + 1)[(int8_t)input[0]] = 1;
    (output + 1)[(int8_t)input[1]] = 1;
    if (input[2]) { deep(own); }
}
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mps2-an386", "riscv-virt", "atmega328p"])
def test_the_stack_is_watched_and_a_byte_beside_arena_or_output_is_found(name, tmp_path):
    board = find_board(name)
    graph = validate(Graph((Input("in", (4,), ELEMENT_TYPES["uint8"]),), (Output("o", "in", "accumulators"),)))
    (tmp_path / "src").mkdir()
    (tmp_path / "include").mkdir()
    (tmp_path / "src" / "net.c").write_text(NETWORK)
    (tmp_path / "include" / "net.h").write_text(WATCHED)
    image = build_guarded(tmp_path, "net", board, tmp_path / "build", None, 512)
    frames = np.zeros((2, 4), int)
    assert run_guarded(image, graph, frames, board) < 40
    assert 200 <= run_guarded(image, graph, frames + np.array([0, 0, 1, 0]), board) < 260
    for beside in ([254, 0, 0, 0], [2, 0, 0, 0], [0, 254, 0, 0], [0, 3, 0, 0]):
        with pytest.raises(ProgramFailed) as error:
            run_guarded(image, graph, frames + np.array(beside), board)
        assert str(error.value) == f"{name}: the network writes beside its arena or its output"


@pytest.mark.slow
def test_all_inputs_run_on_the_host_under_sanitizers_and_on_a_board(tmp_path):
    rng = np.random.default_rng(1)
    nodes = (
        Input("in", (5,), ELEMENT_TYPES["uint4"]),
        Dense("dense", "in", rng.integers(-3, 4, (5, 9)), np.zeros(9, int)),
        Threshold("fire", "dense", rng.integers(-9, 9, 9)),
    )
    graph = validate(Graph(nodes, (Output("o", "fire", "spikes"),)))
    generate(graph, "c", tmp_path / "c", Options("net", mcu="cortex-m4"))
    frames = every_frame(
        validate(Graph((Input("in", (3,), ELEMENT_TYPES["uint4"]),), (Output("o", "in", "accumulators"),)))
    )
    assert sorted(map(tuple, frames.codes.tolist())) == list(product(range(16), repeat=3))
    few = Frames(np.pad(frames.codes, ((0, 0), (0, 2))), complete=True)  # of 2^20 a part
    for board in (None, "mps2-an386"):
        result = verify(tmp_path / "c", few, on=board)
        assert (result.outcome, result.vectors, result.complete) == ("equal", 4096, True)


@pytest.mark.slow
def test_a_stack_deeper_than_the_compiler_tells_fails(folders, monkeypatch):
    monkeypatch.setattr("whetgen.verification.footprint.stack_bytes", lambda *_: 16)
    (failure,) = verify(folders["microbit"], Frames(real_digits(2)), on="microbit").failures
    assert failure == "microbit: an inference took 80 bytes of stack or more, the compiler tells of 16"


def test_unknown_boards_and_targets_are_refused(tmp_path):
    with pytest.raises(BadInput) as error:
        find_board("nucleo")
    assert str(error.value) == f"--on nucleo: choose one of {', '.join(BOARDS)}"
    graph = validate(Graph(small_network().nodes[:2], (Output("o", "black", "spikes"),)))
    generate(graph, "verilog", tmp_path / "v", Options("net"))
    with pytest.raises(BadInput) as error:
        verify(tmp_path / "v", on="microbit")
    assert str(error.value) == f"--on microbit: {tmp_path / 'v'} holds verilog; boards run folders of --target c"


def test_a_network_that_does_not_fit_the_board_is_refused(tmp_path):
    rng = np.random.default_rng(0)
    nodes = (
        Input("in", (800,), ELEMENT_TYPES["bit"]),
        Dense("big", "in", rng.integers(-9, 9, (800, 60)), np.zeros(60, int)),
    )
    graph = validate(Graph(nodes, (Output("o", "big", "accumulators"),)))
    with pytest.raises(BadInput, match="^atmega328p has 32,768 bytes of flash "):
        generate(graph, "c", tmp_path / "c", Options("net", mcu="avr"))
    generate(graph, "c", tmp_path / "c", Options("net", mcu="avr", max_flash=100_000))
    result = verify(tmp_path / "c", count=1, on="atmega328p")
    assert result.outcome == "could not run"
    assert result.reason.startswith("does not build for atmega328p: ")


def test_a_missing_compiler_is_told_with_its_package(monkeypatch, folders, tmp_path):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadInput) as error:
        build_empty(find_board("microbit"), tmp_path)
    assert str(error.value) == (
        "arm-none-eabi-gcc is not installed; on Debian: apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi"
    )
