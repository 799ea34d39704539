"""whetgen generate: the contract of its folders, one clear line for bad input, nothing written by then."""

import json

import numpy as np
import pytest
from keras import layers as L
from tests.app.command import run
from tests.frontends.keras.models import fire, key, sequential

from whetgen.sharpen import SoftmaxDecode, SpikingBReLU
from whetgen.verification.rounding import FloatCheck


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


def test_a_folding_and_a_pace_are_taken(model, tmp_path, capsys):
    arguments = [
        "--fold",
        "conv=3x1",
        "--target-fps",
        "500000",
        "--clock-mhz",
        "100",
        "--out",
        tmp_path / "v",
        "--json",
    ]
    code, out, _ = run(capsys, model, "--target", "verilog", *arguments)
    facts = json.loads(out)
    assert code == 0 and facts["architecture"] == "folded" and facts["initiation_interval_cycles"] <= 200
    assert facts["cycles"][0] == {"layer": "conv", "cycles": 4 * 3 * 9, "pe": 3, "simd": 1}


def test_class_names_come_from_a_file(model, tmp_path, capsys):
    (tmp_path / "names.txt").write_text("cat\ndog\n a bird \n")
    arguments = model, "--target", "c", "--out", tmp_path / "c", "--classes"
    assert run(capsys, *arguments, tmp_path / "names.txt", "--quiet") == (0, "", "")
    assert '"a bird",' in (tmp_path / "c" / "src" / "tiny_net.c").read_text()
    code, _, err = run(capsys, *arguments, tmp_path / "none.txt")
    reason = "No such file or directory; give a file with a name for each class, one a line"
    assert (code, err) == (2, f"whetgen: --classes {tmp_path}/none.txt: {reason}\n")


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


def test_weight_bits_through_an_average_pool_prints_what_it_kept(tmp_path, capsys):
    layers = L.Conv2D(4, 3), L.AveragePooling2D(2), L.BatchNormalization(), fire(), L.Flatten(), L.Dense(3)
    sequential((6, 6, 1), *layers, L.Softmax()).save(tmp_path / "n.keras")
    np.savez(tmp_path / "x.npz", x=np.random.default_rng(0).integers(0, 256, (200, 6, 6)))
    narrowing = "--weight-bits", 4, "--calibration", tmp_path / "x.npz"
    code, out, _ = run(capsys, tmp_path / "n.keras", "--target", "c", "--out", tmp_path / "c", *narrowing)
    agreement = json.loads((tmp_path / "c" / "whetgen.json").read_text())["narrowing"]["agreement"]
    assert code == 0 and agreement > 0.8
    assert f"narrow weights: {agreement:.2%} of the calibration frames give the same result" in out


def test_a_sum_too_wide_for_the_targets_is_refused_until_it_is_narrow(tmp_path, capsys):
    net = sequential((8,), L.Dense(4), fire(), L.Dense(2))
    net.layers[-1].set_weights([np.array([[1e-12, 1.0]] * 4, "f4"), np.array([0.3, 0.7], "f4")])
    net.save(tmp_path / "n.keras")
    np.savez(tmp_path / "x.npz", x=np.random.default_rng(0).integers(0, 256, (50, 8)))
    arguments = tmp_path / "n.keras", "--target", "c", "--out", tmp_path / "c"
    code, _, err = run(capsys, *arguments)
    assert code == 2 and "bits to be exact, at most 64 are possible" in err and err.count("\n") == 1
    assert run(capsys, *arguments, "--weight-bits", 8, "--calibration", tmp_path / "x.npz", "--verify")[0] == 0


def test_results_that_no_rounding_explains_write_nothing(model, tmp_path, capsys, monkeypatch):
    wrong = FloatCheck(
        inputs=256,
        spikes_compared=9,
        values_compared=0,
        spikes_rounded=9,
        frames_rounded=1,
        classes_rounded=0,
        outside_bound=7,
    )
    monkeypatch.setattr("whetgen.reading.compare_with_floats", lambda *_: wrong)
    arguments = model, "--target", "c", "--out", tmp_path / "c"
    code, out, err = run(capsys, *arguments, "--quiet")
    assert (code, out) == (1, "") and err.startswith(
        "whetgen: 7 results of 256 inputs differ from those of Keras beyond"
    )
    assert err.count("\n") == 1 and not (tmp_path / "c").exists()
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 1 and json.loads(out)["keras_check"]["outside_bound"] == 7


def soft(tmp_path):
    path = tmp_path / "soft.keras"
    sequential((4,), L.Dense(3), SpikingBReLU(sharpness=0.5, name="hidden")).save(path)
    return path


def corrupt(tmp_path):
    (tmp_path / "corrupt.keras").write_bytes(b"no zip")
    return tmp_path / "corrupt.keras"


def truncated(model, tmp_path):
    (tmp_path / "short.keras").write_bytes(model.read_bytes()[:-200])
    return tmp_path / "short.keras"


def data(tmp_path):
    np.savez(tmp_path / "d.npz", x=np.zeros((3, 7), int))
    return tmp_path / "d.npz"


BAD = {
    "missing model": (
        lambda m, t: ["nowhere.keras", "--target", "c"],
        "nowhere.keras: no such file; give a .keras, .onnx or .nir file",
    ),
    "corrupt model": (lambda m, t: [corrupt(t), "--target", "c"], "corrupt.keras: Keras cannot load this model"),
    "other file": (lambda m, t: [__file__, "--target", "c"], "not a model that whetgen reads; give a .keras"),
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
        "--bus-bits: --target c has no such option; leave it out",
    ),
    "architecture of HLS": (
        lambda m, t: [m, "--target", "hls", "--architecture", "folded"],
        "--architecture: --target hls has no such option; leave it out",
    ),
    "HLS tool of Verilog": (
        lambda m, t: [m, "--target", "verilog", "--hls-tool", "vitis"],
        "--hls-tool: --target verilog has no such option; leave it out",
    ),
    "folding of C": (lambda m, t: [m, "--target", "c", "--fold", "a=1x1"], "--fold: --target c has no such option"),
    "folding text": (
        lambda m, t: [m, "--target", "verilog", "--fold", "conv=4"],
        "--fold conv=4: write LAYER=PExSIMD, for example dense=4x8",
    ),
    "folding of no layer": (
        lambda m, t: [m, "--target", "hls", "--fold", "nowhere=1x1"],
        "--fold nowhere: there is no such layer; layers are conv, ",
    ),
    "folding that is not legal": (
        lambda m, t: [m, "--target", "verilog", "--fold", "conv=77x1"],
        "--fold conv=77x1: not possible; the nearest legal ones are 3x1, 1x1, 3x3, 3x9 (whetgen inspect MODEL --foldings lists all 12)",
    ),
    "folding unrolled": (
        lambda m, t: [m, "--target", "verilog", "--architecture", "unrolled", "--fold", "conv=1x1"],
        "--fold, --max-luts, --reuse: an unrolled network has no folding; choose --architecture folded",
    ),
    "no levels a stage": (
        lambda m, t: [m, "--target", "verilog", "--levels-per-stage", "0"],
        "--levels-per-stage 0: must be 1 or more",
    ),
    "levels of a folded network": (
        lambda m, t: [m, "--target", "verilog", "--architecture", "folded", "--levels-per-stage", "2"],
        "--levels-per-stage: a folded network has no such stages; leave it out",
    ),
    "more frames than cycles": (
        lambda m, t: [m, "--target", "verilog", "--architecture", "folded", "--target-fps", "1e8"],
        "cycles a frame at least, 1 are left; lower --target-fps or raise --clock-mhz",
    ),
    "more frames than the bus brings": (
        lambda m, t: [m, "--target", "verilog", "--bus-bits", "8", "--target-fps", "1e7"],
        "--target-fps: the network with its streams takes 30 cycles a frame at least, 10 are left; widen --bus-bits",
    ),
    "a clock that the board does not have": (
        lambda m, t: [m, "--target", "verilog", "--board", "ulx3s-25f", "--clock-mhz", "50"],
        "--clock-mhz 50: --board ulx3s-25f runs at 25 MHz; leave it out",
    ),
    "no frames": (lambda m, t: [m, "--target", "hls", "--target-fps", "0"], "--target-fps 0: must be a number above 0"),
    "HLS tool": (
        lambda m, t: [m, "--target", "hls", "--hls-tool", "bambu"],
        "--hls-tool bambu: choose one of vitis, catapult",
    ),
    "tolerance nan": (lambda m, t: [m, "--target", "c", "--tolerance", "nan"], "--tolerance nan: must be a share"),
    "tolerance inf": (lambda m, t: [m, "--target", "c", "--tolerance", "inf"], "--tolerance inf: must be a share"),
    "tolerance 2": (lambda m, t: [m, "--target", "c", "--tolerance", "2"], "--tolerance 2.0: must be a share"),
    "tolerance -1": (lambda m, t: [m, "--target", "c", "--tolerance", "-1"], "--tolerance -1.0: must be a share"),
    "largest scale": (
        lambda m, t: [m, "--target", "c", "--input-scale", "1.7976931348623157e308"],
        "--input-scale 1.7976931348623157e+308: must be a number above 0, from 1e-09 to 1e+09",
    ),
    "least scale": (
        lambda m, t: [m, "--target", "c", "--input-scale", "5e-324"],
        "--input-scale 5e-324: must be a number above 0, from 1e-09 to 1e+09",
    ),
    "empty name": (lambda m, t: [m, "--target", "c", "--name", ""], "--name '' is not an identifier"),
    "empty output": (lambda m, t: [m, "--target", "verilog", "--output", ""], "--output : choose one of"),
    "full-width digits": (lambda m, t: [m, "--target", "verilog", "--bus-bits", "\uff18"], "--bus-bits \uff18: choose"),
    "narrow to full-width bits": (lambda m, t: [m, "--target", "c", "--weight-bits", "\uff18"], "--weight-bits \uff18"),
    "truncated model": (
        lambda m, t: [truncated(m, t), "--target", "c"],
        "is damaged: File is not a zip file; copy or save it again",
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


FOREIGN = {
    "verilog": [
        "--mcu cortex-m0",
        "--max-flash 9",
        "--max-ram 9",
        "--single-header",
        "--constant-time",
        "--hls-tool vitis",
    ],
    "hls": ["--mcu avr", "--architecture folded", "--max-luts 9", "--solver da4ml", "--board hx8k-evn"],
    "c": [
        "--fold a=1x1",
        "--target-fps 9",
        "--clock-mhz 9",
        "--bus-bits 8",
        "--levels-per-stage 2",
        "--control axi-lite",
    ],
}


@pytest.mark.parametrize(("target", "option"), [(t, option) for t, options in FOREIGN.items() for option in options])
def test_an_option_of_another_target_is_refused_before_anything_loads(
    target, option, model, tmp_path, capsys, no_keras
):
    code, _, err = run(capsys, model, "--target", target, *option.split(), "--out", tmp_path / "out")
    assert (code, err) == (2, f"whetgen: {option.split()[0]}: --target {target} has no such option; leave it out\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--bus-bits", "12"],
        ["--input-scale", "0"],
        ["--target-fps", "0"],
        ["--levels-per-stage", "0"],
        ["--clock-mhz", "0"],
        ["--weight-bits", "few"],
        ["--calibration", "nowhere.npz"],
        ["--name", "while"],
    ],
)
def test_a_value_that_no_network_makes_possible_is_refused_before_anything_loads(
    arguments, model, tmp_path, capsys, no_keras
):
    code, _, err = run(capsys, model, "--target", "verilog", *arguments, "--out", tmp_path / "out")
    assert code == 2 and err.count("\n") == 1 and arguments[-1] in err
