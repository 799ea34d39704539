"""Output folders are written whole or not at all, and never over somebody's work."""

import json

import pytest

from whetgen.backends.folder import changed_files, check_replaceable, read_manifest, write_folder
from whetgen.errors import BadInput

MANIFEST = {
    "schema": 1,
    "target": "c",
    "name": "a",
    "input": {},
    "output": {},
    "latency_cycles": None,
    "initiation_interval_cycles": None,
    "resources": {},
    "options": {},
    "graph_sha256": "",
}


def fill(text):
    def into(folder):
        (folder / "src").mkdir()
        (folder / "src" / "a.c").write_text(text)
        return dict(MANIFEST)

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


@pytest.mark.parametrize(("path", "what"), [("src/a.c", "was changed"), ("src/notes.txt", "was added")])
def test_an_edited_folder_is_refused(tmp_path, path, what):
    out = tmp_path / "out"
    write_folder(out, fill("one"))
    (out / path).write_text("edited")
    assert changed_files(out, read_manifest(out)) == {path: what}
    with pytest.raises(BadInput, match=f"'{path}' {what} since it was generated"):
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


@pytest.mark.parametrize("key", [k for k in MANIFEST if k != "schema"] + ["files"])
def test_a_manifest_without_a_key_is_refused(tmp_path, key):
    manifest = {**MANIFEST, "files": {}}
    del manifest[key]
    (tmp_path / "whetgen.json").write_text(json.dumps(manifest))
    with pytest.raises(BadInput, match=f"has no valid '{key}'; generate the folder again"):
        read_manifest(tmp_path)


def test_a_removed_file_is_told(tmp_path):
    write_folder(tmp_path / "out", fill("one"))
    (tmp_path / "out" / "src" / "a.c").unlink()
    assert changed_files(tmp_path / "out", read_manifest(tmp_path / "out")) == {"src/a.c": "was removed"}


IMPOSSIBLE = {
    "below a file": ("letter/sub", "cannot be made in .*letter; give another place"),
    "a device": ("/dev/null", "is a file; give a new folder"),
    "long name": ("n" * 300, "File name too long; give another place"),
    "loop": ("loop", "give another place|is a file"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_place_where_no_folder_can_be_is_refused_before_anything_is_filled(tmp_path, name):
    path, message = IMPOSSIBLE[name]
    (tmp_path / "letter").write_text("mine")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(BadInput, match=message):
        check_replaceable(tmp_path / path)
    with pytest.raises(BadInput, match=message):
        write_folder(tmp_path / path, fill("one"))


def test_a_file_system_that_refuses_is_told_in_words(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(BadInput, match=r"--out .*out: No such file or directory; give another place"):
        write_folder(tmp_path / "out", fill("one"))


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "real").mkdir()
    for link, target in (("link", "real"), ("dangling", "new")):
        (tmp_path / link).symlink_to(tmp_path / target)
        write_folder(tmp_path / link, fill("one"))
        write_folder(tmp_path / link, fill("two"))
        assert (tmp_path / link).is_symlink()
        assert (tmp_path / target / "src" / "a.c").read_text() == "two"


def test_a_long_name_is_no_trouble(tmp_path):
    write_folder(tmp_path / ("n" * 250), fill("one"))
    assert [p.name for p in tmp_path.iterdir()] == ["n" * 250]
