"""The changes that CONTRIBUTING.md shows, made to a copy of the tree: they apply, and do what it says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DIFFS = re.findall(r"```diff\n(.*?)```", TEXT, re.DOTALL)
FILES = dict(
    re.findall(r"^`((?:codegen|firmware|hdl|templates)/\S+)`\n\n```\w+\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
)
TARGET, OPTION, KERNEL, NODE = (
    dict(re.findall(r"^--- a/(\S+)\n(.*?)(?=^--- a/|\Z)", diff, re.DOTALL | re.MULTILINE)) for diff in DIFFS
)

CHECK = """
import sys
import numpy as np
import whetgen
from whetgen.fuzz.loops import naive_run
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Input, Slice, Threshold

weights = np.random.default_rng(0).integers(-3, 4, (2, 2, 2, 3))
nodes = (
    Input("x", (4, 5, 2), ELEMENT_TYPES["uint4"]),
    Slice("part", "x", 1, 1, 4),
    Conv("conv", "part", weights, np.zeros(3, dtype=int)),
    Threshold("fires", "conv", np.array([3, 5, 9])),
    Slice("chosen", "fires", 2, 1, 3),
)
graph = validate(Graph(nodes, (Output("out", "chosen", "spikes"),)))
frames = np.random.default_rng(1).integers(0, 16, (20, 4, 5, 2))
assert graph.run(frames).reshape(20, -1).tolist() == [naive_run(graph, frame)["out"] for frame in frames]
for target, architecture in (word.split("-") for word in sys.argv[2:]):
    folder = f"{sys.argv[1]}/{target}{architecture}"
    whetgen.generate(graph, target, folder, whetgen.Options(name="net", architecture=architecture or None))
    verified = whetgen.verify(folder, count=20)
    assert verified.vectors == 20 and not verified.mismatches, (target, architecture, verified)
print("same")
"""

NETWORK = """
import sys
import numpy as np
import whetgen
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input

folder, board = sys.argv[1:]
weights = np.random.default_rng(0).integers(-3, 4, (16, 4))
nodes = Input("x", (16,), ELEMENT_TYPES["uint8"]), Dense("scores", "x", weights, np.arange(4))
graph = validate(Graph(nodes, (Output("out", "scores", "scores", classifier=True),)))
"""

ON_BOARD = (
    NETWORK
    + """
whetgen.generate(graph, "c", folder, whetgen.Options(name="net", mcu=board))
verified = whetgen.verify(folder, on=board, count=3)
print(verified.measured["board"], verified.mismatches, "of", verified.vectors)
"""
)

ON_FPGA_BOARD = (
    NETWORK
    + """
whetgen.generate(graph, "verilog", folder, whetgen.Options(name="net", board=board))
"""
)

TO_PYTHON = """
import sys
import numpy as np
import whetgen
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, Threshold

rng = np.random.default_rng(0)
nodes = (
    Input("x", (9,), ELEMENT_TYPES["int8"]),
    Dense("sums", "x", rng.integers(-3, 4, (9, 5)), rng.integers(-3, 4, 5)),
    Threshold("fires", "sums", rng.integers(-9, 9, 5)),
    Dense("scores", "fires", rng.integers(-3, 4, (5, 3)), np.arange(3)),
)
graph = validate(Graph(nodes, (Output("out", "scores", "scores", classifier=True), Output("seen", "fires", "spikes"))))
whetgen.generate(graph, "python", sys.argv[1], whetgen.Options(name="net"))
convolution = Conv("conv", "x", np.ones((1, 1, 1, 1), dtype=int), np.zeros(1, dtype=int))
picture = Graph((Input("x", (2, 2, 1), ELEMENT_TYPES["bit"]), convolution), (Output("out", "conv", "accumulators"),))
try:
    whetgen.generate(validate(picture), "python", sys.argv[1] + "2", whetgen.Options(name="net"))
except whetgen.BadInput as error:
    print(error)
"""

COMPARED = """
import sys
import numpy as np
import whetgen
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold

nodes = (
    Input("x", (15,), ELEMENT_TYPES["uint8"]),
    Threshold("fires", "x", np.arange(15) * 17),
    Dense("sums", "fires", np.random.default_rng(0).integers(-3, 4, (15, 4)), np.arange(4)),
)
graph = validate(Graph(nodes, (Output("out", "sums", "accumulators"),)))
folder = whetgen.generate(graph, "c", sys.argv[1], whetgen.Options(name="net", mcu="cortex-m4")).folder
print(whetgen.verify(folder, count=300).mismatches, whetgen.verify(folder, on="mps2-an386", count=20).mismatches)
print((folder / "src" / "wg_compare_each.c").exists())
"""


def applied(text: str, hunks: str) -> str:
    """The text after the change; the old lines of every hunk stand in it once."""
    for hunk in filter(None, re.split(r"^@@\n", hunks, flags=re.MULTILINE)):
        lines = [line or " " for line in hunk.splitlines()]
        old, new = ("".join(f"\n{line[1:]}" for line in lines if line[0] in f" {sign}") + "\n" for sign in "-+")
        assert f"\n{text}".count(old) == 1, old
        text = f"\n{text}".replace(old, new)[1:]
    return text


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """A copy of the tree in which every change is made."""
    copy = tmp_path_factory.mktemp("changed")
    for folder in ("codegen", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "golden"))
    for folder in ("firmware", "hdl", "templates"):
        shutil.copytree(ROOT / folder, copy / folder)
    for name, text in FILES.items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8")
    for name, hunks in (*TARGET.items(), *OPTION.items(), *KERNEL.items(), *NODE.items()):
        file = copy / name
        file.write_text(applied(file.read_text(encoding="utf-8"), hunks), encoding="utf-8")
    return copy


def python(copy: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{copy / 'codegen'}{os.pathsep}{copy}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=copy, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_option_is_one_line_and_its_help_stands_at_the_command_line(changed):
    assert [len(re.findall(r"^\+", hunks, re.MULTILINE)) for hunks in OPTION.values()] == [1]
    shown = python(changed, "-m", "whetgen.app.cli", "generate", "--help")
    assert "--max-stack" in shown and "bytes of the deepest stack" in shown


@pytest.mark.slow
def test_the_target_of_the_example_generates_is_verified_and_can_fail(changed, tmp_path):
    assert len(FILES) == 4 + 2 + 1 and len(TARGET) == 1
    refused = python(changed, "-c", TO_PYTHON, str(tmp_path / "out"))
    assert refused == "layer 'conv' (Conv) has no line in Python; use another target\n"
    told = python(changed, "-m", "whetgen.app.cli", "verify", str(tmp_path / "out"), "--self-check", "--json")
    verified = json.loads(told)
    assert verified["passed"] and verified["vectors"] > 100 and not verified["mismatches"]
    assert len(verified["self_check"]) == 3 and all(flip["found"] for flip in verified["self_check"])


@pytest.mark.slow
def test_the_kernel_of_the_example_is_chosen_and_computes_the_same(changed, tmp_path):
    assert python(changed, "-c", COMPARED, str(tmp_path / "out")) == "0 0\nTrue\n"


def test_a_node_kind_touches_eight_files():
    assert len(NODE) == 8


def test_the_node_of_the_example_runs_in_c_and_onnx(changed, tmp_path):
    assert python(changed, "-c", CHECK, str(tmp_path), "c-", "onnx-").endswith("same\n")


@pytest.mark.long
def test_the_node_of_the_example_runs_in_hardware(changed, tmp_path):
    targets = ("hls-", "verilog-unrolled", "verilog-folded")
    assert python(changed, "-c", CHECK, str(tmp_path), *targets).endswith("same\n")


@pytest.mark.slow
def test_the_board_of_the_example_is_one_file_and_runs_in_its_emulator(changed, tmp_path):
    """The microcontroller of firmware/ports/README.md."""
    text = (ROOT / "firmware" / "ports" / "README.md").read_text(encoding="utf-8")
    (board,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (changed / "firmware" / "boards" / "stm32vldiscovery.toml").write_text(board, encoding="utf-8")
    assert python(changed, "-c", ON_BOARD, str(tmp_path / "out"), "stm32vldiscovery") == "stm32vldiscovery 0 of 3\n"


def test_the_fpga_board_of_the_example_is_one_file_and_makes_its_bitstreams(changed, tmp_path):
    python(changed, "-c", ON_FPGA_BOARD, str(tmp_path / "out"), "icebreaker")
    folder = tmp_path / "out" / "board"
    pins = dict(line.split()[1:] for line in (folder / "pins.pcf").read_text().splitlines() if "set_io" in line)
    assert (pins["clk"], pins["uart_rx"], pins["uart_tx"]) == ("35", "6", "9") and len(set(pins.values())) == 3 + 8
    dry = subprocess.run(["make", "-n", "program-self-test"], cwd=folder, capture_output=True, text=True, check=True)
    for command in (
        "synth_ice40 -top net_self_test",
        "--up5k --package sg48 --json net_self_test.json --pcf pins.pcf",
        "icepack net_self_test.asc net_self_test.bin",
        "\niceprog net_self_test.bin",
    ):
        assert command in dry.stdout


def test_files_that_the_page_names_exist():
    named = set(re.findall(r"`([\w.-]+/[\w/.-]*)`", TEXT))
    places = (ROOT, ROOT / "codegen" / "whetgen")
    missing = {
        name
        for name in named - set(FILES)
        if "targets/python" not in name and not any((place / name).exists() for place in places)
    }
    assert not missing
