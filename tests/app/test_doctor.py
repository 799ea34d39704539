"""``whetgen doctor``: what is found, what is not, and what to type then."""

import json
import tomllib
from pathlib import Path

import pytest
from tests.app.command import run

from whetgen.host import needs
from whetgen.host.needs import PACKAGES, PROGRAMS, NeededPackage, NeededProgram

ROOT = Path(__file__).parents[2]


@pytest.fixture
def two_needs(monkeypatch, tmp_path):
    """A program that tells its version, and a package that nobody has."""
    tool = tmp_path / "sometool"
    tool.write_text("#!/bin/sh\necho sometool 1.2.3 of today\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    there = NeededProgram(
        name="sometool", names=("other", "sometool"), purpose="verify", install="apt-get install sometool"
    )
    absent = NeededPackage(name="nobodys", distributions=("nobodys",), purpose="dreams", install="pip install nobodys")
    monkeypatch.setattr(needs, "PROGRAMS", (there,))
    monkeypatch.setattr(needs, "PACKAGES", (absent,))


def test_versions_of_what_is_there_and_commands_for_what_is_not(two_needs, capsys):
    code, out, err = run(capsys, "doctor")
    assert (code, err) == (0, "") and "│ sometool │ 1.2.3   │" in out
    assert out.splitlines()[-4:] == [
        "nobodys: not installed",
        "  needed for dreams",
        "  pip install nobodys",
        "1 tool found, 1 missing",
    ]


def test_as_json(two_needs, capsys):
    _, out, _ = run(capsys, "doctor", "--json")
    assert json.loads(out)["tools"] == [
        {"name": "sometool", "purpose": "verify", "install": "apt-get install sometool", "version": "1.2.3", "fault": ""},
        {"name": "nobodys", "purpose": "dreams", "install": "pip install nobodys", "version": None, "fault": "not installed"},
    ]  # fmt: skip


def test_every_extra_is_asked_for_and_exists():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    told = {
        need.install.split("[")[1].split("]")[0] for need in (*PROGRAMS, *PACKAGES) if "pip install" in need.install
    }
    assert told == set(extras) - {"demo", "dev"}  # whose packages are of others, too


def test_every_package_is_one_of_its_extra():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for need in PACKAGES:
        extra = need.install.split("[")[1].split("]")[0]
        assert any(requirement.startswith(need.name) for requirement in extras[extra]), need.name


def test_every_program_that_the_tests_install_is_asked_for():
    """Those of .ci/system-packages, but for tools of tests alone."""
    text = (ROOT / ".ci" / "system-packages").read_text()
    groups = [line.split('"')[1].split() for line in text.splitlines() if line.strip().startswith("[") and '="' in line]
    commands = {word for words in groups[:3] for word in words}
    of_tests = {"cmake", "cppcheck", "clang-tidy", "chromium", "ghdl"}
    assert commands - {name for need in PROGRAMS for name in need.names} == of_tests
