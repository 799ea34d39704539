"""Finds and runs Yosys and nextpnr: the system's, else the ones from PyPI."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from whetgen.errors import BadInput


class ToolFailed(RuntimeError):
    """A tool stopped; the message is its telling line."""


def find_tool(name: str) -> str:
    """Path of ``name``, or of its WebAssembly build ``yowasp-name`` beside this Python.

    Raises:
        BadInput: neither is installed.
    """
    beside = str(Path(sys.executable).parent)
    found = shutil.which(name) or shutil.which(f"yowasp-{name}") or shutil.which(f"yowasp-{name}", path=beside)
    if found is None:
        raise BadInput(f"{name} is not installed; install it, or its build on PyPI: pip install 'whetgen[synth]'")
    return found


def call(command: list[str], folder: Path) -> str:
    """Run in ``folder``; returns what it wrote.

    Raises:
        ToolFailed: it stopped with an error.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    log = done.stdout + done.stderr
    if done.returncode:
        lines = [line.strip() for line in log.splitlines() if line.strip()]
        told = [line for line in lines if line.upper().startswith("ERROR")] or lines[-1:] or ["no message"]
        raise ToolFailed(f"{Path(command[0]).name}: {told[0]}")
    return log
