"""One batch of networks through all judges: the unit of work of a worker."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from whetgen.errors import CouldNotRun, ProgramFailed, ToolFailed
from whetgen.fuzz.judges import JUDGES, Judge, Told
from whetgen.fuzz.networks import ALL_KINDS, READING, Misread, Network, Refused, draw
from whetgen.host.scratch import scratch_folder


@dataclass(frozen=True)
class Task:
    """What to do with the networks of a seed: ``judges`` and ``kinds`` are names."""

    seed: int
    judges: tuple[str, ...] = tuple(JUDGES)
    kinds: tuple[str, ...] = ALL_KINDS


@dataclass(frozen=True)
class Problem:
    """Network ``number`` fails: by which judge, or ``READING``, and how."""

    number: int
    kind: str
    judge: str
    text: str


@dataclass
class Found:
    """Of some networks. ``kinds``, ``refused``: how many of each kind; ``judged``: networks that each judge saw and took;
    ``missing``: why a judge could not run; ``problems``: what differs."""

    kinds: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    missing: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    def add(self, other: Found) -> None:
        for name in ("kinds", "refused", "judged"):
            getattr(self, name).update(getattr(other, name))
        for name, seconds in other.cpu_seconds.items():
            self.cpu_seconds[name] = self.cpu_seconds.get(name, 0) + seconds
        self.missing |= other.missing
        self.problems += other.problems

    @property
    def networks(self) -> int:
        return sum(self.kinds.values())


def run_batch(task: Task, numbers: Sequence[int]) -> Found:
    """These networks of a task through its judges."""
    found, networks = Found(), []
    with _timed(found, "drawing and reading"):
        for number in numbers:
            try:
                drawn = draw(task.seed, number, task.kinds)
            except ImportError as error:
                found.missing["files of others"] = str(error)
                continue
            found.kinds[drawn.kind] += 1
            if isinstance(drawn, Network):
                networks.append(drawn)
            elif isinstance(drawn, Refused):
                found.refused[drawn.kind] += 1
            elif isinstance(drawn, Misread):
                found.problems.append(Problem(number, drawn.kind, READING, drawn.text))
    for name in task.judges:
        seen = [network for network in networks if JUDGES[name].sees(network.number)]
        with _timed(found, name):
            _judge(found, name, seen)
    return found


def _judge(found: Found, name: str, networks: Sequence[Network]) -> None:
    if not networks:
        return
    try:
        told = judged(JUDGES[name], networks)
    except CouldNotRun as error:
        found.missing[name] = str(error)
        return
    for network, each in zip(networks, told, strict=True):
        if isinstance(each, str):
            found.problems.append(Problem(network.number, network.kind, name, each))
        found.judged[name] += each is not None


def judged(judge: Judge, networks: Sequence[Network]) -> list[str | bool | None]:
    """For each network what is wrong with it, True where nothing is, None where the target does not take it.

    Where a batch does not build or run, its halves are tried.

    Raises:
        CouldNotRun: a tool is missing.
    """
    try:
        with scratch_folder() as folder:
            told = judge.run(networks, folder)
    except (ToolFailed, ProgramFailed) as error:
        failure = " ".join([str(error), *getattr(error, "log", ())])
    except CouldNotRun:
        raise
    except Exception as error:  # whatever a generator raises
        failure = f"{type(error).__name__}: {error}"
    else:
        return [_compared(network, each) for network, each in zip(networks, told, strict=True)]
    if len(networks) == 1:
        return [failure]
    half = len(networks) // 2
    return judged(judge, networks[:half]) + judged(judge, networks[half:])


def _compared(network: Network, told: Told) -> str | bool | None:
    if told.outputs is None:
        return None
    wanted = network.wanted
    if told.outputs.shape != wanted.shape:
        return f"results of shape {told.outputs.shape}, not {wanted.shape}"
    wrong = int(np.any(told.outputs != wanted, axis=1).sum())
    parts = [f"{wrong} of {len(wanted)} frames differ"] if wrong else []
    return "; ".join([*parts, *told.failures]) or True


@contextmanager
def _timed(found: Found, name: str) -> Iterator[None]:
    """Adds the CPU seconds of the block, those of programs that ended in it included."""
    before = os.times()[:4]
    try:
        yield
    finally:
        found.cpu_seconds[name] = sum(os.times()[:4]) - sum(before)
