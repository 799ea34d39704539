"""Signals that ask for an orderly end."""

import subprocess
import sys

import pytest

IN_A_CALLBACK = """
import os, signal, time, weakref
from whetgen.host.stop import Stopped, stop_on_signals

class Thing:
    pass

def callback(_):
    os.kill(os.getpid(), signal.SIGTERM)
    sum(range(1000))  # the signal is looked at here, and what it raises ends here

thing = Thing()
kept = weakref.ref(thing, callback)
try:
    with stop_on_signals():
        del thing
        for _ in range(1000):
            time.sleep(0.01)
    print("went on")
except Stopped as stop:
    print(stop.signal)
    raise
"""

IN_A_FINALISER = IN_A_CALLBACK.replace("    pass", "    def __del__(self):\n        callback(self)").replace(
    ", callback)", ")"
)


@pytest.mark.parametrize("script", [IN_A_CALLBACK, IN_A_FINALISER], ids=["callback", "finaliser"])
def test_a_signal_where_exceptions_end_stops_the_program_all_the_same(script):
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (143, "SIGTERM\n", "")
