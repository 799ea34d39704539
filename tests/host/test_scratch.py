"""Scratch folders go away with their maker; those of killed makers at the next run, and nobody else's ever."""

import signal
import subprocess
import sys

import pytest

from whetgen.host import scratch
from whetgen.host.files import whole_file
from whetgen.host.scratch import scratch_folder

HOLD = """
import sys
from pathlib import Path
from whetgen.host.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1]), ".out.") as folder:
    (folder / "half").write_text("")
    print("ready", flush=True)
    sys.stdin.read()
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def holder(tmp_path):
    """Another process that holds a scratch folder in ``tmp_path``."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


def test_a_scratch_folder_is_gone_after_the_block_and_after_an_error(tmp_path):
    with scratch_folder(tmp_path, "a") as folder:
        (folder / "deep").mkdir()
        assert names(tmp_path) == [folder.name]
    with pytest.raises(KeyError), scratch_folder(tmp_path, "a"):
        raise KeyError
    assert names(tmp_path) == []


def test_what_a_killed_run_left_goes_with_the_next_run_in_the_same_place(holder, tmp_path):
    (left,) = tmp_path.iterdir()
    with scratch_folder(tmp_path, ".out."):
        assert left.is_dir()  # its maker lives
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert names(left) == [".whetgen-scratch", "half"]
    with scratch_folder(tmp_path, ".other."):
        assert left.is_dir()
    with scratch_folder(tmp_path, ".out."):
        assert not left.exists()
    assert names(tmp_path) == []


def test_a_folder_of_somebody_else_with_such_a_name_is_kept(tmp_path):
    (tmp_path / ".out.backup01").mkdir()
    (tmp_path / ".out.backup02").symlink_to("/")
    with scratch_folder(tmp_path, ".out."):
        pass
    assert names(tmp_path) == [".out.backup01", ".out.backup02"]


@pytest.mark.parametrize("name", ["a b", "a:b", "a#b", "a$b", "a%b", "a'b", 'a"b', "a\\b", "ä", "a(b", "a\nb"])
def test_tools_never_work_in_a_folder_whose_name_trips_them(name, tmp_path, monkeypatch):
    (tmp_path / name).mkdir()
    monkeypatch.setattr(scratch.tempfile, "gettempdir", lambda: str(tmp_path / name))
    with scratch_folder() as folder:
        assert str(folder.parent) == "/tmp"


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(KeyError), whole_file(tmp_path / "a.csv") as fresh:
        fresh.write_text("half")
        raise KeyError
    assert (tmp_path / "a.csv").read_text() == "old" and names(tmp_path) == ["a.csv"]
    with whole_file(tmp_path / "a.csv") as fresh:
        fresh.write_text("new")
    assert (tmp_path / "a.csv").read_text() == "new" and names(tmp_path) == ["a.csv"]


def test_a_link_to_a_file_is_written_through(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with whole_file(tmp_path / "link") as fresh:
        fresh.write_text("new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "new"


def test_a_folder_is_never_marked_without_its_lock(tmp_path, monkeypatch):
    """Between the mark and its lock another run would take the folder for abandoned, and remove it."""
    honest, seen = scratch.fcntl.flock, []

    def watched(*arguments):
        seen.append([path.name for path in tmp_path.rglob(scratch._MARK)])
        return honest(*arguments)

    monkeypatch.setattr(scratch.fcntl, "flock", watched)
    with scratch_folder(tmp_path, "a"):
        assert len(list(tmp_path.rglob(scratch._MARK))) == 1
    assert seen == [[]]
