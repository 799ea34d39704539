"""Files that people and machines around the repository read: they parse, and what they run is run here."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def parsed(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_every_yaml_file_parses():
    found = [*ROOT.glob(".github/**/*.yml"), *ROOT.glob(".gitlab/*.yml"), ROOT / ".pre-commit-config.yaml"]
    assert len(found) >= 7 and all(isinstance(yaml.safe_load(path.read_text()), dict) for path in found)


def test_the_citation_names_the_version():
    cited = parsed("CITATION.cff")
    assert (cited["title"], cited["version"], cited["license"]) == ("whetgen", VERSION, "Apache-2.0")


def test_before_a_commit_runs_what_lint_runs():
    hooks = {hook["entry"] for repo in parsed(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]}
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert hooks == {line.strip().replace("$(BIN)", ".venv/bin") for line in lint.splitlines()}


def test_the_release_checks_that_the_changelog_tells_of_the_version():
    (check,) = (s["run"] for s in parsed(".github/workflows/release.yml")["jobs"]["check"]["steps"] if "name" in s)
    assert subprocess.run(["bash", "-ec", check], cwd=ROOT).returncode == 0


def test_the_release_fails_where_the_changelog_does_not_tell(tmp_path):
    (check,) = (s["run"] for s in parsed(".github/workflows/release.yml")["jobs"]["check"]["steps"] if "name" in s)
    for name in ("pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 0.0.1\n")
    assert subprocess.run(["bash", "-ec", check], cwd=tmp_path).returncode == 1


def test_github_and_gitlab_run_the_same():
    install, *steps = (step["run"] for step in parsed(".github/actions/simulate-rtl/action.yml")["runs"]["steps"])
    job = parsed(".gitlab/simulate-rtl.yml")["simulate-rtl"]
    assert job["script"] == steps
    assert job["before_script"] == [install.replace("$GITHUB_ACTION_PATH/../../..", "$WHETGEN")]


@pytest.fixture
def path(tmp_path):
    """PATH with this Python's whetgen in front."""
    command = tmp_path / "bin" / "whetgen"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m whetgen.app.cli "$@"\n')
    command.chmod(0o755)
    return f"{command.parent}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.long
def test_the_action_simulates_a_network(path, tmp_path):
    inputs = {"MODEL": str(ROOT / "models" / "digits-mlp.keras"), "OPTIONS": "--input-scale 16 --architecture folded"}
    environment = {**os.environ, "PATH": path, "OUT": str(tmp_path / "rtl"), "DATA": "", **inputs}
    for step in parsed(".gitlab/simulate-rtl.yml")["simulate-rtl"]["script"]:
        done = subprocess.run(["bash", "-ec", step], env=environment, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "0 mismatches" in done.stdout
