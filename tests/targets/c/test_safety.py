"""What the C promises beside right outputs: clean under the analysers, unaligned frames, threads, constant time."""

import shutil
import subprocess
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.targets.c.compiled import expected
from tests.targets.c.test_kernels import conv_network, dense_network
from tests.verification.test_boards import real_digits, small_network

from whetgen import Options, generate
from whetgen.assets import assets
from whetgen.errors import BadInput
from whetgen.fuzz.c_batch import run_batch
from whetgen.fuzz.files import write
from whetgen.fuzz.graphs import random_codes
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, MultiThreshold, Permute, Reshape, WeightedSum
from whetgen.targets.c.boards import find_board
from whetgen.targets.c.target import COptions, plan, render
from whetgen.verification.board_build import build_image
from whetgen.verification.board_runner import run_image
from whetgen.verification.c_runner import SANITIZERS, pack_codes

RUNTIME = sorted((assets() / "firmware" / "runtime").glob("*.c"))


def folder_of(graph: Graph, folder: Path, options: COptions | None = None) -> Path:
    return write(render(plan(graph, "net", options)), folder)


def test_no_allocation_no_float_no_recursion_no_arrays_of_variable_size(tmp_path):
    """The words do not occur, and the compiler finds no array of variable size."""
    for file in RUNTIME:
        words = set(file.read_text().replace("(", " ").split())
        assert not words & {"malloc", "calloc", "realloc", "free", "alloca", "float", "double", "longjmp"}, file.name
    flags = ["-std=c99", "-O2", "-Wvla", "-Wdouble-promotion", "-Wstack-usage=400", "-Werror"]
    subprocess.run(["gcc", *flags, "-c", *map(str, RUNTIME)], cwd=tmp_path, check=True)


@pytest.mark.slow
def test_gcc_analyzer_is_silent(tmp_path):
    subprocess.run(
        ["gcc", "-std=c99", "-O2", "-fanalyzer", "-Werror", "-c", *map(str, RUNTIME)], cwd=tmp_path, check=True
    )


@pytest.mark.slow
def test_cppcheck_is_silent():
    command = ["cppcheck", "--std=c99", "--enable=warning,performance,portability", "--quiet", "--error-exitcode=1"]
    subprocess.run([*command, *map(str, RUNTIME)], check=True)


@pytest.mark.long
def test_clang_tidy_is_silent():
    """Widening products: the generator keeps every size below 2^31, so that a product never wraps."""
    waived = "-bugprone-easily-swappable-parameters,-bugprone-implicit-widening-of-multiplication-result"
    command = ["clang-tidy", f"--checks=-*,bugprone-*,clang-analyzer-*,{waived}", "--warnings-as-errors=*", "--quiet"]
    done = subprocess.run([*command, *map(str, RUNTIME), "--", "-std=c99"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


UNALIGNED = """
#include "net.h"
#include <stdio.h>
static unsigned char memory[net_ARENA_BYTES + 8], frame[net_INPUT_BYTES + 8];
int main(void)
{
    for (int shift = 0; shift < 8; shift++) {
        net_output_t output[net_OUTPUT_LEN];
        if (fread(frame + shift, net_INPUT_BYTES, 1, stdin) != 1) return 1;
        net_infer_r(memory + 7 - shift, frame + shift, output);
        if (fwrite(output, sizeof output, 1, stdout) != 1) return 1;
    }
    return 0;
}
"""


@pytest.mark.parametrize("network", [dense_network, conv_network])
def test_frames_and_arenas_may_lie_at_any_address(network, tmp_path):
    graph = network(Random(11))
    codes = np.repeat(random_codes(graph, Random(3), 1)[-1:], 8, axis=0)
    folder_of(graph, tmp_path)
    (tmp_path / "main.c").write_text(UNALIGNED)
    sources = [*map(str, (tmp_path / "src").glob("*.c")), "main.c"]
    subprocess.run(["cc", "-std=c99", *SANITIZERS, "-Iinclude", *sources, "-o", "app"], cwd=tmp_path, check=True)
    frames = pack_codes(codes, graph.input.type).tobytes()
    done = subprocess.run([tmp_path / "app"], input=frames, capture_output=True, check=True)
    assert np.frombuffer(done.stdout, "<i4").reshape(8, -1).tolist() == expected(graph, codes).tolist()


THREADS = """
#include "net.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
enum { THREADS = 4, FRAMES = 40, ROUNDS = 25 };
static unsigned char frames[FRAMES][net_INPUT_BYTES];
static net_output_t wanted[FRAMES][net_OUTPUT_LEN];
static void *work(void *number)
{
    static unsigned char arenas[THREADS][net_ARENA_BYTES];
    unsigned char *arena = arenas[*(int *)number];
    for (int k = 0; k < ROUNDS * FRAMES; k++) {
        net_output_t output[net_OUTPUT_LEN];
        const int frame = (k + *(int *)number) % FRAMES;
        net_infer_r(arena, frames[frame], output);
        if (memcmp(output, wanted[frame], sizeof output)) return number;
    }
    return 0;
}
int main(void)
{
    pthread_t thread[THREADS];
    int number[THREADS], failed = 0;
    if (fread(frames, sizeof frames, 1, stdin) != 1) return 2;
    for (int k = 0; k < FRAMES; k++) net_infer(frames[k], wanted[k]);
    for (int k = 0; k < THREADS; k++) { number[k] = k; pthread_create(&thread[k], 0, work, &number[k]); }
    for (int k = 0; k < THREADS; k++) { void *result; pthread_join(thread[k], &result); failed += result != 0; }
    return failed;
}
"""


def test_threads_with_their_own_arenas_do_not_disturb_each_other(tmp_path):
    """Under the thread sanitizer."""
    graph = small_network()
    folder_of(graph, tmp_path)
    (tmp_path / "main.c").write_text(THREADS)
    sources = [*map(str, (tmp_path / "src").glob("*.c")), "main.c"]
    flags = ["-std=gnu99", "-O1", "-g", "-fsanitize=thread", "-pthread"]
    subprocess.run(["cc", *flags, "-Iinclude", *sources, "-o", "app"], cwd=tmp_path, check=True)
    command = [tmp_path / "app"]
    if setarch := shutil.which("setarch"):  # the sanitizer wants a fixed layout of memory
        command = [setarch, "-R", *command]
    frames = pack_codes(real_digits(40), graph.input.type).tobytes()
    assert subprocess.run(command, input=frames, check=False).returncode == 0


def network_of_values() -> Graph:
    """Neurons of 13, 6 and 3 thresholds; their values are pooled, moved, added up and read."""
    rng = np.random.default_rng(2)
    weights = [rng.integers(-1, 2, shape) for shape in ((3, 3, 1, 8), (3, 3, 8, 8), (128, 10))]
    same = ((1, 1), (1, 1))
    nodes = (
        Input("in", (8, 8, 1), ELEMENT_TYPES["uint8"]),
        MultiThreshold("pixels", "in", np.arange(1, 14)[:, None] + np.zeros((1, 1), int)),
        Conv("conv1", "pixels", weights[0], np.zeros(8, int), padding=same),
        MultiThreshold("fire1", "conv1", np.sort(rng.integers(-30, 30, (6, 8)), axis=0)),
        Conv("conv2", "fire1", weights[1], np.zeros(8, int), padding=same),
        MultiThreshold("fire2", "conv2", np.sort(rng.integers(-30, 30, (6, 8)), axis=0)),
        WeightedSum("sum", ("fire1", "fire2"), (np.ones(8, int), np.ones(8, int)), np.zeros(8, int)),
        MultiThreshold("fire3", "sum", np.arange(1, 10, 3)[:, None] + np.zeros((1, 8), int)),
        MaxPool("pool", "fire3", (2, 2), (2, 2)),
        Permute("turned", "pool", (2, 0, 1)),
        Reshape("flat", "turned", (128,)),
        Dense("dense", "flat", weights[2], np.zeros(10, int)),
    )
    return validate(Graph(nodes, (Output("o", "dense", "accumulators"),)))


@pytest.mark.slow
@pytest.mark.parametrize("network", [small_network, network_of_values])
@pytest.mark.parametrize("name", ["riscv-virt", "riscv-virt-zbb"])
def test_constant_time_takes_the_same_instructions_for_a_thousand_frames(name, network, tmp_path):
    """minstret counts every instruction: 500 real digits, 498 random frames, a black and a white one."""
    board, graph = find_board(name), network()
    generate(graph, "c", tmp_path / "c", Options("net", mcu=board.name, constant_time=True))
    random = np.random.default_rng(1).integers(0, 17, (498, 8, 8, 1))
    codes = np.concatenate([real_digits(500), random, np.zeros((1, 8, 8, 1), int), np.full((1, 8, 8, 1), 255)])
    run = run_image(build_image(tmp_path / "c", "net", board, tmp_path / "build"), graph, codes, board)
    assert run.outputs.tolist() == expected(graph, codes).tolist()
    assert len(codes) == 1000
    assert len(set(run.costs.tolist())) == 1


@pytest.mark.slow
def test_without_constant_time_the_same_frames_differ(tmp_path):
    """So the test above can fail."""
    board, graph = find_board("riscv-virt"), small_network()
    generate(graph, "c", tmp_path / "c", Options("net", mcu=board.name))
    run = run_image(build_image(tmp_path / "c", "net", board, tmp_path / "build"), graph, real_digits(50), board)
    assert len(set(run.costs.tolist())) > 10


@pytest.mark.slow
def test_constant_time_kernels_compute_the_same_bits(tmp_path):
    cases = []
    for seed in range(36):
        rng = Random(seed)
        graph = (dense_network if seed % 2 else conv_network)(rng)
        try:
            plan(graph, "net", COptions(constant_time=True))
        except BadInput:  # weights too wide for it
            continue
        cases.append((graph, random_codes(graph, rng, 4)))
    assert len(cases) > 15
    found = run_batch(cases, tmp_path, ("-O1",), options=COptions(constant_time=True))
    for seed, ((graph, codes), outputs) in enumerate(zip(cases, found, strict=True)):
        assert np.array_equal(outputs, expected(graph, codes)), f"seed {seed}\n{graph}"


def test_a_layer_without_such_a_kernel_is_refused():
    nodes = (Input("in", (4, 4, 1), ELEMENT_TYPES["int16"]), MaxPool("pool", "in", (2, 2), (2, 2)))
    graph = validate(Graph(nodes, (Output("o", "pool", "accumulators"),)))
    with pytest.raises(BadInput) as error:
        plan(graph, "net", COptions(constant_time=True))
    assert str(error.value) == (
        "--constant-time: layer 'pool' has no kernel whose cost is independent of the data; such kernels take bits or bytes in "
        "and sums of 32 bits (--weight-bits narrows them)"
    )
