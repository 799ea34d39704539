"""One batch of networks through all judges: the unit of work of a worker."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from whetgen.errors import CouldNotRun, ProgramFailed, ToolFailed
from whetgen.fuzz.judges import JUDGES, Judge, Told
from whetgen.fuzz.networks import ALL_KINDS, READING, Misread, RandomNetwork, RefusedModel, draw
from whetgen.host.scratch import scratch_folder


@dataclass(frozen=True)
class FuzzTask:
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

    kinds: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    judged: dict[str, int] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    def add(self, other: Found) -> None:
        for name in ("kinds", "refused", "judged", "cpu_seconds"):
            for key, number in getattr(other, name).items():
                count_up(getattr(self, name), key, number)
        self.missing |= other.missing
        self.problems += other.problems

    @property
    def networks(self) -> int:
        return sum(self.kinds.values())


def count_up(counts: dict[str, Any], key: str, number: float = 1) -> None:
    counts[key] = counts.get(key, 0) + number


def run_batch(task: FuzzTask, numbers: Sequence[int]) -> Found:
    """These networks of a task through its judges."""
    found, networks = Found(), []
    with _timed(found, "drawing and reading"):
        for number in numbers:
            try:
                drawn = draw(task.seed, number, task.kinds)
            except ImportError as error:
                found.missing["files of others"] = str(error)
                continue
            count_up(found.kinds, drawn.kind)
            if isinstance(drawn, RandomNetwork):
                networks.append(drawn)
            elif isinstance(drawn, RefusedModel):
                count_up(found.refused, drawn.kind)
            elif isinstance(drawn, Misread):
                found.problems.append(Problem(number, drawn.kind, READING, drawn.text))
    for name in task.judges:
        seen = [network for network in networks if JUDGES[name].sees(network.number)]
        with _timed(found, name):
            _judge(found, name, seen)
    return found


def _judge(found: Found, name: str, networks: Sequence[RandomNetwork]) -> None:
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
        if each is not None:
            count_up(found.judged, name)


def judged(judge: Judge, networks: Sequence[RandomNetwork]) -> list[str | bool | None]:
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


def _compared(network: RandomNetwork, told: Told) -> str | bool | None:
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
