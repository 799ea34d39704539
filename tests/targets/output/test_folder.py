"""Output folders are written whole or not at all, and never over somebody's work."""

import json
import os
import socket
from pathlib import Path

import pytest
from tests.mutants import mutant

from whetgen.errors import BadInput
from whetgen.targets.output.folder import changed_files, check_replaceable, read_manifest, write_folder, write_text

MANIFEST = {
    "schema": 1,
    "version": "0.1.0",
    "target": "other",
    "name": "a",
    "input": {"shape": [3], "type": "bit"},
    "output": {"kind": "spikes", "length": 2},
    "latency_cycles": None,
    "initiation_interval_cycles": None,
    "resources": {},
    "options": {},
    "graph_sha256": "0" * 64,
    "notes": [],
}
COUNTS = {"kind": "bit", "count": 3, "element_bits": 1, "signed": False, "bus_bits": 8, "beats": 1}
STREAM = {"top": "a", "input": COUNTS, "output": {**COUNTS, "kind": "spikes", "count": 2}}
CYCLES = [{"layer": "dense", "cycles": 3, "pe": 1, "simd": 1}]
CALL = {"title": "dense", "function": "wg_sums", "table_bytes": 12}
KERNEL = {"layer": "dense", "kernel": "bytes", "cycles": 9}
OF_TARGET = {
    "c": {"kernels": [{**KERNEL, "options": [{**KERNEL, "table_bytes": 12}]}], "calls": [CALL]},
    "hls": {"loop_trips": CYCLES, "stream": STREAM},
    "verilog": {
        "latency_cycles": 7,
        "initiation_interval_cycles": 3,
        "architecture": "folded",
        "cycles": CYCLES,
        "stream": STREAM,
    },
}


def fill(text):
    def into(folder):
        (folder / "src").mkdir()
        (folder / "src" / "a.c").write_text(text)
        return dict(MANIFEST)

    return into


def names(folder):
    return sorted(path.name for path in folder.iterdir())


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
    with pytest.raises(BadInput) as refused:
        read_manifest(tmp_path)
    assert str(refused.value) == f"{tmp_path}/whetgen.json: it has no '{key}'; generate the folder again"


EDITS = {
    "a list for an object": ({"resources": []}, "resources is [], not an object"),
    "text for a list": ({"input": {"shape": "28x28", "type": "bit"}}, "input.shape is '28x28', not a list"),
    "a fraction": ({"output": {"kind": "spikes", "length": 2.0}}, "output.length is 2.0, not a whole number"),
    "another kind": (
        {"output": {"kind": "bits", "length": 2}},
        "output.kind is 'bits', not class or scores or spikes or accumulators or mixed",
    ),
    "no interval": ({"initiation_interval_cycles": 0}, "initiation_interval_cycles is 0, not in 1..9223372036854775807"),
    "an option of another version": ({"options": {"size": 1}}, "options has 'size', which is not known to this version"),
    "an option of another type": ({"options": {"folding": {"d": "2x2"}}}, "options.folding['d'] is '2x2', not a list"),
    "a path above": ({"files": {"../x": "0" * 64}}, "a name in files is '../x', not a path inside the folder"),
    "a path that climbs": ({"files": {"a/../../x": "0" * 64}}, "a name in files is 'a/../../x', not a path inside the folder"),
    "a path from the root": ({"files": {"/etc/passwd": "0" * 64}}, "a name in files is '/etc/passwd', not a path inside the folder"),
    "no hash": ({"files": {"x": "abc"}}, "files['x'] is 'abc', not 64 hexadecimal digits"),
    "kernels": ({"target": "c", "kernels": [{}], "calls": []}, "kernels[0] has no 'layer'"),
    "calls": ({"target": "c", "kernels": [], "calls": [{**CALL, "title": None}]}, "calls[0].title is None, not text"),
    "a footprint": (
        {"target": "c", **OF_TARGET["c"], "footprint": {"m4": {"unit": "cycles", "layers": [CALL]}}},
        "footprint['m4'].layers[0] has no 'cost'",
    ),
    "cycles": ({"target": "hls", **OF_TARGET["hls"], "loop_trips": [{"layer": "a", "cycles": -1}]}, "loop_trips[0].cycles is -1, not in 0..9223372036854775807"),
    "no cycles": ({"target": "verilog", **OF_TARGET["verilog"], "latency_cycles": None}, "latency_cycles is None, not a whole number"),
    "streams": ({"target": "verilog", **OF_TARGET["verilog"], "stream": {"top": "a", "input": COUNTS}}, "stream has no 'output'"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_manifest_is_refused_with_the_place(tmp_path, name):
    edits, message = EDITS[name]
    (tmp_path / "whetgen.json").write_text(json.dumps({**MANIFEST, "files": {}, **edits}))
    with pytest.raises(BadInput) as refused:
        read_manifest(tmp_path)
    assert str(refused.value) == f"{tmp_path}/whetgen.json: {message}; generate the folder again"


@pytest.mark.parametrize("name", ["../../../etc/passwd", "a b", "while", ""])
def test_a_name_that_is_no_identifier_is_refused(tmp_path, name):
    (tmp_path / "whetgen.json").write_text(json.dumps({**MANIFEST, "files": {}, "name": name}))
    with pytest.raises(BadInput, match=f"whetgen.json: name '{name}' is "):
        read_manifest(tmp_path)


@pytest.mark.parametrize("target", OF_TARGET)
def test_mutants_of_a_manifest_are_manifests_or_refused(tmp_path, target):
    whole = json.dumps({**MANIFEST, "files": {"src/a.c": "0" * 64}, "target": target, **OF_TARGET[target]}, indent=1)
    (tmp_path / "whetgen.json").write_text(whole)
    read_manifest(tmp_path)
    for seed in range(60):
        (tmp_path / "whetgen.json").write_bytes(mutant(whole.encode(), seed))
        try:
            changed_files(tmp_path, read_manifest(tmp_path))
        except BadInput as error:
            assert str(error).startswith(f"{tmp_path}/whetgen.json: ") and "\n" not in str(error)


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


def pipe(path):
    os.mkfifo(path)


FOREIGN = {
    "a file in __pycache__": ("__pycache__/notes.txt", lambda p: p.write_text("mine")),
    "byte code of no file of ours": ("src/__pycache__/mine.cpython-312.pyc", lambda p: p.write_text("mine")),
    "a pipe": ("src/pipe", pipe),
    "a link": ("link", lambda p: p.symlink_to("/")),
    "a dangling link": ("src/link", lambda p: p.symlink_to("nowhere")),
    "a hidden file": (".git/HEAD", lambda p: p.write_text("mine")),
    "an empty folder": ("thesis", Path.mkdir),
    "a socket": ("s", lambda p: socket.socket(socket.AF_UNIX).bind(str(p))),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_whatever_we_did_not_write_is_kept(name, tmp_path, monkeypatch):
    write_folder(tmp_path / "out", fill("one"))
    path, make = FOREIGN[name]
    monkeypatch.chdir(tmp_path / "out")  # a socket's path is short
    Path(path).parent.mkdir(exist_ok=True)
    make(Path(path))
    message = f"--out {tmp_path / 'out'}: '{path}' was added since it was generated; move it away or give a new folder"
    with pytest.raises(BadInput) as error:
        write_folder(tmp_path / "out", fill("two"))
    assert str(error.value) == message
    assert os.path.lexists(path) and Path("src/a.c").read_text() == "one"


@pytest.mark.parametrize("path", ["src/a.c", "whetgen.json"])
def test_a_file_of_ours_that_became_a_link_or_a_pipe_was_changed(path, tmp_path):
    write_folder(tmp_path / "out", fill("one"))
    manifest = read_manifest(tmp_path / "out")
    (tmp_path / "out" / path).rename(tmp_path / "elsewhere")
    (tmp_path / "out" / path).symlink_to(tmp_path / "elsewhere")
    assert changed_files(tmp_path / "out", manifest) == {path: "was changed"}
    (tmp_path / "out" / path).unlink()
    pipe(tmp_path / "out" / path)
    assert changed_files(tmp_path / "out", manifest) == {path: "was changed"}


def test_byte_code_of_our_own_scripts_goes_with_them(tmp_path):
    def script(folder):
        (folder / "run.py").write_text("import json")
        return dict(MANIFEST)

    write_folder(tmp_path / "out", script)
    (tmp_path / "out" / "__pycache__").mkdir()
    (tmp_path / "out" / "__pycache__" / "run.cpython-312-pytest-8.4.pyc").write_bytes(b"")
    write_folder(tmp_path / "out", script)
    assert names(tmp_path / "out") == ["run.py", "whetgen.json"]


def test_what_is_put_there_while_we_generate_is_kept(tmp_path):
    def slow(folder):
        (tmp_path / "out" / "thesis").write_text("mine")
        return fill("two")(folder)

    write_folder(tmp_path / "out", fill("one"))
    with pytest.raises(BadInput, match=r"'thesis' was added since it was generated"):
        write_folder(tmp_path / "out", slow)
    assert (tmp_path / "out" / "thesis").read_text() == "mine"
    assert (tmp_path / "out" / "src" / "a.c").read_text() == "one"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("mask", "folder", "file"), [(0o022, 0o755, 0o644), (0o077, 0o700, 0o600), (0o002, 0o775, 0o664)]
)
def test_modes_follow_the_umask(mask, folder, file, tmp_path):
    before = os.umask(mask)
    try:
        write_folder(tmp_path / "deep" / "out", fill("one"))
        write_text(tmp_path / "page.html", "one")
    finally:
        os.umask(before)
    made = {path: path.stat().st_mode & 0o777 for path in [*tmp_path.rglob("*")]}
    assert made == {path: folder if path.is_dir() else file for path in made}
    assert len(made) == 6


def test_a_text_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    def full(path, *_, **__):
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(BadInput, match=r"^--out .*r.html: No space left on device; give another place$"):
        write_text(tmp_path / "r.html", "page")
    assert names(tmp_path) == []


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
