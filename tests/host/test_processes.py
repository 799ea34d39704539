"""Programs that we start: how they end is told, and they end with us, whatever ends us."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from whetgen.errors import CouldNotRun, TimedOut, ToolFailed
from whetgen.host.processes import call, find_program, run, telling_line
from whetgen.host.stop import stop_on_signals

# Runs a shell that starts a grandchild; both tell their numbers, then wait for a pipe that nobody writes to.
# It takes every signal, whatever the tests were started with: nohup has them ignore one, a job in the background two.
PARENT = """
import signal, sys
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_DFL)
from whetgen.host.processes import run
from whetgen.host.scratch import scratch_folder
from whetgen.host.stop import stop_on_signals
with stop_on_signals(), scratch_folder() as folder:
    run(["sh", "-c", f"(echo $$ {folder} $TMPDIR > {sys.argv[1]}; cat {sys.argv[1]}.wait) & wait"])
"""


@pytest.fixture
def family(tmp_path):
    """A whetgen with a running tool: its process, the group of the tool, the scratch folders of both."""
    for name in ("told", "told.wait"):
        os.mkfifo(tmp_path / name)
    with subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path / "told")], stderr=subprocess.PIPE) as process:
        number, *folders = (tmp_path / "told").read_text().split()
        yield process, os.getpgid(int(number)), [Path(folder) for folder in folders]
        process.kill()


def wait_for_the_end_of(group):
    """Returns when the group has no process but those that nobody has waited for yet."""
    while any(_living(group)):
        os.sched_yield()


def _living(group):
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of) == group and state not in "ZX":
            yield stat


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU])
def test_a_signal_ends_the_tools_and_removes_the_scratch_folders(number, family):
    process, group, folders = family
    assert len(folders) == 2 and all(folder.is_dir() for folder in folders)
    assert any(_living(group))
    process.send_signal(number)
    assert process.wait() == 128 + number
    wait_for_the_end_of(group)
    assert not any(folder.exists() for folder in folders)


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_on_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_tool_ends_when_we_are_killed(family):
    process, group, folders = family
    process.kill()
    process.wait()
    wait_for_the_end_of(group)
    run(["true"])  # the next run in the same place
    assert not any(folder.exists() for folder in folders)


def test_how_a_program_ended():
    assert run(["sh", "-c", "cat; echo bad >&2; exit 3"], data=b"in").how == "code 3"
    ended = run(["sh", "-c", "cat; echo bad >&2; exit 3"], data=b"in")
    assert (ended.code, ended.out, ended.err, ended.log) == (3, b"in", b"bad\n", "inbad\n")
    assert run(["sh", "-c", "kill -SEGV $$"]).how == "SIGSEGV"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("kill -9 $$", "sh was killed by SIGKILL"),
        ("kill -XCPU $$", "sh was killed by SIGXCPU"),
        ("echo 'No space left on device' >&2; exit 1", "sh: No space left on device"),
        ("echo 'Cannot allocate memory' >&2; exit 1", "sh: Cannot allocate memory"),
    ],
)
def test_what_comes_from_outside_could_not_run(script, message):
    with pytest.raises(CouldNotRun) as error:
        run(["sh", "-c", script])
    assert str(error.value) == message


def test_a_program_that_cannot_be_started(tmp_path):
    (tmp_path / "tool").write_text("")
    for path, reason in ((tmp_path / "tool", "Permission denied"), (tmp_path / "none", "No such file or directory")):
        with pytest.raises(CouldNotRun) as error:
            run([path])
        assert str(error.value) == f"{path.name} cannot be started: {reason}"


def test_a_program_that_takes_too_long_is_ended(tmp_path):
    os.mkfifo(tmp_path / "wait")
    with pytest.raises(TimedOut) as error:
        run(["cat", tmp_path / "wait"], seconds=0)
    assert str(error.value) == "cat was not at its end after 0 seconds"


def test_a_tool_that_fails_is_told_by_its_first_error_and_the_end_of_its_log():
    with pytest.raises(ToolFailed) as error:
        call(["sh", "-c", "seq 20; echo 'a.c:3: error: no'; echo 'a.c:4: error: neither'; exit 1"])
    assert str(error.value) == "sh: a.c:3: error: no"
    assert error.value.log == (*map(str, range(11, 21)), "a.c:3: error: no", "a.c:4: error: neither")


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("- reading\n%Error: tiny.v:3: syntax error\nmake failed", "%Error: tiny.v:3: syntax error"),
        ("ld: region `FLASH' overflowed by 4 bytes\ncollect2: error: ld", "ld: region `FLASH' overflowed by 4 bytes"),
        ("reading terrors.v\nkilled", "killed"),
        ("", "no message"),
    ],
)
def test_the_telling_line_of_a_log(log, line):
    assert telling_line(log) == line


def test_a_missing_program_is_told_with_what_brings_it():
    assert Path(find_program("no-such-shell", "sh", hint="")).name == "sh"
    with pytest.raises(CouldNotRun) as error:
        find_program("no-such-shell", hint="apt-get install it")
    assert str(error.value) == "no-such-shell is not installed; apt-get install it"


def test_a_listener_gets_each_line_and_the_log_is_whole():
    heard = []
    script = "import sys; print('one'); print('wrong', file=sys.stderr); print('two', end='')"
    assert call([sys.executable, "-c", script], on_line=heard.append) == "one\ntwowrong\n"
    assert heard == ["one\n", "two"]
