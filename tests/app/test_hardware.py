"""What generate says of hardware: architecture, estimated LUTs, frames a second, and each layer's folding, in 80 columns."""

import pytest
from rich.console import Console
from tests.app.command import run
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen import Options
from whetgen.app.hardware import hardware_lines
from whetgen.app.tables import fitted

CASES = {
    "unrolled": ("verilog", {}, ["unrolled, about 157 LUTs by the estimate", "latency 8 cycles, a frame every cycle: 100,000,000 frames a second at 100 MHz"]),
    "folded": (
        "verilog",
        {"architecture": "folded", "target_fps": 1e6, "clock_mhz": 48.0},
        ["folded, about 283 LUTs by the estimate", "latency 41 cycles, a frame every 24 cycles: 2,000,000 frames a second at 48 MHz", "hidden 1 x 1 24"],
    ),
    "hls": ("hls", {}, ["dataflow; the tool tells LUTs and latency", "24 trips of the slowest loop a frame: 4,166,667 frames a second at 100 MHz",
                        "the build script asks for a clock of 5 ns; --clock-mhz sets that and the pace", "hidden 1 x 1 24"]),
    "c": ("c", {}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_architecture_luts_pace_and_folding_are_told(case, tmp_path):
    target, options, told = CASES[case]
    manifest = whetgen.generate(tiny(), target, tmp_path / "net", Options(name="net", **options)).manifest
    console = Console(width=80)
    with console.capture() as text:
        for line in hardware_lines(manifest):
            console.print(line if isinstance(line, str) else fitted(line, 80), highlight=False)
    lines = [" ".join(line.replace("│", " ").split()) for line in text.get().splitlines()]
    assert [line for line in told if line not in lines] == [] and bool(lines) == bool(told), lines


def test_generate_prints_it(model, tmp_path, capsys):
    code, out, _ = run(capsys, model, "--target", "verilog", "--architecture", "folded", "--out", tmp_path / "v")
    assert code == 0 and "folded, about " in out and "frames a second at 100 MHz" in out and "PE x SIMD" in out
