"""What is installed: versions, and tools that are there but of no use."""

import pytest

from whetgen.host.inventory import found
from whetgen.host.needs import NeededPackage, NeededProgram


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """Makes a program of a shell script, and the need for it."""

    def make(script, **more):
        file = tmp_path / "sometool"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        return NeededProgram(name="sometool", names=("sometool",), purpose="x", install="y", **more)

    return make


VERSIONS = {
    "in a sentence": ("echo 'gcc (Debian 12.2.0-14) 12.2.0'", "12.2.0"),
    "with a letter": ("echo 'This is tool, version 36 (v5.36.0)'", "5.36.0"),
    "on stderr, and it fails": ("echo 'tool 0.23' >&2; exit 1", "0.23"),
    "none": ("echo 'rev vUNKNOWN-built20260516'", ""),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_the_version_is_read_out_of_what_it_says(name, tool):
    script, version = VERSIONS[name]
    assert (found(tool(script)).version, found(tool(script)).fault) == (version, "")


def test_a_tool_that_is_too_old_is_not_found(tool):
    finding = found(tool("echo Verilator 5.006", least=(5, 36)))
    assert (finding.version, finding.fault) == (None, "5.006 is too old, 5.36 is needed")


def test_a_compiler_without_the_library_is_not_found(tool):
    finding = found(tool('[ "$1" = --version ] && exit; echo fatal error: avr/io.h; exit 1', header="avr/io.h"))
    assert (finding.version, finding.fault) == (None, "sometool: fatal error: avr/io.h")


def test_what_cannot_be_started_is_not_found(tool):
    need = tool("")
    finding = found(NeededProgram(name="no", names=("no-such-tool-of-anybody",), purpose="x", install="y"))
    assert (finding.version, finding.fault) == (None, "not installed")
    assert found(need).version == ""


def test_the_first_distribution_that_is_installed_counts():
    assert found(NeededPackage(name="a", distributions=("nobodys", "numpy"), purpose="x", install="y")).version
