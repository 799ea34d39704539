"""A few of the kills of ``python -m tests.kills``, of what takes seconds."""

import subprocess
import sys

import pytest

JOBS = ("generate and verify", "generate again", "verify", "verify on a board", "report")


@pytest.mark.long
def test_killed_runs_leave_nothing_and_the_next_run_succeeds():
    command = [sys.executable, "-m", "tests.kills", "--count", "5", "--seed", "48", "--workers", "2", "--jobs", *JOBS]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("; 0 faults\n")
