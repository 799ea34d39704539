"""The one file of a target stands where ``out`` names it: whole or not at all, and never over somebody's work."""

import os
from pathlib import Path

import numpy as np
import pytest

import whetgen
from whetgen import BadInput, Graph
from whetgen.ir import ELEMENT_TYPES, Output, validate
from whetgen.ir.nodes import Dense, Input
from whetgen.targets.output.lone import folder_for
from whetgen.targets.registry import TARGETS

LONE = ["onnx", "nir"]
EDITED = "was not made by whetgen, or changed since; move it away or give a new name"


def graph(bias: int = 0) -> Graph:
    nodes = (
        Input("in", (2,), ELEMENT_TYPES["uint4"]),
        Dense("sums", "in", np.array([[1, -1, 2], [-1, 1, 2]]), np.full(3, bias)),
    )
    return validate(Graph(nodes, (Output("sums", "sums", "accumulators"),)))


@pytest.mark.parametrize("target", LONE)
def test_the_file_is_that_of_the_folder_and_nothing_else_is_left(target, tmp_path):
    made = whetgen.generate(graph(), target, tmp_path / f"deep/net.{target}")
    whole = whetgen.generate(graph(), target, tmp_path / "folder")
    assert [p.name for p in (tmp_path / "deep").iterdir()] == [f"net.{target}"]
    inner = f"network.{target}"
    assert made.folder.read_bytes() == (whole.folder / inner).read_bytes()
    assert made.manifest["files"] == {f"net.{target}": whole.manifest["files"][inner]}


@pytest.mark.parametrize("target", LONE)
def test_our_own_file_is_replaced_and_an_edited_one_stays(target, tmp_path):
    out = tmp_path / f"net.{target}"
    first = whetgen.generate(graph(), target, out).folder.read_bytes()
    second = whetgen.generate(graph(bias=1), target, out).folder.read_bytes()
    assert first != second
    edited = bytearray(second)
    edited[-1] ^= 1
    out.write_bytes(edited)
    with pytest.raises(BadInput) as refused:
        whetgen.generate(graph(), target, out)
    assert str(refused.value) == f"--out {out}: {EDITED}"
    assert out.read_bytes() == edited


def somebodys_file(out: Path) -> None:
    out.write_bytes(b"mine")


def a_pipe(out: Path) -> None:
    os.mkfifo(out)


def a_link_to_a_file(out: Path) -> None:
    out.with_name("thesis").write_bytes(b"mine")
    out.symlink_to(out.with_name("thesis"))


def a_folder(out: Path) -> None:
    out.mkdir()


TAKEN = {
    somebodys_file: EDITED,
    a_pipe: EDITED,
    a_link_to_a_file: EDITED,
    a_folder: "is a folder; name a file, or a folder without .onnx at its end",
}


@pytest.mark.parametrize("made", TAKEN)
def test_a_place_that_is_taken_is_refused(made, tmp_path):
    made(tmp_path / "net.onnx")
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(BadInput) as refused:
        whetgen.generate(graph(), "onnx", tmp_path / "net.onnx")
    assert str(refused.value) == f"--out {tmp_path / 'net.onnx'}: {TAKEN[made]}"
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_file_that_appears_meanwhile_stays(tmp_path):
    out = tmp_path / "net.onnx"
    with pytest.raises(BadInput, match=EDITED), folder_for(out, TARGETS["onnx"], "network") as folder:
        whetgen.generate(graph(), "onnx", folder)
        out.write_bytes(b"mine")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"mine"]


def test_a_failure_leaves_the_old_file(tmp_path):
    old = whetgen.generate(graph(), "onnx", tmp_path / "net.onnx").folder.read_bytes()
    with pytest.raises(RuntimeError), folder_for(tmp_path / "net.onnx", TARGETS["onnx"], "network"):
        raise RuntimeError
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [old]


@pytest.mark.parametrize(("target", "out"), [("onnx", "build"), ("c", "net.onnx"), ("nir", "net.onnx")])
def test_any_other_name_is_a_folder(target, out, tmp_path):
    assert (whetgen.generate(graph(), target, tmp_path / out).folder / "whetgen.json").is_file()
