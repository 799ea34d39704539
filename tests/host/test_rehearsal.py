"""A copy of the process goes first where a library may crash, and whatever happens to it, we go on."""

import os
import signal

import pytest

from whetgen.host.rehearsal import rehearsed


def fail():
    raise ValueError


def compute_for_ever():
    while True:
        pass


@pytest.mark.parametrize(
    ("work", "end"),
    [
        (lambda: None, None),
        (fail, None),
        (os.abort, "SIGABRT"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "SIGSEGV"),
        (compute_for_ever, "SIGKILL"),
    ],
)
def test_the_end_of_the_copy_is_told(work, end):
    assert rehearsed(work, 1) == end


def test_what_the_copy_does_stays_there():
    held = []
    assert rehearsed(lambda: held.append(1), 1) is None
    assert held == []


def test_the_copy_gives_nothing_back_that_we_hold(tmp_path):
    """It ends where the work ends, inside all blocks around it."""
    with (tmp_path / "a").open("w") as file:
        file.write("once")
        assert rehearsed(fail, 1) is None
    assert (tmp_path / "a").read_text() == "once"
