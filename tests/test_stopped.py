"""A whetgen that is stopped or killed leaves no tool running and no half of anything."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from tests.host.test_processes import wait_for_the_end_of

from whetgen import Options, generate
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Input, Threshold
from whetgen.targets.output.folder import write_folder

WRITE = """
import sys
from pathlib import Path
from whetgen.targets.output.folder import write_folder
from whetgen.host.stop import stop_on_signals
def fill(folder):
    (folder / "half").write_text("")
    Path(sys.argv[1], "told").write_text("writing")
    Path(sys.argv[1], "wait").read_text()
with stop_on_signals():
    write_folder(Path(sys.argv[1], "place", "out"), fill)
"""
COMPILER = """#!/bin/sh
echo $$ > {0}/told
cat {0}/wait
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def pipes(tmp_path):
    """``told``, which a started program writes to, and ``wait``, which it then waits for."""
    folder = tmp_path / "pipes"
    (folder / "place").mkdir(parents=True)
    for name in ("told", "wait"):
        os.mkfifo(folder / name)
    return folder


def test_a_check_that_is_stopped_ends_its_compiler_and_leaves_no_folder(pipes, tmp_path):
    fire = Threshold("fire", "x", np.array([7, 8, 9]))
    graph = Graph((Input("x", (3,), ELEMENT_TYPES["uint4"]), fire), (Output("y", "fire", "spikes"),))
    made = generate(graph, "c", tmp_path / "out", Options(name="tiny")).folder
    for folder in ("bin", "temporary"):
        (tmp_path / folder).mkdir()
    (tmp_path / "bin" / "cc").write_text(COMPILER.format(pipes))
    (tmp_path / "bin" / "cc").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-m", "whetgen.app.cli", "verify", made]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        group = os.getpgid(int((pipes / "told").read_text()))
        assert names(tmp_path / "temporary")
        process.send_signal(signal.SIGTERM)
        assert process.communicate() == (b"", b"whetgen: stopped by SIGTERM\n")
    assert process.returncode == 143
    wait_for_the_end_of(group)
    assert names(tmp_path / "temporary") == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_folder_that_is_not_finished_goes_at_once_or_with_the_next_run(number, pipes):
    with subprocess.Popen([sys.executable, "-c", WRITE, str(pipes)], stderr=subprocess.PIPE) as process:
        assert (pipes / "told").read_text() == "writing"
        assert len(names(pipes / "place")) == 1
        process.send_signal(number)
        process.wait()
    assert len(names(pipes / "place")) == (number == signal.SIGKILL)
    with pytest.raises(KeyError):
        write_folder(pipes / "place" / "out", lambda _: {}["what it holds"])
    assert names(pipes / "place") == []
