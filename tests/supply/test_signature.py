"""A folder signed with a key of minisign, and what no longer fits the signature."""

import subprocess

import numpy as np
import pytest
from tests.app.command import run

from whetgen import Options, generate
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Input, Threshold


@pytest.fixture(name="folder")
def generated(tmp_path):
    nodes = (Input("in", (4,), ELEMENT_TYPES["uint8"]), Threshold("fire", "in", np.array([3, 4, 5, 6])))
    generate(validate(Graph(nodes, (Output("o", "fire", "spikes"),))), "c", tmp_path / "c", Options("net"))
    return tmp_path / "c"


def make_keys(place, name):
    command = ["minisign", "-G", "-W", "-p", place / f"{name}.pub", "-s", place / f"{name}.key"]
    subprocess.run(command, check=True, capture_output=True)
    return place / f"{name}.pub", place / f"{name}.key"


@pytest.mark.slow
def test_a_signed_folder_verifies_with_its_key_alone_and_until_it_is_changed(folder, tmp_path, capsys):
    public, secret = make_keys(tmp_path, "mine")
    stranger, _ = make_keys(tmp_path, "other")
    check = ("verify", folder, "--count", 2, "--quiet", "--signature")
    unsigned = "whetgen: FAILED: whetgen.json is not signed: there is no whetgen.json.minisig\n"
    assert run(capsys, *check, public) == (1, "", unsigned)
    assert run(capsys, "sign", folder, "--key", secret)[0] == 0
    assert run(capsys, *check, public) == (0, "", "")
    code, _, told = run(capsys, *check, stranger)
    assert code == 1 and told.startswith("whetgen: FAILED: whetgen.json is not what the owner of other.pub signed (")
    (folder / "whetgen.json").write_text((folder / "whetgen.json").read_text() + "\n")
    code, _, told = run(capsys, *check, public)
    assert code == 1 and told.startswith("whetgen: FAILED: whetgen.json is not what the owner of mine.pub signed (")


def test_an_edited_folder_is_not_signed(folder, tmp_path, capsys):
    (folder / "src" / "net.c").write_text("")
    told = f"whetgen: {folder}: 'src/net.c' was changed since it was generated; generate it again before you sign it\n"
    assert run(capsys, "sign", folder, "--key", tmp_path / "none") == (2, "", told)
