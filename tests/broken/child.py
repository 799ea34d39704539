"""Broken files, one after the other in this process, through the command line: two lines of JSON for each.

python -m tests.broken.child KIND:SEED:FIRST:COUNT...    # mutants
python -m tests.broken.child hostile
"""

from __future__ import annotations

import faulthandler
import io
import itertools
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from tests.broken.guard import Guard
from tests.broken.hostile import HOSTILE
from tests.broken.sources import KINDS, write_all
from tests.broken.trials import Mutants, Trial, whole

from whetgen.app import cli
from whetgen.errors import CouldNotRun
from whetgen.report import wasm
from whetgen.targets.output.contents import EMPTY, entries

SECONDS = 20
"""Of the processor, for one file; then the process ends by a signal."""
MOST_SECONDS = 900
"""By the clock, for what waits; then the process ends."""
MEGABYTES = 512
"""Of memory, beyond what the process takes before."""
LONGEST = 1200


def main() -> None:
    """Tells of each trial its name and command and, at its end, the exit code, what stands on stderr, what is wrong."""
    groups = [] if sys.argv[1:] == ["hostile"] else [Mutants.read(text) for text in sys.argv[1:]]
    trials = itertools.chain.from_iterable(group.trials() for group in groups) if groups else HOSTILE.values()
    kinds = dict.fromkeys(group.kind for group in groups) or KINDS
    wasm.compiler = _no_compiler  # else the guard hears of a program that is ours
    with tempfile.TemporaryDirectory() as folder:
        place, guard = Path(folder), Guard()
        for name in ("home", "whole"):
            (place / name).mkdir()
        os.environ.update(HOME=f"{folder}/home", MPLCONFIGDIR=f"{folder}/home", TF_CPP_MIN_LOG_LEVEL="3")
        write_all(place / "whole")
        for trial in itertools.chain.from_iterable(map(whole, kinds)):  # brings in all imports
            found = one(trial, place, guard, megabytes=1 << 14)
            assert found["code"] == 0, found
        for trial in trials:
            print(json.dumps({"trial": trial.name, "command": trial.command}), flush=True)
            print(json.dumps(one(trial, place, guard)), flush=True)
        os.chdir("/")


def _no_compiler() -> list[str]:
    raise CouldNotRun("no compiler for the page of a broken file")


def one(trial: Trial, place: Path, guard: Guard, megabytes: int = MEGABYTES) -> dict[str, object]:
    own = place / "run"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(place / "whole", own / "in")
    for name in ("out", "tmp", "here"):
        (own / name).mkdir()
    trial.prepare(own / "in")
    tempfile.tempdir = str(own / "tmp")
    os.chdir(own / "here")
    before = _state(own)
    places = {"file": own / "in" / trial.file, "folder": own / "in", "whole": place / "whole", "out": own / "out" / "o"}
    with guard.watching(own, place / "whole", place / "home") as found, _limited(megabytes):
        code, said = called(trial.command.format(**places).split())
    wrong = [*found, *judged(code, said)]
    if code != 0:
        wrong += [f"changed {path}" for path in sorted(path for path, _ in _state(own) ^ before)]
    wrong += [f"left {path.name}" for name in ("tmp", "here") for path in (own / name).iterdir()]
    return {
        "trial": trial.name,
        "command": trial.command,
        "code": code,
        "said": said.replace(f"{own}/", ""),
        "wrong": wrong,
    }


def _state(place: Path) -> set[tuple[str, object]]:
    """All files below, with number, size and time of the last change, and all empty folders."""
    kinds, stats = entries(place), {path: os.lstat(place / path) for path in entries(place)}
    return {
        (path, None if kinds[path] == EMPTY else (stat.st_ino, stat.st_size, stat.st_mtime_ns))
        for path, stat in stats.items()
    }


@contextmanager
def _limited(megabytes: int) -> Iterator[None]:
    """Memory beyond what the process has, processor time, and time."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + (megabytes << 20), before[1]))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    faulthandler.dump_traceback_later(MOST_SECONDS, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, before)


def called(arguments: list[str]) -> tuple[object, str]:
    said = io.StringIO()
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            cli.main(arguments)
    except SystemExit as end:
        return end.code or 0, said.getvalue()
    except BaseException:
        return "traceback", said.getvalue() + traceback.format_exc()[-LONGEST:]
    return "no end", said.getvalue()


def judged(code: object, said: str) -> list[str]:
    """What is wrong with an exit code and the text of stderr."""
    lines = [line for line in said.splitlines() if not line.startswith("whetgen: warning: ")]
    wrong = [] if code in (0, 1, 2) else [f"ends with {code}"]
    if code == 2 and not (len(lines) == 1 and lines[0].startswith("whetgen: ") and len(lines[0]) < LONGEST):
        wrong.append("not one line")
    if code == 1 and not (lines and all(line.startswith("whetgen: ") for line in lines)):
        wrong.append("fails without a reason")
    if code == 0 and lines:
        wrong.append("says more than warnings")
    return wrong


if __name__ == "__main__":
    warnings.simplefilter("always")
    for kind in (DeprecationWarning, PendingDeprecationWarning):
        warnings.simplefilter("ignore", kind)
    main()
