"""HLS folders: what verify reports when they are right, changed, or cannot be built."""

import re

import numpy as np
import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.host import processes
from whetgen.reference import run
from whetgen.targets.output.folder import read_manifest
from whetgen.verification import hls_runner
from whetgen.verification.hls_runner import compile_testbench, run_hls


@pytest.fixture
def folder(tmp_path):
    whetgen.generate(tiny(), "hls", tmp_path / "hls", whetgen.Options(name="tiny"))
    return tmp_path / "hls"


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["vitis", "catapult"])
def test_a_folder_passes_and_its_malformed_frames_are_dropped(tool, tmp_path):
    whetgen.generate(tiny(), "hls", tmp_path / "hls", whetgen.Options(name="tiny", hls_tool=tool, bus_bits=8))
    result = whetgen.verify(tmp_path / "hls", count=20)
    assert result.passed and result.vectors == 20
    assert result.measured == {"malformed_frames_dropped": 20}


@pytest.mark.slow
@pytest.mark.parametrize("table", ["hidden_weights", "hidden_thresholds", "scores_weights"])
def test_a_changed_table_gives_mismatches(folder, table):
    layers = folder / "tiny_layers.h"
    layers.write_text(re.sub(rf"({table}\[.*\n(?:\s*//.*\n)?\s*)(-?\d+)", r"\g<1>3 - \2", layers.read_text()))
    result = whetgen.verify(folder, count=100)
    assert not result.passed and result.mismatches > 0
    assert "tiny_layers.h was changed since it was generated" in result.failures


@pytest.mark.slow
def test_the_testbench_itself_finds_a_wrong_expectation(folder):
    codes = np.array([[1, 2, 3], [0, 0, 15]])
    result = run_hls(folder, read_manifest(folder), tiny(), codes, -run(tiny(), codes))
    assert result.mismatches == 2


@pytest.mark.slow
def test_the_testbench_tells_files_that_it_cannot_read_or_write(folder, tmp_path):
    program, vectors = compile_testbench(folder, "tiny", tmp_path, "-O0"), folder / "tb" / "vectors.txt"
    for files, code in (([vectors], 0), ([vectors, "/dev/full"], 2), ([vectors, tmp_path], 2), (["none"], 2)):
        assert processes.run([program, *files]).code == code, files


def test_missing_headers_are_said_in_one_line(folder, monkeypatch):
    monkeypatch.setattr(hls_runner, "find_spec", lambda name: None)
    result = whetgen.verify(folder)
    assert result.outcome == "could not run"
    assert result.reason == (
        "the open ap_int and ac_int headers are missing; they come with hls4ml: pip install 'whetgen[hls]'"
    )


def test_code_that_does_not_compile_could_not_run(folder):
    (folder / "tiny.cpp").write_text("#error broken\n")
    result = whetgen.verify(folder)
    assert (result.outcome, result.vectors, result.mismatches) == ("could not run", 0, 0)
    assert result.reason == "make: tiny.cpp:1:2: error: #error broken"
