"""whetgen train: recipes, files, and what is told of an epoch."""

import json

import pytest
from tests.app.command import run

from whetgen.app.train import RECIPES, _epoch_line


def test_the_recipes_that_are_told_are_those_that_there_are():
    from whetgen.sharpen import recipes

    assert tuple(recipes.RECIPES) == RECIPES


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense", "--out", "a.keras"], "nonsense"),
        (["digits-mlp", "--out", "a.txt"], "ends in .keras"),
        (["digits-mlp", "--out", "deep/er/a.keras"], "--out deep/er/a.keras: deep/er is no folder that can be written"),
        (["digits-mlp"], "--out is missing; give a file name that ends in .keras"),
        (["digits-mlp", "--out", "a.keras", "--resume"], "nothing to resume: a.checkpoint.npz does not exist"),
        (["digits-mlp", "--out", "a.keras", "--weight-bits", "17"], "weights can have 1 to 16 bits, not 17"),
        (["cartpole-dqn", "--out", "a.keras", "--epochs", "3"], "recipe cartpole-dqn has no epochs; it has batch"),
        (["digits-mlp", "--search", "0"], "a search takes at least 1 trial, not 0"),
    ],
)
def test_train_refuses_unknown_recipes_and_odd_files(arguments, message, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "train", *arguments)
    assert code == 2 and message in err and not list(tmp_path.iterdir())


@pytest.mark.slow
def test_train_quick_makes_a_model_that_generates(tmp_path, capsys):
    code, out, _ = run(capsys, "train", "digits-mlp", "--out", tmp_path / "d.keras", "--quick", "--json")
    assert code == 0 and set(json.loads(out)["sharpness"]) == {1.0}
    assert (
        run(capsys, tmp_path / "d.keras", "--target", "c", "--out", tmp_path / "c", "--input-scale", 16, "--quiet")[0]
        == 0
    )


def test_an_epoch_is_shown_on_one_line():
    row = {"epoch": 5, "epochs": 40, "loss": 0.5632, "soft": 0.971, "hard": 0.968}
    row |= {"a/sharpness": 1.0, "a/rate": 0.25, "a/dead": 0, "b/sharpness": 0.5, "b/rate": 0.5, "b/dead": 3}
    assert _epoch_line("mnist-mlp", row) == (
        "train mnist-mlp: epoch 5/40 loss 0.5632 soft 97.10% hard 96.80% sharpness 1 0.5 rate 0.25 0.5 dead 0 3"
    )
    assert _epoch_line("cartpole-dqn", {"epoch": 1, "epochs": 9, "hard": 475.0}).endswith("epoch 1/9 hard 475.0")


@pytest.mark.slow
def test_train_leaves_a_log_and_a_plot_beside_the_model(tmp_path, capsys):
    arguments = ["--out", tmp_path / "d.keras", "--quick", "--weight-bits", 2, "--synapses", 0.5]
    code, out, err = run(capsys, "train", "digits-mlp", *arguments, "--tensorboard", tmp_path / "board")
    assert code == 0 and "accuracy" in out and "fully sharp" in out
    first, *epochs = err.splitlines()  # no terminal: a plain line each
    assert first == "train digits-mlp" and len(epochs) == len((tmp_path / "d.csv").read_text().splitlines()) - 1
    assert all(line.startswith(f"train digits-mlp: epoch {k}/") for k, line in enumerate(epochs, 1))
    assert {path.name for path in tmp_path.iterdir()} == {"d.keras", "d.csv", "d.png", "board"}
    assert (tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_search_prints_the_best_settings(tmp_path, capsys):
    storage = f"sqlite:///{tmp_path / 'study.db'}"
    arguments = ["--search", 1, "--storage", storage, "--quick", "--json"]
    code, out, _ = run(capsys, "train", "digits-mlp", *arguments)
    found = json.loads(out)
    assert code == 0 and found["trials"] == 1 and "learning_rate" in found["settings"]
