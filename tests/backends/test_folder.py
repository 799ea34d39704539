"""Output folders are written whole or not at all, and never over somebody's work."""

import json

import pytest

from whetgen.backends.folder import changed_files, read_manifest, write_folder
from whetgen.errors import BadInput


def fill(text):
    def into(folder):
        (folder / "src").mkdir()
        (folder / "src" / "a.c").write_text(text)
        return {"schema": 1, "name": "a"}

    return into


def test_a_folder_is_written_with_the_hash_of_each_file(tmp_path):
    write_folder(tmp_path / "deep" / "out", fill("one"))
    manifest = read_manifest(tmp_path / "deep" / "out")
    assert list(manifest["files"]) == ["src/a.c"] and len(manifest["files"]["src/a.c"]) == 64
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["out"]


def test_our_own_folder_is_replaced(tmp_path):
    out = tmp_path / "out"
    write_folder(out, fill("one"))
    write_folder(out, fill("two"))
    assert (out / "src" / "a.c").read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path):
    out = tmp_path / "out"
    write_folder(out, fill("one"))

    def fail(folder):
        (folder / "half").write_text("")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_folder(out, fail)
    assert [p.name for p in tmp_path.iterdir()] == ["out"] and not (out / "half").exists()


def test_somebody_elses_things_are_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInput, match=r"--out .*file: is a file; give a new folder"):
        write_folder(tmp_path / "file", fill(""))
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1").write_text("mine")
    with pytest.raises(BadInput, match=r"is not empty and was not made by whetgen"):
        write_folder(tmp_path / "thesis", fill(""))


@pytest.mark.parametrize("path", ["src/a.c", "src/notes.txt"])
def test_an_edited_folder_is_refused(tmp_path, path):
    out = tmp_path / "out"
    write_folder(out, fill("one"))
    (out / path).write_text("edited")
    assert changed_files(out, read_manifest(out)) == [path]
    with pytest.raises(BadInput, match=f"'{path}' was added or changed since it was generated"):
        write_folder(out, fill("two"))


@pytest.mark.parametrize(
    ("text", "message"), [("{", "corrupt"), (json.dumps({"schema": 9}), "not of schema 1"), ("[]", "not of schema 1")]
)
def test_a_bad_manifest_is_refused(tmp_path, text, message):
    (tmp_path / "whetgen.json").write_text(text)
    with pytest.raises(BadInput, match=message):
        read_manifest(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no such folder"):
        read_manifest(tmp_path / "nowhere")
    with pytest.raises(BadInput, match=r"holds no whetgen.json"):
        read_manifest(tmp_path)
