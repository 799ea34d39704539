"""A compiled file is made once for each content, whoever else runs or is killed, and never taken when it is damaged."""

import os
import time

import pytest

from whetgen.host.scratch import scratch_folder
from whetgen.verification import build_cache
from whetgen.verification.build_cache import key_of, obtain


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WHETGEN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Maker:
    """Makes ``file`` of a text, and counts how often."""

    def __init__(self, file, text="compiled"):
        self.file, self.text, self.made = file, text, 0

    def __call__(self):
        self.made += 1
        self.file.write_text(self.text)

    def obtain(self, key):
        self.file.unlink(missing_ok=True)
        obtain(key, self.file, self)
        return self.file.read_text()


def test_a_file_is_made_once_for_each_key(cache, tmp_path):
    maker = Maker(tmp_path / "file")
    assert [maker.obtain(key_of("a", 1)) for _ in range(3)] == ["compiled"] * 3
    assert maker.made == 1
    maker.obtain(key_of("a", 2))
    assert maker.made == 2


def test_a_damaged_file_is_made_again(cache, tmp_path):
    maker = Maker(tmp_path / "file")
    maker.obtain("key")
    (kept,) = cache.iterdir()
    kept.write_text("compi")
    assert maker.obtain("key") == "compiled" and maker.made == 2


def test_a_programs_permissions_are_kept(cache, tmp_path):
    maker = Maker(tmp_path / "file")
    maker()
    maker.file.chmod(0o755)
    obtain("key", maker.file, lambda: None)
    maker.file.unlink()
    obtain("key", maker.file, maker)
    assert os.access(maker.file, os.X_OK) and maker.made == 1


def test_the_cache_can_be_off(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("WHETGEN_CACHE", "off")
    maker = Maker(tmp_path / "file")
    assert [maker.obtain("key") for _ in range(2)] == ["compiled"] * 2
    assert maker.made == 2 and not cache.exists()


def test_it_lies_in_the_users_cache_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("WHETGEN_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    Maker(tmp_path / "file").obtain("key")
    assert len(list((tmp_path / "xdg" / "whetgen").iterdir())) == 1


def test_no_place_for_a_cache_is_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WHETGEN_CACHE", str(tmp_path / "file" / "cache"))
    assert Maker(tmp_path / "made").obtain("key") == "compiled"


def test_what_was_not_used_for_longest_goes_first(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(build_cache, "LIMIT_BYTES", 20)
    maker = Maker(tmp_path / "file")
    for age, key in ((300, "old"), (200, "used"), (100, "new")):
        maker.obtain(key)
        (kept,) = cache.glob(f"{key}-*")
        os.utime(kept, (time.time() - age,) * 2)
        if key == "new":
            maker.obtain("used")
    maker.obtain("newest")
    assert {path.name.partition("-")[0] for path in cache.iterdir()} == {"used", "newest"}


def test_what_a_killed_run_left_goes(cache, tmp_path):
    cache.mkdir()
    dead = cache / ".new-00000000"
    with scratch_folder(cache, ".new-") as alive:
        dead.mkdir()
        for name in (".whetgen-scratch", "half"):
            (dead / name).touch()
        Maker(tmp_path / "file").obtain("key")
        assert [path.name for path in cache.glob(".new-*")] == [alive.name]


def test_files_of_other_names_stay(cache, tmp_path, monkeypatch):
    """Somebody names a folder that holds files of their own."""
    monkeypatch.setattr(build_cache, "LIMIT_BYTES", 20)
    cache.mkdir()
    for name in ("thesis.pdf", "photo-1.jpg"):
        (cache / name).write_text("x" * 100)
        os.utime(cache / name, (0, 0))
    (cache / "folder").mkdir()
    for key in ("a", "b", "c", "d"):
        Maker(tmp_path / "file").obtain(key)
    assert {path.name.partition("-")[0] for path in cache.iterdir()} == {"thesis.pdf", "photo", "folder", "c", "d"}


def test_a_program_whose_copy_lost_its_mode_still_runs(cache, tmp_path):
    maker = Maker(tmp_path / "file")
    maker.obtain("key")
    for kept in cache.iterdir():
        kept.chmod(0o600)
    maker.obtain("key")
    assert os.access(maker.file, os.X_OK) and maker.made == 1
