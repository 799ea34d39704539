"""The command line: exit codes, one clear line for bad input, JSON for scripts."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from keras import layers as L
from tests.trace.models import fire, key, sequential

from whetgen.cli import main
from whetgen.sharpen import SoftmaxDecode, SpikingBReLU

MODELS = Path(__file__).parents[1] / "models"


def run(capsys, *arguments):
    """(exit code, stdout, stderr) of one call."""
    with pytest.raises(SystemExit) as stopped:
        main([str(a) for a in arguments])
    out = capsys.readouterr()
    return stopped.value.code or 0, out.out, out.err


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny-net.keras"
    sequential((6, 5, 1), L.Conv2D(3, 3), fire(), L.Flatten(), L.Dense(6), fire(), SoftmaxDecode(key(3, 6))).save(path)
    return path


@pytest.fixture
def folder(model, tmp_path, capsys):
    assert run(capsys, model, "--target", "c", "--out", tmp_path / "c", "--quiet") == (0, "", "")
    return tmp_path / "c"


def test_generate_writes_the_contract(folder):
    manifest = json.loads((folder / "whetgen.json").read_text())
    wanted = {
        "schema",
        "target",
        "name",
        "input",
        "output",
        "latency_cycles",
        "initiation_interval_cycles",
        "resources",
        "graph_sha256",
        "files",
    }
    assert wanted <= set(manifest)
    assert (manifest["target"], manifest["name"]) == ("c", "tiny_net")
    for path in ("model.json", "model.npz", "include/tiny_net.h", "src/tiny_net.c"):
        assert path in manifest["files"] and (folder / path).is_file()


def test_options_may_come_first_and_json_is_one_object(model, tmp_path, capsys):
    code, out, _ = run(capsys, "--target", "c", model, "--out", tmp_path / "c", "--name", "other", "--json")
    assert code == 0 and json.loads(out)["name"] == "other"


def test_the_same_model_gives_the_same_bytes(model, folder, tmp_path, capsys):
    run(capsys, "generate", model, "--target", "c", "--out", tmp_path / "again", "--quiet")
    for path in json.loads((folder / "whetgen.json").read_text())["files"]:
        assert (folder / path).read_bytes() == (tmp_path / "again" / path).read_bytes(), path
    assert (folder / "whetgen.json").read_bytes() == (tmp_path / "again" / "whetgen.json").read_bytes()


def test_verify_counts_vectors_and_mismatches(folder, capsys):
    code, out, _ = run(capsys, "verify", folder, "--count", 40, "--json")
    facts = json.loads(out)
    assert code == 0 and facts["vectors"] == 40 and facts["mismatches"] == 0 and facts["passed"]


def test_verify_measures_accuracy_on_labelled_data(folder, tmp_path, capsys):
    np.savez(tmp_path / "x.npz", x=np.random.default_rng(0).integers(0, 256, (30, 6, 5)), y=np.zeros(30, int))
    code, out, _ = run(capsys, "verify", folder, "--data", tmp_path / "x.npz", "--json")
    assert code == 0 and 0 <= json.loads(out)["accuracy"] <= 1 and json.loads(out)["vectors"] == 30


def test_verify_fails_when_a_weight_was_flipped(folder, capsys):
    source = folder / "src" / "tiny_net.c"
    text = source.read_text()
    table = text.index("] = {", text.rindex("/* ---- ", 0, text.index("/* ---- inference")))
    number = re.search(r"\w+(?=,)", text[table:])  # the first weight of the last layer
    end = table + number.end()
    source.write_text(f"{text[: end - 1]}{(int(text[end - 1], 16) + 3) % 10}{text[end:]}")
    code, out, _ = run(capsys, "verify", folder, "--json")
    facts = json.loads(out)
    assert code == 1 and not facts["passed"] and facts["mismatches"] > 0
    assert any("tiny_net.c was changed" in failure for failure in facts["failures"])


@pytest.mark.parametrize("what", ["model", "folder"])
def test_inspect_reads_models_and_folders(model, folder, what, capsys):
    code, out, _ = run(capsys, "inspect", model if what == "model" else folder, "--json")
    facts = json.loads(out)
    assert code == 0 and [row["kind"] for row in facts["layers"]][:3] == ["Input", "Conv", "Threshold"]
    assert facts["totals"]["synapses"] > 0 and set(facts["resources"]) == {"verilog", "c"}
    assert "fan-in" in run(capsys, "inspect", folder)[1]


def test_weight_bits_narrows_and_says_so(tmp_path, capsys):
    net = sequential((12,), L.Dense(8), fire(), L.Dense(6), fire(), SoftmaxDecode(key(3, 6)))
    net.save(tmp_path / "n.keras")
    np.savez(tmp_path / "x.npz", x=np.random.default_rng(0).integers(0, 256, (200, 12)))
    code, out, _ = run(
        capsys,
        tmp_path / "n.keras",
        "--target",
        "c",
        "--out",
        tmp_path / "c",
        "--weight-bits",
        3,
        "--calibration",
        tmp_path / "x.npz",
        "--verify",
        "--json",
    )
    facts = json.loads(out)
    assert code == 0 and facts["verify"]["mismatches"] == 0
    assert [row["bits_after"] for row in facts["narrowing"]["layers"]] == [3, 3]


def soft(tmp_path):
    path = tmp_path / "soft.keras"
    sequential((4,), L.Dense(3), SpikingBReLU(sharpness=0.5, name="hidden")).save(path)
    return path


def corrupt(tmp_path):
    (tmp_path / "corrupt.keras").write_bytes(b"no zip")
    return tmp_path / "corrupt.keras"


def data(tmp_path):
    np.savez(tmp_path / "d.npz", x=np.zeros((3, 7), int))
    return tmp_path / "d.npz"


BAD = {
    "missing model": (
        lambda m, t: ["nowhere.keras", "--target", "c"],
        "nowhere.keras: no such file; give a .keras model",
    ),
    "corrupt model": (lambda m, t: [corrupt(t), "--target", "c"], "corrupt.keras: Keras cannot load this model"),
    "other file": (lambda m, t: [__file__, "--target", "c"], "not a .keras file; save the model with model.save"),
    "soft": (
        lambda m, t: [soft(t), "--target", "c"],
        "layer 'hidden' (SpikingBReLU) has sharpness 0.5; train on until it is exactly 1.0",
    ),
    "target": (lambda m, t: [m, "--target", "vhdl"], "--target vhdl: choose one of"),
    "C keyword": (
        lambda m, t: [m, "--target", "c", "--name", "while"],
        "--name 'while' is a keyword of C, C++ or Verilog",
    ),
    "Verilog keyword": (
        lambda m, t: [m, "--target", "c", "--name", "endmodule"],
        "--name 'endmodule' is a keyword of C, C++ or Verilog",
    ),
    "path as name": (lambda m, t: [m, "--target", "c", "--name", "../net"], "--name '../net' is not an identifier"),
    "input type": (
        lambda m, t: [m, "--target", "c", "--input-type", "float"],
        "--input-type float: choose one of uint8",
    ),
    "input scale": (
        lambda m, t: [m, "--target", "c", "--input-scale", "0"],
        "--input-scale 0.0: must be a number above 0",
    ),
    "weight bits": (
        lambda m, t: [m, "--target", "c", "--weight-bits", "few"],
        "--weight-bits few: choose exact, auto or a number of bits",
    ),
    "no calibration": (
        lambda m, t: [m, "--target", "c", "--weight-bits", "auto"],
        "--weight-bits auto: narrowing is measured on data; give --calibration",
    ),
    "calibration shape": (
        lambda m, t: [m, "--target", "c", "--calibration", data(t)],
        "d.npz: frames have shape (7,), the network takes (6, 5, 1)",
    ),
    "bus of C": (
        lambda m, t: [m, "--target", "c", "--bus-bits", "32"],
        "--bus-bits, --architecture and --output are options of --target verilog",
    ),
    "bus bits": (lambda m, t: [m, "--target", "verilog", "--bus-bits", "12"], "--bus-bits 12"),
    "architecture": (lambda m, t: [m, "--target", "verilog", "--architecture", "magic"], "--architecture magic"),
    "output": (lambda m, t: [m, "--target", "verilog", "--output", "spikes"], "--output spikes"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_line_exit_2_and_nothing_written(name, model, tmp_path, capsys):
    arguments, message = BAD[name]
    code, out, err = run(capsys, *arguments(model, tmp_path), "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert message in err and err.startswith("whetgen: ") and err.count("\n") == 1
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".out*"))


def test_a_folder_that_is_not_ours_is_refused_before_keras_loads(model, tmp_path, capsys):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter").write_text("mine")
    code, _, err = run(capsys, model, "--target", "c", "--out", tmp_path / "home")
    assert code == 2 and "is not empty and was not made by whetgen" in err
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["letter"]


def test_verify_refuses_what_is_no_folder_of_ours(tmp_path, capsys):
    code, _, err = run(capsys, "verify", tmp_path)
    assert code == 2 and "holds no whetgen.json" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nonsense", "--out", "a.keras"], "nonsense"), (["digits-mlp", "--out", "a.txt"], "ends in .keras")],
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


def test_usage_errors_exit_with_2(capsys):
    assert run(capsys, "model.keras", "--target")[0] == 2
    assert run(capsys, "verify", "--frobnicate")[0] == 2
