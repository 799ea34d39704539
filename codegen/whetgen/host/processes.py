"""Starts other programs: the one place that ends them with us, keeps their logs and tells why one could not run."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from whetgen.errors import CouldNotRun, TimedOut, ToolFailed
from whetgen.host.scratch import scratch_folder
from whetgen.host.stop import uninterrupted

# Signals that a program brings upon itself; all others come from outside.
_CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP}
_SHORT_OF = [os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.ENOMEM)]
_ERROR = re.compile(r"\berrors?\b|overflowed|will not fit|undefined reference", re.IGNORECASE)
# The leader of a tool's process group: ends it, and so itself, when the pipe closes; that is when we are gone, by whatever signal.
_WATCH = ["/bin/sh", "-c", "read end; kill -9 0"]


@dataclass(frozen=True)
class Ended:
    """A program's end. ``code``: its exit status, below 0 the signal that it brought upon itself."""

    code: int
    out: bytes
    err: bytes

    @property
    def log(self) -> str:
        return (self.out + self.err).decode(errors="replace")

    @property
    def how(self) -> str:
        """In words."""
        return f"code {self.code}" if self.code >= 0 else signal.Signals(-self.code).name


def run(
    command: Sequence[str | Path],
    cwd: Path | None = None,
    data: bytes = b"",
    environment: Mapping[str, str] | None = None,
    seconds: float | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Ended:
    """Run a program to its end, with ``data`` for its input; it and all that it started end with us, whatever ends us.

    ``on_line``: gets each line of its output at once; then there is no input, and no limit of time. Its own temporary files
    go where they are removed.

    Raises:
        CouldNotRun: it cannot be started, was killed, or lacked room on the disk or memory.
        TimedOut: it was not at its end after ``seconds``.
    """
    name = Path(command[0]).name
    with ExitStack() as stack:
        own = {**(environment or os.environ), "TMPDIR": str(stack.enter_context(scratch_folder()))}
        with uninterrupted():
            watch = subprocess.Popen(_WATCH, stdin=subprocess.PIPE, process_group=0)
            stack.callback(_end, watch, watch)
            process = _start(command, name, cwd, own, watch.pid)
            stack.callback(_end, watch, process)
        try:
            ended = Ended(*(_spoken(process, data, seconds) if on_line is None else _heard(process, on_line)))
        except subprocess.TimeoutExpired as error:
            raise TimedOut(f"{name} was not at its end after {seconds:g} seconds") from error
    if ended.code < 0 and -ended.code not in _CRASHES:
        raise CouldNotRun(f"{name} was killed by {ended.how}", ended.log)
    short = next((text for text in _SHORT_OF if ended.code and text in ended.log), None)
    if short:
        raise CouldNotRun(f"{name}: {short}", ended.log)
    return ended


def call(
    command: Sequence[str | Path],
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
) -> str:
    """Run a tool that has to succeed; returns what it wrote, errors included.

    Raises:
        CouldNotRun: as for ``run``.
        ToolFailed: it ended with an error.
    """
    ended = run(command, cwd, environment=environment, on_line=on_line)
    if ended.code:
        raise ToolFailed(f"{Path(command[0]).name}: {telling_line(ended.log)}", ended.log)
    return ended.log


def find_program(*names: str, hint: str, path: str | None = None) -> str:
    """The path of the first of ``names`` that is installed; ``hint``: how to install one.

    Raises:
        CouldNotRun: none is.
    """
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise CouldNotRun(f"{names[0]} is not installed; {hint}")


def telling_line(log: str) -> str:
    """The first error of a log, else its last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip() and not line.startswith("collect2:")]
    return next(filter(_ERROR.search, lines), lines[-1] if lines else "no message")


def _start(
    command: Sequence[str | Path], name: str, cwd: Path | None, environment: Mapping[str, str], group: int
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=group,
        )
    except OSError as error:
        raise CouldNotRun(f"{name} cannot be started: {error.strerror}") from error


def _spoken(process: subprocess.Popen[bytes], data: bytes, seconds: float | None) -> tuple[int, bytes, bytes]:
    out, err = process.communicate(data, timeout=seconds)
    return process.returncode, out, err


def _heard(process: subprocess.Popen[bytes], on_line: Callable[[str], None]) -> tuple[int, bytes, bytes]:
    out: list[bytes] = []
    err: list[bytes] = []
    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    assert stdin and stdout and stderr  # as ``_start`` opens them
    stdin.close()
    complaints = Thread(target=lambda: err.append(stderr.read()))
    complaints.start()
    for line in stdout:
        out.append(line)
        on_line(line.decode(errors="replace"))
    complaints.join()
    return process.wait(), b"".join(out), b"".join(err)


def _end(watch: subprocess.Popen[bytes], process: subprocess.Popen[bytes]) -> None:
    """Kills what is left of the group and waits for ``process``."""
    with uninterrupted(), process:
        os.killpg(watch.pid, signal.SIGKILL)
