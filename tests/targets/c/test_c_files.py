"""What the generated folder looks like, that any compiler takes it, and how it is run."""

import re
import subprocess
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.targets.c.compiled import compile_strictly, expected
from tests.targets.c.test_c_nodes import CASES

from whetgen.assets import CORES, assets, fact_files
from whetgen.errors import BadInput
from whetgen.fuzz.files import write
from whetgen.fuzz.graphs import random_codes
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, Reshape, Threshold
from whetgen.reference import predict
from whetgen.targets.c.arena import ArenaBuffer, place
from whetgen.targets.c.mcus import find_mcu
from whetgen.targets.c.target import COptions, plan, render
from whetgen.verification import c_runner
from whetgen.verification.c_runner import find_compiler, pack_codes, run_c

GOLDEN = Path(__file__).parent / "golden"


def tiny() -> Graph:
    weights = np.arange(-9, 9).reshape(3, 3, 1, 2)
    nodes = (
        Input("pixels", (4, 4, 1), ELEMENT_TYPES["uint8"]),
        Conv("conv1/a", "pixels", weights, np.array([3, -4]), padding=((1, 1), (1, 1))),
        Threshold("conv1/fire", "conv1/a", np.array([100, 10**9])),
        MaxPool("pool", "conv1/fire", (2, 2), (2, 2)),
        Reshape("flatten", "pool", (8,)),
        Dense("register", "flatten", np.arange(24).reshape(8, 3) % 5 - 2, np.array([0, 1, 1])),
    )
    return validate(Graph(nodes, (Output("digits", "register", "scores", classifier=True),)))


def generated(graph: Graph, name: str, folder: Path) -> Path:
    return write(render(plan(graph, name)), folder)


@pytest.mark.parametrize("file", ["include/tiny.h", "src/tiny.c"])
def test_the_text_of_a_tiny_network(file):
    """Review changes as text: rewrite with `python -m tests.targets.c.test_c_files`."""
    assert render(plan(tiny(), "tiny"))[file] == (GOLDEN / Path(file).name).read_text()


def test_the_same_network_gives_the_same_bytes():
    assert render(plan(tiny(), "tiny")) == render(plan(tiny(), "tiny"))


def test_runtime_files_are_copied_unchanged(general_kernels):
    files = render(plan(tiny(), "tiny"))
    runtime = {Path(path).name: text for path, text in files.items() if path.startswith("src/w")}
    assert {"whetgen_runtime.h", "wg_conv.c", "wg_dense.c", "wg_argmax_i32.c"} <= set(runtime)
    assert "wg_wide.c" not in runtime
    assert all(text == (assets() / "firmware" / "runtime" / name).read_text() for name, text in runtime.items())


def test_resources_are_in_the_plan(general_kernels):
    tables = 18 + 2 * 2 + 24 + 3  # conv weights int8, thresholds int16, dense weights and biases int8
    assert (plan(tiny(), "tiny").flash_table_bytes, plan(tiny(), "tiny").output_len) == (tables, 3)
    assert plan(tiny(), "tiny").arena_bytes < 64


def test_a_buffer_may_lie_over_the_one_that_it_is_made_from():
    """At its start or apart from it, never in its middle."""
    big, small, other = (
        ArenaBuffer(name="big", size=64, align=1, first=0, last=1),
        ArenaBuffer(name="small", size=8, align=1, first=1, last=2, over="big"),
        ArenaBuffer(name="other", size=16, align=1, first=1, last=1),
    )
    assert place([big, small]) == ({"big": 0, "small": 0}, 64)
    assert place([big, small, other]) == ({"big": 0, "small": 0, "other": 64}, 80)
    assert place([big, replace(small, over="")]) == ({"big": 0, "small": 64}, 72)
    late = ArenaBuffer(name="late", size=32, align=1, first=2, last=2)
    assert place([late, small, big]) == ({"big": 0, "small": 0, "late": 8}, 64)
    # One in front pushes the big one away, and the small one goes along.
    before = ArenaBuffer(name="before", size=100, align=1, first=0, last=2)
    assert place([big, small, before]) == ({"before": 0, "big": 100, "small": 100}, 164)


def test_a_plan_is_frozen():
    with pytest.raises(FrozenInstanceError):
        plan(tiny(), "tiny").name = "other"


@pytest.mark.parametrize("level", ["-O1", "-O2"])
def test_every_kernel_compiles_without_a_warning(level, tmp_path):
    write(render(plan(tiny(), "tiny")), tmp_path)
    for file in (assets() / "firmware" / "runtime").iterdir():
        (tmp_path / "src" / file.name).write_text(file.read_text())
    compile_strictly(tmp_path, level)


def test_the_nodes_tests_cover_every_general_kernel(general_kernels):
    used = {file for graph in CASES.values() for file in plan(graph, "net").runtime_files if file.endswith(".c")}
    fast = (
        "wg_planes",
        "wg_lanes",
        "wg_finish",
        "wg_gather",
        "wg_event",
        "wg_bytes",
        "wg_pairs",
        "wg_popcount",
        "wg_window",
        "wg_binarise",
        "wg_quantise",
        "wg_staircase.",
        "wg_walk",
        "wg_widened",
    )
    others = {"wg_argmax.c", "wg_argmax_i32.c", "wg_crc32.c"}
    runtime = {file.name for file in (assets() / "firmware" / "runtime").glob("*.c")}
    assert {name for name in runtime - used if not name.startswith(fast)} == others


def test_the_documented_command_compiles(tmp_path):
    generated(tiny(), "tiny", tmp_path)
    (tmp_path / "src" / "main.c").write_text(
        '#include "tiny.h"\nint main(void) { uint8_t x[16] = {0}; return tiny_predict(x); }\n'
    )
    done = subprocess.run("cc -std=c99 -Iinclude src/*.c && ./a.out", shell=True, cwd=tmp_path, check=False)
    assert done.returncode == predict(tiny(), np.zeros((1, 4, 4, 1), dtype=np.int64))[0]


@pytest.mark.slow
@pytest.mark.parametrize("mcu", fact_files(CORES))
def test_the_command_in_the_header_compiles_for_the_microcontroller(mcu, tmp_path):
    write(render(plan(tiny(), "tiny", COptions(mcu=mcu))), tmp_path)
    told = re.search(
        r"^ \* Compile, for (.+):\n \*     (.+)$", (tmp_path / "include" / "tiny.h").read_text(), re.MULTILINE
    )
    subprocess.run(told[2], shell=True, cwd=tmp_path, check=True)
    sources, objects = ({path.stem for path in (tmp_path / "src").glob(f"*.{kind}")} for kind in "co")
    assert sources == objects and told[1] == find_mcu(mcu).board.title


@pytest.mark.slow
def test_on_an_avr_iso_c_is_refused_with_the_flag_to_use(tmp_path):
    write(render(plan(tiny(), "tiny", COptions(mcu="avr"))), tmp_path)
    command = ["avr-gcc", "-mmcu=atmega328p", "-std=c99", "-Iinclude", "-c", "src/tiny.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if "error" in line]
    assert done.returncode and "with -std=gnu99 or gnu11: tables need the address space __flash" in errors[0]


@pytest.mark.slow
def test_every_kernel_compiles_for_the_avr():
    runtime = assets() / "firmware" / "runtime"
    command = ["avr-gcc", "-mmcu=atmega328p", "-std=gnu99", "-fsyntax-only", f"-I{runtime}"]
    subprocess.run([*command, *sorted(runtime.glob("*.c"))], check=True)


def test_the_header_can_be_included_from_cpp(tmp_path):
    generated(tiny(), "tiny", tmp_path)
    (tmp_path / "use.cpp").write_text(
        '#include "tiny.h"\nint use() { tiny_input_t x[tiny_INPUT_LEN] = {}; return tiny_predict(x); }\n'
    )
    command = ["g++", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Iinclude", "-c", "use.cpp"]
    subprocess.run(command, cwd=tmp_path, check=True)


@pytest.mark.slow
def test_a_cortex_m0_compiler_takes_it(tmp_path):
    generated(tiny(), "tiny", tmp_path)
    sources = sorted(map(str, (tmp_path / "src").glob("*.c")))
    flags = ["-std=c99", "-mcpu=cortex-m0", "-mthumb", "-Os", "-ffreestanding", *c_runner.WARNINGS]
    subprocess.run(["arm-none-eabi-gcc", *flags, "-Iinclude", "-c", *sources], cwd=tmp_path, check=True)


def test_only_string_functions_are_needed_and_only_the_arena_is_writable(tmp_path):
    for k, graph in enumerate(CASES.values()):
        write(render(plan(graph, f"net{k}")), tmp_path)
    sources = sorted(map(str, (tmp_path / "src").glob("*.c")))
    command = [
        find_compiler(),
        "-std=c99",
        "-O2",
        "-fno-pic",
        "-fno-pie",
        "-fno-stack-protector",
        f"-I{tmp_path / 'include'}",
        "-c",
        *sources,
    ]
    subprocess.run(command, cwd=tmp_path, check=True)
    symbols = subprocess.run(
        ["nm", *sorted(p.name for p in tmp_path.glob("*.o"))],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    words = [line.split() for line in symbols.stdout.splitlines() if line.strip() and not line.endswith(":")]
    defined = {w[-1] for w in words if w[-2] != "U"}
    assert {w[-1] for w in words if w[-2] == "U"} - defined <= {"memset", "memcpy", "memmove", "_GLOBAL_OFFSET_TABLE_"}
    assert {w[-1].split(".")[0] for w in words if w[-2] in "bBdDC"} == {"static_arena"}


def test_another_runtime_format_stops_the_compiler(tmp_path):
    generated(tiny(), "tiny", tmp_path)
    header = tmp_path / "src" / "whetgen_runtime.h"
    header.write_text(header.read_text().replace("RUNTIME_FORMAT 5", "RUNTIME_FORMAT 6"))
    with pytest.raises(BadInput, match=r"tiny\.c needs runtime format 5: generate the folder again, and keep"):
        run_c(tmp_path, "tiny", tiny(), np.zeros((1, 4, 4, 1), dtype=np.int64))


@pytest.mark.parametrize("sanitize", [False, True])
@pytest.mark.parametrize(
    "case",
    [
        "pad of bits",
        "permute of 4-bit codes",
        "conv strided, dilated, uneven padding",
        "concat of different kinds along each axis",
    ],
)
def test_run_c_gives_the_outputs_of_the_reference(case, sanitize, tmp_path):
    codes = random_codes(CASES[case], Random(2), 7)
    found = run_c(generated(CASES[case], "net", tmp_path), "net", CASES[case], codes, sanitize).outputs
    assert found.tolist() == expected(CASES[case], codes).tolist()


def test_ties_between_classes_go_to_the_lowest_index(tmp_path):
    nodes = (
        Input("in", (2,), ELEMENT_TYPES["uint8"]),
        Dense("d", "in", np.array([[1, 2, 2], [0, 3, 3]]), np.zeros(3, dtype=np.int64)),
    )
    graph = validate(Graph(nodes, (Output("o", "d", "scores", classifier=True),)))
    generated(graph, "tie", tmp_path)
    (tmp_path / "src" / "main.c").write_text(
        '#include "tie.h"\nint main(void) { uint8_t x[2] = {5, 7}, y[2] = {0, 0}; return tie_predict(x) * 10 + tie_predict(y); }\n'
    )
    assert (
        subprocess.run("cc -std=c99 -Iinclude src/*.c && ./a.out", shell=True, cwd=tmp_path, check=False).returncode
        == 10
    )


def test_several_outputs_have_no_predict():
    graph = validate(Graph(tiny().nodes, (*tiny().outputs, Output("again", "register", "scores", classifier=True))))
    assert "_predict" not in render(plan(graph, "two"))["include/two.h"]
    assert "#define two_OUTPUT_again_OFFSET  3\n" in render(plan(graph, "two"))["include/two.h"]


def test_spike_outputs_are_bytes_of_0_and_1():
    graph = validate(Graph(tiny().nodes[:3], (Output("o", "conv1/fire", "spikes"),)))
    assert "typedef uint8_t net1_output_t;" in render(plan(graph, "net1"))["include/net1.h"]


@pytest.mark.parametrize(
    ("kind", "codes", "packed"),
    [
        ("bit", [[1, 0, 0, 0, 0, 0, 0, 1, 1]], [[0x81, 0x01]]),
        ("uint4", [[1, 2, 15]], [[0x21, 0x0F]]),
        ("int8", [[-1, 1]], [[0xFF, 0x01]]),
        ("uint8", [[255, 1]], [[255, 1]]),
    ],
)
def test_packing_of_input_codes(kind, codes, packed):
    assert pack_codes(np.array(codes), ELEMENT_TYPES[kind]).tolist() == packed


def test_a_missing_compiler_is_told(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BadInput) as error:
        find_compiler()
    assert str(error.value) == "cc is not installed; on Debian: apt-get install gcc"


def test_a_map_beyond_the_limits_is_refused():
    weights = np.ones((1, 1, 1, 1), dtype=np.int64)
    nodes = (
        Input("in", (1, 70000, 1), ELEMENT_TYPES["bit"]),
        Conv("long/one", "in", weights, np.zeros(1, dtype=np.int64)),
    )
    with pytest.raises(BadInput) as error:
        plan(validate(Graph(nodes, (Output("o", "long/one", "accumulators"),))), "net1")
    assert (
        str(error.value)
        == "layer 'long/one': the C target takes maps and windows below 65536 each way; make it smaller"
    )


def test_buffers_overlap_only_when_never_alive_together():
    buffers = [
        ArenaBuffer(name="a", size=100, align=8, first=0, last=1),
        ArenaBuffer(name="b", size=60, align=8, first=1, last=2),
        ArenaBuffer(name="c", size=100, align=8, first=2, last=3),
        ArenaBuffer(name="d", size=3, align=1, first=0, last=3),
    ]
    offsets, size = place(buffers)
    assert size == 104 + 60  # b after a, aligned; d in the gap between; c where a was
    for one in buffers:
        for other in buffers:
            if one is not other and one.meets(other):
                assert (
                    offsets[one.name] + one.size <= offsets[other.name]
                    or offsets[other.name] + other.size <= offsets[one.name]
                )


if __name__ == "__main__":
    for path in ("include/tiny.h", "src/tiny.c"):
        (GOLDEN / Path(path).name).write_text(render(plan(tiny(), "tiny"))[path])
