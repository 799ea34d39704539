"""An orderly end on signals that ask for one: whatever ``with`` blocks hold is given back, then exit code 128 + signal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU)
_GRACE_SECONDS = 30
_AGAIN_SECONDS = 0.01


class Stopped(SystemExit):
    """Raised where the program stands when the signal arrives; ``code`` is what a shell shows for it."""

    def __init__(self, number: int):
        super().__init__(128 + number)
        self.signal = signal.Signals(number).name


class _State:
    holds = 0
    pending: int | None = None


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Within the block the signals raise ``Stopped``. One that is ignored, as nohup does it, stays ignored."""
    before = {number: signal.getsignal(number) for number in (*_SIGNALS, signal.SIGALRM)}
    hook, sys.unraisablehook = sys.unraisablehook, _raise_again
    try:
        for number in _SIGNALS:
            if before[number] is not signal.SIG_IGN:
                signal.signal(number, _stop)
        yield
    finally:
        signal.alarm(0)
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """A signal within the block counts at its end: for steps that must not be torn apart."""
    _State.holds += 1
    try:
        yield
    finally:
        _State.holds -= 1
    if _State.pending is not None and not _State.holds:
        number, _State.pending = _State.pending, None
        _stop(number, None)


def _stop(number: int, _: FrameType | None) -> None:
    if _State.holds:
        _State.pending = number
        return
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    _raise(number)


def _raise(number: int) -> NoReturn:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(_GRACE_SECONDS)  # ends the process where cleaning up does not
    raise Stopped(number)


def _raise_again(lost: sys.UnraisableHookArgs) -> None:
    """A finaliser or the callback of a weak reference, where exceptions end, was running when the signal arrived: soon once more."""
    if not isinstance(lost.exc_value, Stopped):
        sys.__unraisablehook__(lost)
        return
    number = signal.Signals[lost.exc_value.signal].value
    signal.signal(signal.SIGALRM, lambda *_: _raise(number))
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
