"""What the README shows runs as it stands there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SHELL = [
    line
    for block in re.findall(r"```\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("whetgen ")
]


@pytest.mark.slow
def test_the_first_model_and_its_commands_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(PYTHON[0], names)
    test = names["data"].x_test.reshape(-1, 64)
    _, accuracy = names["model"].evaluate(test / 16, names["data"].y_test, verbose=0)
    assert accuracy > 0.93
    for line in SHELL:
        command = [str(Path(sys.executable).parent / "whetgen"), *shlex.split(line)[1:]]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    exec(PYTHON[1].replace('"build/c"', '"build/python"'), {"codes": test})


def test_files_that_the_readme_names_exist():
    for name in re.findall(r"`((?:codegen|templates|hdl|firmware|models)/[\w/.-]*)`", TEXT):
        assert (ROOT / name).exists(), name
