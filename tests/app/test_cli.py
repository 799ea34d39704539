"""The command line: exit codes, one clear line for bad input, JSON for scripts."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from keras import layers as L
from tests.frontends.keras.models import fire, key, sequential

from whetgen.app.cli import main
from whetgen.app.train import RECIPES, _epoch_line
from whetgen.sharpen import SoftmaxDecode, SpikingBReLU
from whetgen.verification.rounding import KerasCheck

MODELS = Path(__file__).parents[2] / "models"


def run(capsys, *arguments):
    """(exit code, stdout, stderr) of one call."""
    with pytest.raises(SystemExit) as stopped:
        main([str(a) for a in arguments])
    out = capsys.readouterr()
    return stopped.value.code or 0, out.out, out.err


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "tiny-net.keras"
    sequential(
        (6, 5, 1), L.Conv2D(3, 3, name="conv"), fire(), L.Flatten(), L.Dense(6), fire(), SoftmaxDecode(key(3, 6))
    ).save(path)
    return path


@pytest.fixture
def folder(model, tmp_path, capsys):
    assert run(capsys, model, "--target", "c", "--out", tmp_path / "c", "--quiet") == (0, "", "")
    return tmp_path / "c"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--flags=-O2"], "--flags -O2: they are of the compiler for a board; give --on BOARD, too"),
        (["--formal-seconds", "5"], "--formal-seconds 5: means something with --formal only; give both"),
    ],
)
def test_an_option_of_verify_that_would_do_nothing_is_refused(folder, capsys, given, told):
    assert run(capsys, "verify", folder, *given) == (2, "", f"whetgen: {told}\n")


def test_a_group_without_a_command_shows_its_commands(capsys):
    code, out, err = run(capsys, "bench")
    assert (code, err) == (0, "") and "mcu" in out and out.count("\n") > 10


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


def test_verify_self_check_reports_each_flip(folder, capsys):
    code, out, _ = run(capsys, "verify", folder, "--self-check", "--json")
    flips = json.loads(out)["self_check"]
    assert (
        code == 0 and len(flips) == 3 and all(flip["found"] and flip["changed"] == flip["reported"] for flip in flips)
    )


def test_diff_of_two_folders(model, folder, tmp_path, capsys):
    run(capsys, model, "--target", "verilog", "--out", tmp_path / "v", "--quiet")
    code, out, _ = run(capsys, "diff", folder, tmp_path / "v", "--json")
    facts = json.loads(out)
    assert code == 0 and not facts["same"]
    assert {"part": "target", "what": "target", "before": "c", "after": "verilog"} in facts["changes"]
    assert run(capsys, "diff", folder, folder)[1] == "no difference\n"


@pytest.mark.parametrize("what", ["model", "folder"])
def test_inspect_reads_models_and_folders(model, folder, what, capsys):
    code, out, _ = run(capsys, "inspect", model if what == "model" else folder, "--json")
    facts = json.loads(out)
    assert code == 0 and [row["kind"] for row in facts["layers"]][:2] == ["Input", "Conv + Threshold"]
    assert facts["totals"]["synapses"] > 0 and set(facts["resources"]) == {"verilog", "hls", "c"}
    slowest = facts["foldings"]["conv"][0]
    assert slowest.pop("luts") > 0 and slowest == {
        "pe": 1,
        "simd": 1,
        "cycles": 4 * 3 * 9 * 3 * 8,
        "planes": 8,
        "word_bits": 8,
    }
    shown = run(capsys, "inspect", folder)[1]
    assert "fan-in" in shown
    totals = facts["totals"]
    assert (
        f"\nsynapses {totals['synapses']:,}, weight memory {totals['weight_memory_bits']:,} bits, operations {totals['operations']:,}\n"
        in shown
    )


@pytest.mark.parametrize("command", [["inspect"], ["report", "--out", "r.html"]])
def test_saved_model_folder_is_told_what_it_is(command, tmp_path, capsys):
    (tmp_path / "saved_model.pb").touch()
    code, out, err = run(capsys, *command, tmp_path)
    assert (code, out) == (2, "") and err.startswith(f"whetgen: {tmp_path}: a TensorFlow SavedModel folder, ")


def test_inspect_lists_every_folding(folder, capsys):
    out = run(capsys, "inspect", folder, "--foldings")[1]
    assert out.count("conv ") >= 1 + 2 and "cycles a frame" in out


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


@pytest.mark.parametrize("what", ["model", "folder"])
def test_report_writes_one_page_and_overwrites_none(model, folder, what, tmp_path, capsys):
    source, page = (model if what == "model" else folder), tmp_path / "page.html"
    assert run(capsys, "report", source, "--out", page)[0] == 0
    assert page.read_text().startswith("<!DOCTYPE html>") and not list(tmp_path.glob(".page*"))
    code, _, err = run(capsys, "report", source, "--out", page)
    assert code == 2 and err == f"whetgen: --out {page}: exists; give a new file name\n"


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


def test_a_failed_verification_is_told_in_a_quiet_run_too(folder, capsys):
    (folder / "README").write_text("mine")
    assert run(capsys, "verify", folder, "--count", 3, "--quiet") == (
        1,
        "",
        "whetgen: FAILED: README was added since it was generated\n",
    )


def test_results_that_no_rounding_explains_write_nothing(model, tmp_path, capsys, monkeypatch):
    wrong = KerasCheck(256, 9, 0, 9, 1, 0, outside_bound=7)
    monkeypatch.setattr("whetgen.api.compare_with_keras", lambda *_: wrong)
    arguments = model, "--target", "c", "--out", tmp_path / "c"
    code, out, err = run(capsys, *arguments, "--quiet")
    assert (code, out) == (1, "") and err.startswith("whetgen: 7 results of 256 inputs differ from Keras' beyond")
    assert err.count("\n") == 1 and not (tmp_path / "c").exists()
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 1 and json.loads(out)["keras_check"]["outside_bound"] == 7


USAGE = {
    "nothing but a model": (lambda m: [m], "Missing option '--target'. (whetgen generate --help shows all)"),
    "no --out": (lambda m: [m, "--target", "c"], "Missing option '--out'. (whetgen generate --help shows all)"),
    "option": (lambda m: [m, "--frobnicate"], "No such option: --frobnicate"),
    "extra argument": (lambda m: [m, "more", "--target", "c", "--out", "o"], "Got unexpected extra argument"),
    "text for a number": (
        lambda m: [m, "--target", "c", "--out", "o", "--input-scale", "big"],
        "Invalid value for '--input-scale'",
    ),
    "no folder": (lambda m: ["verify"], "Missing argument 'DIR'. (whetgen verify --help shows all)"),
    "long folder": (lambda m: ["verify", "n" * 300], "nnn: File name too long"),
    "unknown command": (lambda m: ["frobnicate"], "'frobnicate' is no command and no file; commands are generate, "),
    "unknown command on a model": (lambda m: ["frob", m, "--out", "o"], "'frob' is no command and no file"),
    "missing model": (lambda m: ["nowhere.keras"], "nowhere.keras: no such file; give a .keras model"),
    "long name": (lambda m: ["n" * 300 + ".keras"], "nnn.keras: File name too long"),
}


@pytest.mark.parametrize("name", USAGE)
def test_a_usage_error_is_one_line_and_exit_2(name, model, capsys):
    arguments, message = USAGE[name]
    code, out, err = run(capsys, *arguments(model))
    assert (code, out) == (2, "") and err.startswith("whetgen: ") and message in err and err.count("\n") == 1


def test_help_is_shown_without_arguments(capsys):
    assert run(capsys)[:2] == run(capsys, "--help")[:2]
    assert "generate" in run(capsys)[1]


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
    "clock alone": (
        lambda m, t: [m, "--target", "verilog", "--clock-mhz", "50"],
        "--clock-mhz 50: means something with --target-fps only; give both",
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
        "no whole zip archive (File is not a zip file); copy or save it again",
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


LOADING = "keras was asked for"


@pytest.fixture
def no_keras(monkeypatch):
    def refuse(*_):
        raise AssertionError(LOADING)

    monkeypatch.setattr("whetgen.api.need_keras", refuse)
    monkeypatch.setattr("whetgen.api.load_model", refuse)


ALIKE = {
    "command": (["verfy", "x"], "'verfy' is no command and no file; did you mean verify? commands are generate, "),
    "target": (["{m}", "--target", "verilgo"], "--target verilgo: did you mean verilog? choose one of verilog, hls, c"),
    "mcu": (["{m}", "--target", "c", "--mcu", "cortex-m5"], "--mcu cortex-m5: did you mean cortex-m7? choose one of"),
    "board": (["{m}", "--target", "verilog", "--board", "hx8k-env"], "--board hx8k-env: did you mean hx8k-evn? choose"),
    "control": (
        ["{m}", "--target", "verilog", "--control", "axi_lite"],
        "did you mean axi-lite? choose one of axi-lite",
    ),
    "output": (["{m}", "--target", "hls", "--output", "score"], "--output score: did you mean scores? choose one of"),
    "architecture": (
        ["{m}", "--target", "verilog", "--architecture", "fold"],
        "did you mean folded? choose one of auto",
    ),
    "input type": (["{m}", "--target", "c", "--input-type", "unit8"], "--input-type unit8: did you mean uint8? choose"),
    "recipe": (["train", "mnist-mpl"], "recipe mnist-mpl: did you mean mnist-mlp? choose one of digits-mlp, mnist-mlp"),
    "other board": (["verify", "{m}", "--on", "microbits"], "--on microbits: did you mean microbit? choose one of"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_a_mistyped_choice_is_answered_with_the_nearest_before_anything_loads(name, model, tmp_path, capsys, no_keras):
    arguments, message = ALIKE[name]
    generates = ["--out", tmp_path / "out"] if "--target" in arguments else []
    code, out, err = run(capsys, *(a.format(m=model) for a in arguments), *generates)
    assert (code, out) == (2, "") and err.startswith("whetgen: ") and message in err and err.count("\n") == 1


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
        ["--clock-mhz", "5"],
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


def test_the_recipes_that_are_told_are_those_that_there_are():
    from whetgen.sharpen import recipes

    assert tuple(recipes.RECIPES) == RECIPES


def test_a_report_is_html(folder, tmp_path, capsys):
    code, _, err = run(capsys, "report", folder, "--out", tmp_path / "page.pdf")
    message = f"--out {tmp_path / 'page.pdf'}: the page is HTML; give a file name that ends in .html"
    assert (code, err) == (2, f"whetgen: {message}\n") and not (tmp_path / "page.pdf").exists()


EDITED = {
    "a name that climbs": ("whetgen.json", '"name": "tiny_net"', '"name": "../../../etc/passwd"', "name '../../../etc/passwd' is not an identifier"),
    "a list for a number": ("whetgen.json", '"length": 3', '"length": []', "output.length is [], not a whole number"),
    "no kernel": ("whetgen.json", '"kernel": ', '"colonel": ', "kernels[0] has no 'kernel'"),
    "a layer that is none": ("model.json", '"kind": "Conv"', '"kind": "Blob"', "nodes[1].kind is 'Blob', not Input or Dense or Conv"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITED)
def test_an_edited_folder_is_one_line_in_every_command(name, folder, tmp_path, capsys):
    file, old, new, message = EDITED[name]
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    commands = [["report", folder, "--out", tmp_path / "x.html"], ["verify", folder], ["diff", folder, folder]]
    commands += [["inspect", folder]] if file == "model.json" else [["synth", folder, "--device", "ice40-hx8k"]]
    for command in commands:
        code, out, err = run(capsys, *command)
        assert (code, out) == (2, "") and message in err and err.startswith("whetgen: ") and err.count("\n") == 1
    assert not (tmp_path / "x.html").exists()


def test_verify_refuses_what_is_no_folder_of_ours(tmp_path, capsys):
    code, _, err = run(capsys, "verify", tmp_path)
    assert code == 2 and "holds no whetgen.json" in err


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
    code, out, _ = run(capsys, "train", "digits-mlp", *arguments, "--tensorboard", tmp_path / "board")
    assert code == 0 and "accuracy" in out and "fully sharp" in out
    assert {path.name for path in tmp_path.iterdir()} == {"d.keras", "d.csv", "d.png", "board"}
    assert (tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_search_prints_the_best_settings(tmp_path, capsys):
    storage = f"sqlite:///{tmp_path / 'study.db'}"
    arguments = ["--search", 1, "--storage", storage, "--quick", "--json"]
    code, out, _ = run(capsys, "train", "digits-mlp", *arguments)
    found = json.loads(out)
    assert code == 0 and found["trials"] == 1 and "learning_rate" in found["settings"]
