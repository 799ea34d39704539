"""``whetgen examples``: everything that comes along is listed, and what it says to type is right."""

import json
import shlex
from pathlib import Path

import pytest
from tests.app.command import run

from whetgen.app.examples import all_examples
from whetgen.app.train import RECIPES

ROOT = Path(__file__).parents[2]


def named(kind):
    return {example.name for example in all_examples() if example.kind == kind}


def test_every_model_recipe_and_script_is_listed():
    assert named("model") == {path.stem for path in (ROOT / "models").glob("*.keras")}
    assert named("recipe") == set(RECIPES)
    assert {"demo.py", "from_pytorch.py", "from_brevitas.py"} <= named("script")


def test_one_is_told_with_its_command(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert run(capsys, "examples", "digits-mlp") == (
        0,
        "model digits-mlp: 8x8 digits, dense\n  whetgen models/digits-mlp.keras --target verilog --architecture folded "
        "--input-scale 16 --out build/digits-mlp\nrecipe digits-mlp\n  whetgen train digits-mlp --out digits-mlp.keras\n",
        "",
    )


def test_the_list_says_how_to_go_on(capsys):
    code, out, err = run(capsys, "examples")
    assert (code, err) == (0, "") and out.endswith("whetgen examples NAME: what to type\n")


def test_as_json(capsys):
    facts = json.loads(run(capsys, "examples", "from_pytorch.py", "--json")[1])["examples"]
    assert [(e["kind"], e["command"]) for e in facts] == [("script", "python examples/from_pytorch.py OUT")]


@pytest.mark.parametrize("name", ["digits-mlp", "mnist-cnn-small"])
def test_the_command_of_a_model_runs(name, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (command,) = (e.command for e in all_examples() if e.name == name and e.kind == "model")
    code, out, err = run(capsys, *shlex.split(command)[1:])
    assert (code, err) == (0, "") and out.startswith(f"wrote build/{name} (")
