"""Finds Yosys and nextpnr: the system's, else the ones from PyPI."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from whetgen.host.processes import find_program


def find_tool(name: str) -> str:
    """Path of ``name``, or of its WebAssembly build ``yowasp-name`` beside this Python.

    Raises:
        CouldNotRun: neither is installed.
    """
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    hint = "install it, or its build on PyPI: pip install 'whetgen[synth]'"
    return find_program(name, f"yowasp-{name}", hint=hint, path=places)
