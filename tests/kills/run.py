"""One kill: a run that is ended or gets no room, what it leaves, and the next run."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.kills import disks
from tests.kills.jobs import JOBS, PROGRESS, Job, State
from tests.kills.processes import WORD, left_after

from whetgen.errors import BadInput

ORPHAN_SECONDS = 60
SIGNALS = ("SIGKILL", "SIGTERM")
DISKS = ("full disk", "full tmp", "read-only")
CODES = {"SIGKILL": (-9, 0), "SIGTERM": (143, -15, 0), **dict.fromkeys(DISKS, (2, 0))}
"""Exit codes that a run may have, by the way it is disturbed. 0: it was done before, or does without; -15: not yet begun."""
TMP_BYTES = 1 << 20


@dataclass(frozen=True)
class Reference:
    """A run that nobody disturbed: its state, its ``seconds``, and the bytes that it wrote into ``out``."""

    state: State
    seconds: float
    size: int


@dataclass(frozen=True)
class Kill:
    """``moment``: when, as a share of an undisturbed run; of a full disk how much room there is, as a share of what is needed."""

    job: str
    way: str
    moment: float


def plan(count: int, seed: int, jobs: Sequence[str], ways: Sequence[str]) -> list[Kill]:
    rng = random.Random(seed)
    names = rng.choices(jobs, [JOBS[name].share for name in jobs], k=count)
    return [Kill(name, rng.choice(ways), rng.random()) for name in names]


def needed(kills: Sequence[Kill]) -> tuple[list[str], list[str]]:
    """The jobs that have to run undisturbed first: those that need none, and then the others."""
    asked = {kill.job for kill in kills}
    names = asked | {JOBS[name].needs for name in asked if JOBS[name].needs}
    return [n for n in names if not JOBS[n].needs], [n for n in names if JOBS[n].needs]


def refer(name: str, done: Path) -> Reference:
    """Runs a job in ``done/NAME``, undisturbed."""
    place = _laid(_done(name, done), JOBS[name], done)
    held = disks.taken(place / "out")
    began = time.monotonic()
    process = _start(place, JOBS[name].command, place.name, done)
    if name == "train":
        _keep_first_checkpoint(process, place)
    code = process.wait()
    assert code == 0, (name, code, _said(place))
    return Reference(JOBS[name].state(place), time.monotonic() - began, disks.taken(place / "out") - held)


def _keep_first_checkpoint(process: subprocess.Popen[bytes], place: Path) -> None:
    while process.poll() is None and not (place / "first.npz").exists():
        if (place / "out" / "net.checkpoint.npz").exists():
            for file in ("net.csv", "net.checkpoint.npz"):
                shutil.copy(place / "out" / file, place / f"first{Path(file).suffix}")
        time.sleep(0.01)


def faults(kill: Kill, reference: Reference, done: Path, place: Path) -> list[str]:
    """All that is wrong after a kill and after the next run in ``place``, a new folder."""
    job = JOBS[kill.job]
    _laid(place, job, done)
    before = job.state(place)
    disk = _disturbed(kill, reference, place)
    try:
        process = _start(place, job.command, place.name, done)
        if kill.way in SIGNALS:
            time.sleep(kill.moment * reference.seconds)
            process.send_signal(getattr(signal, kill.way))
        wrong = _judged(kill.way, process.wait(), _said(place))
        wrong += [f"still runs: {line}" for line in left_after(place.name, ORPHAN_SECONDS)]
        wrong += _torn(job, place, before, reference.state)
        wrong += [f"left {path}" for path in _scratch(place) if kill.way != "SIGKILL"]
        if disk and kill.way != "read-only":
            disks.large(disk)
        elif disk:
            disks.release(disk)
        return wrong + _next(job, place, reference, done)
    finally:
        if disk and kill.way != "read-only":
            disks.release(disk)


def _laid(place: Path, job: Job, done: Path) -> Path:
    for name in ("out", "tmp"):
        (place / name).mkdir(parents=True)
    (place / "in").symlink_to(done / "in")
    if job.needs:
        job.prepare(place, _done(job.needs, done))
    return place


def _done(name: str, done: Path) -> Path:
    return done / name.replace(" ", "-")


def _disturbed(kill: Kill, reference: Reference, place: Path) -> Path | None:
    """The folder whose disk is not as it should be."""
    if kill.way == "read-only":
        disks.read_only(place / "out")
    elif kill.way == "full disk":
        disks.small(place / "out", int(kill.moment * reference.size))
    elif kill.way == "full tmp":
        disks.small(place / "tmp", int(kill.moment * TMP_BYTES))
    return None if kill.way in SIGNALS else place / ("tmp" if kill.way == "full tmp" else "out")


def _start(place: Path, command: str, token: str, done: Path) -> subprocess.Popen[bytes]:
    own = {
        "TMPDIR": str(place / "tmp"),
        "WHETGEN_CACHE": str(place / "cache"),
        WORD: token,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    shared = {"HOME": str(done), "CCACHE_DIR": str(done / "ccache"), "MPLCONFIGDIR": str(done / "matplotlib")}
    words = [sys.executable, "-m", "whetgen.app.cli", *command.split(), "--quiet"]
    with (place / "said").open("wb") as said:
        return subprocess.Popen(words, cwd=place, env={**os.environ, **own, **shared}, stdout=said, stderr=said)


def _said(place: Path) -> str:
    return (place / "said").read_text(errors="replace")


def _judged(way: str, code: int, said: str) -> list[str]:
    wrong = [] if code in CODES[way] else [f"ends with {code}: {said[-500:]}"]
    if "Traceback" in said or not all(line.startswith("whetgen: ") for line in said.splitlines()):
        wrong.append(f"says {said[-500:]}")
    return wrong


def _torn(job: Job, place: Path, before: State, after: State) -> list[str]:
    """What is neither as before nor as after a whole run."""
    try:
        now = job.state(place)
    except (BadInput, ValueError, OSError, KeyError) as error:
        return [f"torn: {error}"]
    wrong = [f"lost {name}" for name in before if name not in now]
    for name, value in now.items():
        between = name == PROGRESS and before.get(name, "") <= value <= after[name]
        if not between and value not in (before.get(name), after.get(name)):
            wrong.append(f"torn: {name}")
    return wrong


def _scratch(place: Path) -> list[str]:
    """Temporary folders and files."""
    hidden = [*(place / "tmp").iterdir(), *(place / "out").glob(".*"), *(place / "cache").glob(".*")]
    return [str(path.relative_to(place)) for path in hidden]


def _next(job: Job, place: Path, reference: Reference, done: Path) -> list[str]:
    command = job.again(place)
    code = _start(place, command, place.name, done).wait() if command else 0
    if code:
        return [f"the next run ends with {code}: {_said(place)[-500:]}"]
    wrong = [f"left for good: {path}" for path in _scratch(place)]
    return wrong if job.state(place) == reference.state else [*wrong, "the next run gives another result"]
