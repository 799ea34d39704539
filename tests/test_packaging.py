"""What the package says about itself, and what its extras bring."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import whetgen

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def test_the_version_is_that_of_the_package():
    assert whetgen.__version__ == PROJECT["version"]


def test_every_public_name_is_there():
    assert all(getattr(whetgen, name) is not None for name in whetgen.__all__)
    with pytest.raises(AttributeError, match=r"^module 'whetgen' has no attribute 'traced'$"):
        _ = whetgen.traced


@pytest.mark.parametrize("arguments", [["--version"], ["--show-completion", "bash"]])
def test_what_stands_in_front_of_commands_needs_none(arguments):
    program = Path(sys.executable).parent / "whetgen"
    named = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}  # else Typer asks the parent process
    done = subprocess.run([program, *arguments], capture_output=True, text=True, env=named)
    expected = f"whetgen {whetgen.__version__}\n" if arguments == ["--version"] else "_whetgen_completion() {"
    assert done.returncode == 0 and done.stdout.startswith(expected), done.stderr


def test_type_hints_are_for_others_too():
    assert (Path(whetgen.__file__).parent / "py.typed").is_file()


def test_extras_leave_versions_open_and_constraints_pin_them():
    asked = [requirement for extra in EXTRAS.values() for requirement in extra]
    assert not [requirement for requirement in asked if "==" in requirement.split(";")[0]]
    pinned = {line.split("==")[0].replace("_", "-") for line in (ROOT / "constraints.txt").read_text().splitlines()}
    names = {requirement.split(">")[0].split("[")[0] for requirement in asked}
    assert names - pinned - {"whetgen", "tensorflow"} == set()


def test_a_model_is_read_without_scikit_learn():
    assert not [requirement for requirement in EXTRAS["keras"] if "scikit" in requirement]
    code = "import sys; sys.modules['sklearn'] = None; import whetgen\nwhetgen.trace(whetgen.load_model(sys.argv[1]))"
    model = ROOT / "models" / "mnist-cnn-small.keras"
    done = subprocess.run([sys.executable, "-c", code, model], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
