"""The command line: exit codes, one clear line for mistakes, whatever the command."""

from pathlib import Path

import pytest
from tests.app.command import run

from whetgen.app.cli import app

ROOT = Path(__file__).parents[2]


def test_a_group_without_a_command_shows_its_commands(capsys):
    code, out, err = run(capsys, "bench")
    assert (code, err) == (0, "") and "mcu" in out and out.count("\n") > 10


@pytest.mark.parametrize("command", [["inspect"], ["report", "--out", "r.html"]])
def test_saved_model_folder_is_told_what_it_is(command, tmp_path, capsys):
    (tmp_path / "saved_model.pb").touch()
    code, out, err = run(capsys, *command, tmp_path)
    assert (code, out) == (2, "") and err.startswith(f"whetgen: {tmp_path}: a TensorFlow SavedModel folder, ")


USAGE = {
    "nothing but a model": (
        lambda m: [m],
        "Missing option '--target': verilog, hls, c, onnx or nir. (whetgen generate --help shows all)",
    ),
    "no --out": (lambda m: [m, "--target", "c"], "Missing option '--out': Folder to write, or NAME.onnx "),
    "option": (lambda m: [m, "--frobnicate"], "No such option: --frobnicate"),
    "extra argument": (lambda m: [m, "more", "--target", "c", "--out", "o"], "Got unexpected extra argument"),
    "text for a number": (
        lambda m: [m, "--target", "c", "--out", "o", "--input-scale", "big"],
        "Invalid value for '--input-scale'",
    ),
    "no folder": (
        lambda m: ["verify"],
        "Missing argument 'DIR': A folder that whetgen generated. (whetgen verify --help shows all)",
    ),
    "long folder": (lambda m: ["verify", "n" * 300], "nnn: File name too long"),
    "unknown command": (lambda m: ["frobnicate"], "'frobnicate' is no command and no file; commands are generate, "),
    "unknown command on a model": (lambda m: ["frob", m, "--out", "o"], "'frob' is no command and no file"),
    "missing model": (lambda m: ["nowhere.keras"], "nowhere.keras: no such file; give a .keras, .onnx or .nir file"),
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
    "file": (["models/digits-mpl.keras"], "no such file; did you mean models/digits-mlp.keras? give a"),
    "recipe as a command": (["mnist-mpl"], "'mnist-mpl' is no command and no file; did you mean train mnist-mlp? "),
    "option in front": (["--vresion"], "No such option: --vresion; did you mean --version? options are --help, "),
    "help as a command": (["help"], "'help' is no command and no file; did you mean --help? commands are generate, "),
    "option of a command": (["verify", "x", "--formel"], "No such option: --formel (Possible options: --formal) ("),
    "command of a group": (["bench", "mcuu"], "No such command 'mcuu'. Did you mean 'mcu'? (whetgen bench --help"),
    "example": (["examples", "demo"], "example demo: did you mean demo.py? choose one of digits-mlp, mnist-mlp, "),
    "recipe": (["train", "mnist-mpl"], "recipe mnist-mpl: did you mean mnist-mlp? choose one of digits-mlp, mnist-mlp"),
    "other board": (["verify", "{m}", "--on", "microbits"], "--on microbits: did you mean microbit? choose one of"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_a_mistyped_choice_is_answered_with_the_nearest_before_anything_loads(
    name, model, tmp_path, capsys, no_keras, monkeypatch
):
    monkeypatch.chdir(ROOT)
    arguments, message = ALIKE[name]
    generates = ["--out", tmp_path / "out"] if "--target" in arguments else []
    code, out, err = run(capsys, *(a.format(m=model) for a in arguments), *generates)
    assert (code, out) == (2, "") and err.startswith("whetgen: ") and message in err and err.count("\n") == 1


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


@pytest.mark.parametrize(
    ("typed", "words"),
    [("ver", ["verify"]), ("train digits", ["digits-mlp", "digits-mlp-2bit"]), ("synth x --device e", ["ecp5-25k", "ecp5-85k"]),
     ("generate m --target v", ["verilog"]), ("verify x --sel", ["--self-check"])],
)  # fmt: skip
def test_the_shell_completes_commands_options_and_words(typed, words, monkeypatch, capsys):
    monkeypatch.setenv("COMP_WORDS", f"whetgen {typed}")
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split())))
    monkeypatch.setenv("_WHETGEN_COMPLETE", "complete_bash")
    with pytest.raises(SystemExit):
        app(prog_name="whetgen")
    assert capsys.readouterr().out.split() == words
