"""A compiler for networks that compute less than compiling them takes."""

import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def compilers(tmp_path_factory) -> Path:
    """A folder with a g++ that optimises nothing, whatever it is asked: hls4ml's script asks for -O3.

    It calls the system's own, as ccache would find this one again.
    """
    folder = tmp_path_factory.mktemp("compilers")
    own = shutil.which("g++", path=os.defpath)
    (folder / "g++").write_text(f'#!/bin/sh\nexec {own} "$@" -O0\n', encoding="utf-8")
    (folder / "g++").chmod(0o755)
    return folder


@pytest.fixture
def unoptimised(compilers, monkeypatch):
    monkeypatch.setenv("PATH", f"{compilers}{os.pathsep}{os.environ['PATH']}")
