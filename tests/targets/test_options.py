"""Options in Python: each in its natural type, anything else refused by its name before anything is written."""

from pathlib import Path
from types import MappingProxyType

import pytest
from tests.targets.verilog.networks import fired

import whetgen
from whetgen import InputSpec, Options
from whetgen.app.cli import main
from whetgen.app.narrowing import Narrowing
from whetgen.errors import BadInput


@pytest.mark.parametrize(
    ("target", "given"),
    [
        ("verilog", {"bus_bits": 64}),
        ("verilog", {"bus_bits": "full"}),
        ("verilog", {"folding": MappingProxyType({"fc": (2, 3)})}),
        ("verilog", {"folding": {"fc": [2, 3, 8]}}),
        ("verilog", {"architecture": "folded", "target_fps": 1000, "clock_mhz": 50}),
        ("hls", {"bus_bits": 8, "hls_tool": "catapult", "reuse": 27}),
        ("c", {"mcu": "cortex-m4", "max_flash": 100_000, "single_header": True}),
    ],
)
def test_natural_types_are_taken_and_read_back(target, given, tmp_path):
    made = whetgen.generate(fired(), target, tmp_path / "out", Options("net", **given))
    assert Options(**made.manifest["options"]) == Options("net", **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": 7}, "name is 7, not text"),
        ({"bus_bits": "64"}, "bus_bits is '64', not a whole number or full"),
        ({"bus_bits": 64.0}, "bus_bits is 64.0, not a whole number or full"),
        ({"output": 1}, "output is 1, not class or scores or spikes or accumulators"),
        ({"architecture": True}, "architecture is True, not auto or unrolled or folded"),
        ({"folding": "fc=2x3"}, "folding is 'fc=2x3', not an object"),
        ({"folding": {"fc": "2x3"}}, "folding['fc'] is '2x3', not a list"),
        ({"folding": {"fc": (2, "3")}}, "folding['fc'][1] is '3', not a whole number"),
        ({"target_fps": "fast"}, "target_fps is 'fast', not a number"),
        ({"max_luts": True}, "max_luts is True, not a whole number"),
        ({"reuse": 2.5}, "reuse is 2.5, not a whole number"),
        ({"single_header": 1}, "single_header is 1, not true or false"),
        ({"vectors": None}, "vectors is None, not a whole number"),
    ],
)
def test_another_type_is_refused_by_the_name_of_its_option(given, message):
    with pytest.raises(BadInput) as refused:
        Options(**given)
    assert str(refused.value) == f"Options: {message}"


def test_words_that_nobody_knows_are_answered_with_those_that_are(tmp_path):
    with pytest.raises(
        BadInput, match=r"^--architecture fold: did you mean folded\? choose one of auto, unrolled, folded$"
    ):
        whetgen.generate(fired(), "verilog", tmp_path / "out", Options("net", architecture="fold"))


@pytest.mark.parametrize("given", [{"type": 8}, {"scale": "255"}])
def test_an_input_of_another_type_is_refused(given):
    with pytest.raises(BadInput, match=r"^InputSpec: (type is 8, not text|scale is '255', not a number)$"):
        InputSpec(**given)


def test_weights_take_a_number_of_bits():
    Narrowing(4, Path("x.npz"), synapses=0.5).check()
    with pytest.raises(BadInput, match=r"^--weight-bits 33: choose exact, auto or a number of bits from 1 to 32$"):
        Narrowing(33, Path("x.npz")).check()


def test_synapses_are_a_share_and_need_data():
    with pytest.raises(BadInput, match=r"^--synapses 50: must be a share of the synapses, above 0 and at most 1$"):
        Narrowing(calibration=Path("x.npz"), synapses=50).check()
    with pytest.raises(BadInput, match=r"^--synapses 0.5: pruning is measured on data; give --calibration X.npz$"):
        Narrowing(synapses=0.5).check()


@pytest.mark.parametrize("text", ["12", "wide"])
def test_the_command_line_reads_numbers_and_words(text, tmp_path, capsys):
    model = Path(__file__).parents[2] / "models" / "digits-mlp.keras"
    with pytest.raises(SystemExit, match="2"):
        main([str(model), "--target", "verilog", "--out", str(tmp_path / "out"), "--bus-bits", text])
    assert capsys.readouterr().err == f"whetgen: --bus-bits {text}: choose a multiple of 8 from 8 to 4096, or full\n"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("--target verilog --target-fps nan", "--target-fps nan: must be a number above 0"),
        ("--target hls --target-fps inf", "--target-fps inf: must be a number above 0"),
        ("--target verilog --target-fps 1 --clock-mhz nan", "--clock-mhz nan: must be a number above 0"),
        (
            "--target c --input-scale nan",
            "--input-scale nan: must be a number above 0, from 1e-09 to 1e+09 (real value = code / scale)",
        ),
        ("--target c --max-ram 0", "--max-ram 0: must be 1 or more"),
        ("--target c --harden parity", "--harden parity: this target has no such code; choose crc"),
        ("--target hls --harden crc", "--harden: --target hls has no such option; leave it out"),
        ("--target onnx --harden crc", "--harden: --target onnx has no such option; leave it out"),
        ("--target c --harden crc8", "--harden crc8: did you mean crc? choose one of crc, parity, secded"),
        ("--target c --max-flash -1", "--max-flash -1: must be 1 or more"),
    ],
)
def test_a_number_out_of_range_is_refused_by_its_flag_before_the_model_is_read(given, told, tmp_path, capsys):
    (tmp_path / "no.keras").write_text("no model")
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "no.keras"), *given.split(), "--out", str(tmp_path / "out")])
    assert capsys.readouterr().err == f"whetgen: {told}\n"
