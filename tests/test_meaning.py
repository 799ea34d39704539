"""The command line says what codes and results mean, and what is odd about data."""

import json
import re

import numpy as np
import pytest
from keras import layers as L
from tests.app.command import run
from tests.frontends.keras.models import fire, sequential

NETWORKS = {
    "rows": lambda: sequential((6,), L.Dense(5), fire(), L.Dense(3, name="values")),
    "one": lambda: sequential((6,), L.Dense(5), fire(), L.Dense(1, activation="sigmoid", name="answer")),
    "scaled": lambda: sequential((6,), L.Rescaling(1 / 127.5, -1), L.Dense(1), fire()),
}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A file of each network, and frames with labels for them."""
    place = tmp_path_factory.mktemp("models")
    for name, build in NETWORKS.items():
        build().save(place / f"{name}.keras")
    codes = np.random.default_rng(0).integers(0, 256, (60, 6))
    np.savez(place / "data.npz", x=codes, y=np.arange(60) % 2)
    np.savez(place / "dark.npz", x=codes // 16, y=np.arange(60) % 2)
    return place


def generated(models, name, tmp_path, capsys, *more):
    """(stdout, stderr, manifest) of a generation of C."""
    code, out, err = run(capsys, models / f"{name}.keras", "--target", "c", "--out", tmp_path / "c", *more)
    assert code == 0, err
    return out, err, json.loads((tmp_path / "c" / "whetgen.json").read_text())


MEANT = "input: code q, uint8 0..255, means q / {}\n"


@pytest.mark.parametrize("scale, more", [(255, ()), (16, ("--input-scale", 16))])
def test_generation_says_what_a_code_means(scale, more, models, tmp_path, capsys):
    out, err, manifest = generated(models, "one", tmp_path, capsys, *more)
    assert MEANT.format(scale) in out and err == "" and manifest["warnings"] == []
    assert f" * A code q, uint8 0..255, means q / {scale}.\n" in (tmp_path / "c" / "include" / "one.h").read_text()


def test_a_linear_row_is_a_classifier_and_generation_says_so(models, tmp_path, capsys):
    out, _, manifest = generated(models, "rows", tmp_path, capsys)
    told = "'values': 3 accumulators; the class is the index of the largest, the lowest of equals"
    assert f"output {told} (numbers, not classes? --output accumulators)\n" in out
    assert manifest["output"]["heads"][0]["classes"] == 3
    assert "int rows_predict(" in (tmp_path / "c" / "include" / "rows.h").read_text()


def test_accumulators_are_numbers_in_c_too(models, tmp_path, capsys):
    out, err, manifest = generated(
        models, "rows", tmp_path, capsys, "--output", "accumulators", "--calibration", models / "data.npz"
    )
    assert "output 'values': 3 accumulators; n means n / 8\n" in out and "classifier" not in out
    assert "predict" not in (tmp_path / "c" / "include" / "rows.h").read_text()
    (unused,) = manifest["warnings"]
    assert "the labels are not used: this network tells no class" in unused and f"whetgen: warning: {unused}\n" == err


def test_c_has_no_kind_of_output_that_the_network_has_not(models, tmp_path, capsys):
    code, _, err = run(capsys, models / "one.keras", "--target", "c", "--out", tmp_path / "c", "--output", "spikes")
    told = "--output spikes: not possible for this network; choose one of class, scores, accumulators"
    assert (code, err) == (2, f"whetgen: {told}\n") and not (tmp_path / "c").exists()


def test_labels_of_one_neuron_give_an_accuracy(models, tmp_path, capsys):
    generated(models, "one", tmp_path, capsys)
    code, out, _ = run(capsys, "verify", tmp_path / "c", "--data", models / "data.npz", "--json")
    facts = json.loads(out)
    assert code == 0 and facts["mismatches"] == 0 and 0 < facts["accuracy"] < 1


def test_codes_that_stay_low_are_told_and_do_not_fail(models, tmp_path, capsys):
    _, err, manifest = generated(models, "one", tmp_path, capsys, "--calibration", models / "dark.npz", "--quiet")
    told = "the data's codes reach from 0 to 15 only, uint8 from 0 to 255; were these the codes of the training?"
    assert manifest["warnings"][0].startswith(told) and f"whetgen: warning: {told}" in err
    code, out, err = run(capsys, "verify", tmp_path / "c", "--data", models / "dark.npz", "--json")
    facts = json.loads(out)
    assert code == 0 and facts["passed"] and facts["warnings"][0].startswith(told) and told in err
    assert any("is that of chance" in line for line in facts["warnings"])


def test_with_the_scale_of_the_training_nothing_is_told_of_low_codes(models, tmp_path, capsys):
    more = ("--calibration", models / "dark.npz", "--input-scale", 15)
    assert not any("codes reach" in w for w in generated(models, "one", tmp_path, capsys, *more)[2]["warnings"])


def test_a_rescaling_layer_needs_no_scale_and_says_that_a_given_one_is_not_used(models, tmp_path, capsys):
    out, err, manifest = generated(models, "scaled", tmp_path, capsys)
    assert "input: code q, uint8 0..255, means q\n" in out and err == "" and manifest["warnings"] == []
    told = r"whetgen: warning: --input-scale 255 is not used: layer 'rescaling\w*' \(Rescaling\) takes the codes as they are; .*\n"
    for command in (("inspect",), ("report", "--out", tmp_path / "r.html")):
        err = run(capsys, command[0], models / "scaled.keras", *command[1:], "--input-scale", 255, "--quiet")[2]
        assert re.fullmatch(told, err)
    assert "Input: code q, uint8 0..255, means q." in (tmp_path / "r.html").read_text()
