"""``--control axi-lite``: registers by a bus master of cocotbext-axi, lint, and what is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.targets.verilog.networks import dense

import whetgen
from whetgen.errors import BadInput
from whetgen.targets.verilog import extras
from whetgen.targets.verilog.control import version_number
from whetgen.verification.simulators import tool_environment

ROOT = Path(__file__).parents[3]
RUN = """
import os, sys
from pathlib import Path
from cocotb_tools.runner import get_results, get_runner
os.environ.update({"CFG_CXXFLAGS_PCH_I": "-include", "PYTHON3": sys.executable, "MAKEFLAGS": "-e", "OPT_FAST": "-O0"})
folder, build, top = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
runner = get_runner("verilator")
sources = sorted([*(folder / "rtl").glob("*.v"), *(folder / "control" / "rtl").glob("*.v")])
runner.build(sources=sources, hdl_toplevel=top, build_dir=build, always=True)
print("RESULT", *get_results(runner.test(
    hdl_toplevel=top, test_module="tests.targets.verilog.control_bench", build_dir=build, test_dir=build,
    extra_env={"WHETGEN_FOLDER": str(folder)})))
"""


def test_another_control_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"^--control apb: choose one of axi-lite$"):
        whetgen.generate(dense(), "verilog", tmp_path / "v", whetgen.Options(name="net", control="apb"))
    with pytest.raises(BadInput, match=r"^--control: --target c has no such option; leave it out$"):
        whetgen.generate(dense(), "c", tmp_path / "v", whetgen.Options(name="net", control="axi-lite"))


@pytest.mark.parametrize(
    ("version", "number"),
    [
        ("0.1.0", "00000100"),
        ("1.0", "00010000"),
        ("7", "00070000"),
        ("0.2.0rc1", "00000200"),
        ("1.2.3.4", "00010203"),
        ("0.3.dev4+g12ab", "00000300"),
        ("1!2.10.255", "00020aff"),
        ("2026.11.29", "07ea0b1d"),
        ("1.300.2", "0001ff02"),
        ("70000.0", "ffff0000"),
    ],
)
def test_every_version_of_a_package_is_a_register(version, number):
    assert version_number(version) == number


def test_a_package_whose_version_has_no_three_numbers_generates_registers(tmp_path, monkeypatch):
    monkeypatch.setattr(extras, "version", lambda package: "1.0rc2")
    whetgen.generate(dense(), "verilog", tmp_path / "v", whetgen.Options(name="net", control="axi-lite"))
    assert "32'h00010000" in (tmp_path / "v" / "control" / "rtl" / "net_axil.v").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["unrolled", "folded"])
def test_registers_and_streams_work_together(architecture, tmp_path):
    folder = tmp_path / "v"
    options = whetgen.Options(name="net", control="axi-lite", bus_bits=8, architecture=architecture)
    whetgen.generate(dense(), "verilog", folder, options)
    sources = [str(p) for part in ("rtl", "control/rtl") for p in sorted((folder / part).glob("*.v"))]
    lint = ["verilator", "--lint-only", "-Wall", "--top-module", "net_axil", *sources]
    done = subprocess.run(lint, capture_output=True, text=True, env=tool_environment())
    assert done.returncode == 0 and "%Warning" not in done.stderr, done.stderr
    icarus = ["iverilog", "-g2005", "-Wall", "-s", "net_axil", "-o", os.devnull, *sources]
    done = subprocess.run(icarus, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (tmp_path / "build").mkdir()
    command = [sys.executable, "-c", RUN, str(folder), str(tmp_path / "build"), "net_axil"]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(command, capture_output=True, text=True, env={**tool_environment(), "PYTHONPATH": path})
    assert "RESULT 4 0" in done.stdout, (done.stdout + done.stderr)[-5000:]


def test_the_register_map_is_written_down(tmp_path):
    whetgen.generate(dense(), "verilog", tmp_path / "v", whetgen.Options(name="net", control="axi-lite"))
    text = (tmp_path / "v" / "control" / "README.md").read_text()
    digest = json.loads((tmp_path / "v" / "whetgen.json").read_text())["graph_sha256"]
    assert all(f"0x{digest[i : i + 8]}" in text for i in range(0, 32, 8))
    # The library's own comment gives the same offsets.
    comment = (ROOT / "hdl" / "rtl" / "wg_control.v").read_text()
    for offset, name in (
        ("0x00", "VERSION"),
        ("0x04", "CONTROL"),
        ("0x08", "STATUS"),
        ("0x0C", "FRAMES"),
        ("0x10", "ERRORS"),
    ):
        assert f"| {offset} | {name} |" in text and f"{offset} {name}" in comment
