"""``whetgen init``: a project that passes as it is."""

import json
import shlex
import subprocess
import sys

import pytest
import yaml
from tests.app.command import run

FILES = [".github/workflows/simulate.yml", ".gitignore", "Makefile", "README.md", "data.py", "requirements.txt", "train.py"]  # fmt: skip


@pytest.fixture
def project(tmp_path, capsys):
    code, out, err = run(capsys, "init", tmp_path / "blinker", "--json")
    assert (code, json.loads(out), err) == (0, {"out": str(tmp_path / "blinker"), "files": FILES}, "")
    return tmp_path / "blinker"


def test_a_folder_that_exists_is_left_alone(project, capsys):
    assert run(capsys, "init", project) == (2, "", f"whetgen: {project}: exists; give a new folder\n")


def test_a_name_that_no_module_can_have_is_refused(tmp_path, capsys):
    code, out, err = run(capsys, "init", tmp_path / "my-net")
    assert (code, out) == (2, "") and err.startswith("whetgen: NAME 'my-net' ") and err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_its_files_carry_the_name_and_no_trace_of_templates(project):
    text = "".join((project / file).read_text() for file in FILES)
    assert "blinker" in text and "{{" not in text and "{%" not in text


def test_its_workflow_installs_and_runs_what_the_makefile_makes(project):
    workflow = yaml.safe_load((project / FILES[0]).read_text())
    steps = [step["run"] for step in workflow["jobs"]["simulate"]["steps"] if "run" in step]
    assert steps == ["pip install --requirement requirements.txt", "make"]


@pytest.mark.long
def test_it_trains_generates_and_simulates_as_it_is(project):
    variables = {
        "PYTHON": sys.executable,
        "WHETGEN": f"{shlex.quote(sys.executable)} -m whetgen.app.cli",
        "EPOCHS": "8",
    }
    command = ["make", *(f"{name}={value}" for name, value in variables.items())]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "verilog blinker: 450 frames, 0 mismatches" in done.stdout
    assert "c blinker: 450 frames, 0 mismatches" in done.stdout
