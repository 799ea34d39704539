"""Runs the trials in processes of their own, which may end by a crash or never."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.broken.trials import Mutants


@dataclass(frozen=True)
class Result:
    """``code``: of the command, or in words how else it ended. ``wrong``: a line for each fault."""

    trial: str
    command: str
    code: int | str
    said: str
    wrong: tuple[str, ...]


def mutants(groups: Sequence[Mutants], heard: Callable[[Result], object] = lambda _: None) -> list[Result]:
    """The results of all these, one after the other; a process that ends early is followed by another."""
    results: list[Result] = []
    while groups:
        found = _child([*map(str, groups)], heard)
        results += found
        groups = _rest(groups, len(found))
    return results


def hostile() -> dict[str, Result]:
    """The results of the hostile files by name."""
    return {result.trial: result for result in _child(["hostile"])}


def _rest(groups: Sequence[Mutants], done: int) -> list[Mutants]:
    """What is left after ``done`` trials."""
    left = []
    for group in groups:
        taken = min(done, group.count)
        done -= taken
        left.append(replace(group, first=group.first + taken, count=group.count - taken))
    return [group for group in left if group.count]


def _child(arguments: Sequence[str], heard: Callable[[Result], object] = lambda _: None) -> list[Result]:
    """What a process tells; where it ends early, the last result is that of the trial which ended it.

    Raises:
        RuntimeError: it fails between two trials.
    """
    results: list[Result] = []
    begun: dict[str, str] | None = None
    command = [sys.executable, "-m", "tests.broken.child", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            told = json.loads(line)
            if "code" not in told:
                begun = told
                continue
            begun = None
            results.append(Result(**{**told, "wrong": tuple(told["wrong"])}))
            heard(results[-1])
    if begun:
        results.append(_ended(begun, process.returncode))
        heard(results[-1])
    elif process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return results


def _ended(begun: dict[str, str], code: int) -> Result:
    how = signal.Signals(-code).name if code < 0 else "no end"
    return Result(**begun, code=how, said="", wrong=(f"ended the process: {how}",))
