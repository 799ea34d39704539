"""README.md of a generated folder: every file has a row, and the figures are those of whetgen.json."""

import re
from fnmatch import fnmatchcase

import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen import Options
from whetgen.targets.output.readme import file_rows

FOLDERS = {
    "unrolled": ("verilog", {"control": "axi-lite"}),
    "folded": ("verilog", {"architecture": "folded", "harden": "parity", "board": "ulx3s-25f"}),
    "vitis": ("hls", {}),
    "catapult": ("hls", {"hls_tool": "catapult"}),
    "c": ("c", {"single_header": True, "harden": "crc", "mcu": "cortex-m4"}),
}
COMMANDS = {
    "verilog": ("python sim/run.py", "yosys yosys.ys", "vivado -mode batch", "quartus_sh -t", "iverilog", "verilator --lint-only"),
    "hls": ("`make`", "build_"),
    "c": ("cc -std=c99 -Iinclude", "arm-none-eabi-gcc", "add_subdirectory", "Arduino", "PlatformIO", "Zephyr"),
}  # fmt: skip


@pytest.mark.parametrize("case", FOLDERS)
def test_the_readme_says_what_each_file_is_and_how_to_run_it(case, tmp_path):
    target, options = FOLDERS[case]
    made = whetgen.generate(tiny(), target, tmp_path / "net", Options(name="net", **options)).manifest
    text = (tmp_path / "net" / "README.md").read_text()
    patterns = re.findall(r"^\| `([^`]+)` \| [^|]+ \|$", text.partition("## Files")[2], re.MULTILINE)
    others = made["files"].keys() - {"README.md"}
    assert [path for path in others if not any(fnmatchcase(path, pattern) for pattern in patterns)] == []
    assert [p for p in patterns if p != "whetgen.json" and not any(fnmatchcase(path, p) for path in others)] == []
    assert [command for command in COMMANDS[target] if command not in text] == []
    if target == "hls":
        assert "- Clock: the build script asks for 5 ns; " in text
    if target == "verilog":
        assert f"Latency: {made['latency_cycles']} cycles" in text
        assert f"Interval: {made['initiation_interval_cycles']} cycle" in text
        assert ("err_fault" in text) == (case == "folded") and ("cd board && make" in text) == (case == "folded")


def test_a_file_that_nothing_is_said_about_is_an_error():
    with pytest.raises(ValueError, match=r"^README\.md does not say what rtl/new\.v is$"):
        file_rows(["rtl/new.v"], {"rtl/old.v": "old"})


def test_the_first_pattern_has_the_file_and_patterns_of_no_file_are_left_out():
    rows = file_rows(["a/x", "a/y", "a/z"], {"a/x": "one", "a/*": "more", "b": "none"})
    assert rows[:2] == (("a/x", "one"), ("a/*", "more")) and len(rows) == 5
