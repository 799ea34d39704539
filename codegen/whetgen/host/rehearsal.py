"""Work done in a copy of this process first, for libraries that a damaged file makes crash or never return."""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import warnings
from collections.abc import Callable

_PATIENCE = 30
"""Seconds by the clock for each of the processor."""


def rehearsed(work: Callable[[], object], seconds: int) -> str | None:
    """What ends a copy of this process that does ``work``, such as "SIGSEGV"; None where it comes to its end.

    Errors that ``work`` raises are an end like any other: they come again when it is done in earnest. The copy may take
    ``seconds`` of the processor; SIGKILL and SIGALRM tell that it would have taken more.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # other threads are not in the copy, which needs none
        copy = os.fork()
    if not copy:
        _work_and_end(work, seconds)
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    except BaseException:
        os.kill(copy, signal.SIGKILL)
        raise
    return signal.Signals(-code).name if code < 0 else None


def _work_and_end(work: Callable[[], object], seconds: int) -> None:
    """Nothing that this process holds is given back by its copy, which does not return."""
    try:
        faulthandler.disable()
        for number in (signal.SIGALRM, signal.SIGPROF, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        signal.alarm(seconds * _PATIENCE)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        work()
    finally:
        os._exit(0)
