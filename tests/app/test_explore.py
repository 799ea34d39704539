"""``whetgen explore``: a table, a page, a plot, and commands that make each network of the front again."""

import json
import re
import shlex

import numpy as np
import pytest
from tests.app.command import run

import whetgen


@pytest.fixture
def data(model, tmp_path):
    graph = whetgen.trace(whetgen.load_model(model))
    codes = np.random.default_rng(0).integers(0, 256, (40, *graph.input.shape))
    np.savez(tmp_path / "data.npz", x=codes, y=graph.predict(codes))
    return tmp_path / "data.npz"


@pytest.mark.slow
def test_the_commands_of_the_front_make_its_networks(model, data, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    asked = (model, "--against", "luts", "--data", data, "--out", out, "--trials", 4, "--workers", 1)
    code, text, err = run(capsys, "explore", *asked, "--json")
    facts = json.loads(text)
    assert (code, err) == (0, "") and len(facts["tried"]) + sum(facts["refused"].values()) == 4
    assert json.loads((out / "explore.json").read_text()) == facts
    assert "<style>" in (out / "front.svg").read_text() and "What to type" in (out / "report.html").read_text()
    plotted = [int(words) for words in re.findall(r'class="small"[^>]*>(\d+)</text>', (out / "front.svg").read_text())]
    assert {best["number"] for best in facts["front"]} <= set(plotted)
    monkeypatch.chdir(tmp_path)
    for best in facts["front"]:
        code, text, err = run(capsys, *shlex.split(best["command"])[1:], "--json")
        assert (code, json.loads(text)["resources"]["luts_estimated"]) == (0, best["cost"]), err


@pytest.mark.slow
def test_commands_with_one_storage_share_a_study_and_a_scheduler_has_the_work_done(
    model, data, tmp_path, capsys, monkeypatch
):
    distributed = pytest.importorskip("distributed")
    shared = (model, "--against", "flash", "--data", data, "--storage", f"sqlite:///{tmp_path / 'shared.db'}", "--json")
    with distributed.LocalCluster(1, processes=False, dashboard_address=None, silence_logs=50) as cluster:
        asked = (*shared, "--trials", 2, "--scheduler", cluster.scheduler_address)
        first, second = (json.loads(run(capsys, "explore", *asked, "--out", tmp_path / out)[1]) for out in "ab")
    counts = [len(found["tried"]) + sum(found["refused"].values()) for found in (first, second)]
    assert counts == [2, 4] and second["tried"][: len(first["tried"])] == first["tried"]
    monkeypatch.setattr(whetgen, "__version__", "0.0.9", raising=False)
    code, _, err = run(capsys, "explore", *shared, "--trials", 2, "--out", tmp_path / "a")
    assert code == 2 and err.endswith(" was made with another version of whetgen; give another --storage\n")


@pytest.mark.long
def test_a_recipe_is_trained_anew_and_its_models_stay(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, text, err = run(
        capsys, "explore", "digits-mlp", "--quick", "--against", "cycles", "--out", "out", "--trials", 1, "--json"
    )
    facts = json.loads(text)
    assert (code, err) == (0, "")
    (best,) = facts["front"]
    code, text, err = run(capsys, *shlex.split(best["command"])[1:], "--json")
    assert (code, json.loads(text)["initiation_interval_cycles"]) == (0, best["cost"]), err


REFUSED = {
    "no limit": (["m.keras", "--against", "luts"], "say how long: --minutes M, or --trials N"),
    "no such cost": (
        ["digits-mlp", "--against", "lut", "--trials", 1],
        "--against lut: did you mean luts? choose one of luts, cycles, flash, instructions",
    ),
    "no data": (
        ["{m}", "--against", "luts", "--trials", 1],
        "--data is missing: X.npz with codes x and labels y, which the networks are judged by",
    ),
    "data of a recipe": (
        ["digits-mlp", "--against", "luts", "--trials", 1, "--data", "x.npz"],
        "--data: a recipe brings its own; leave it out",
    ),
    "an option of another target": (
        ["digits-mlp", "--against", "luts", "--trials", 1, "--mcu", "avr"],
        "--mcu: --target verilog has no such option; leave it out",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_explored_is_one_line_before_anything_loads(name, model, tmp_path, capsys, no_keras):
    arguments, message = REFUSED[name]
    asked = [str(a).format(m=model) for a in arguments]
    assert run(capsys, "explore", *asked, "--out", tmp_path / "out") == (2, "", f"whetgen: {message}\n")
    assert not (tmp_path / "out").exists()


def test_a_name_that_is_neither_is_answered_with_the_nearest_recipe(tmp_path, capsys):
    code, _, err = run(capsys, "explore", "digit-mlp", "--against", "luts", "--trials", 1, "--out", tmp_path / "o")
    assert code == 2 and err.startswith(
        "whetgen: no such file, and recipe digit-mlp: did you mean digits-mlp? choose one of digits-mlp, "
    )
