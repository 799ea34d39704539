"""Tables of folded networks read back from the netlist, and what is told of their stages."""

import re
from functools import partial
from pathlib import Path

import pytest
from tests.formal.small_networks import SMALL, folded
from tests.targets.verilog.networks import CONSTRUCTS

from whetgen import Options, generate
from whetgen.assets import assets
from whetgen.formal import prove_layers
from whetgen.formal.folded_proofs import BETWEEN
from whetgen.formal.layer_proof import PROVED, REFUTED, STAGE_PROVED, TESTED, UNDECIDED, LayerProof
from whetgen.formal.stages import file_hash, record


def construct(name: str, out: Path) -> Path:
    return generate(CONSTRUCTS[name], "verilog", out, Options("net", architecture="folded")).folder


def proofs(folder: Path) -> dict[str, LayerProof]:
    return {proof.layer: proof for proof in prove_layers(folder, 600)}


def flip(file: Path, pattern: str) -> None:
    """The lowest bit of the hexadecimal number that the pattern's group is."""
    text = file.read_text()
    found = re.search(pattern, text)
    digit = f"{int(found[1][-1], 16) ^ 1:x}"
    file.write_text(text[: found.end(1) - 1] + digit + text[found.end(1) :])


def test_the_record_is_of_the_library_as_it_is():
    """Made again by ``python -m tests.formal.stages``."""
    files = record()["files"]
    assert files == {name: file_hash(assets() / "hdl" / "rtl" / name) for name in files}


def test_the_record_is_of_all_small_networks():
    assert set(record()["networks"]) == set(SMALL)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, words",
    [("ternary", (182, 60)), ("position_levels", (42, 0)), ("wide_weights", (10,)), ("two_outputs", (21, 12, 9))],
)
def test_every_word_of_every_table_is_read_back(name, words, tmp_path):
    *layers, between = proofs(construct(name, tmp_path / "a net")).values()
    assert [layer.result for layer in layers if layer.result not in (STAGE_PROVED, TESTED)] == []
    told = [layer.reason.split(",")[0] for layer in layers]
    assert told == [f"{count} words read back" if count else "no tables" for count in words]
    assert (between.layer, between.result) == (BETWEEN, TESTED)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, layer, file, pattern, reason",
    [
        (
            "signs",
            "first",
            "net_first_weights_rom.v",
            r"words\[9\] = \d+'h(\w+)",
            "1 of 168 weights differ, the first at ",
        ),
        (
            "ternary",
            "last",
            "net_last_levels_rom.v",
            r"words\[2\] = \d+'h(\w+)",
            "1 of 4 starts differ, the first at (0, 2)",
        ),
        ("levels", "middle", "net_middle_thresholds_rom.v", r"words\[1\] = \d+'h(\w+)", "1 of 5 thresholds differ"),
        (
            "pad",
            "padded",
            "net_padded_sources_rom.v",
            r"words\[8\] = \d+'h(\w+)",
            "1 of 32 places differ, the first at (8,)",
        ),
    ],
)
def test_a_flipped_bit_of_a_table_is_found(name, layer, file, pattern, reason, tmp_path):
    folder = construct(name, tmp_path / "out")
    flip(folder / "rtl" / file, pattern)
    found = proofs(folder)[layer]
    assert found.result == REFUTED and found.reason.startswith(reason), found


def words(out: Path) -> Path:
    """A layer whose inputs of eight bits come whole, seven at once."""
    options = Options("net", architecture="folded", folding={"fc": (2, 7)})
    return generate(CONSTRUCTS["dense_int8"], "verilog", out, options).folder


@pytest.mark.slow
def test_weights_are_told_from_their_digits(tmp_path):
    assert proofs(words(tmp_path / "out"))["fc"].result in (STAGE_PROVED, TESTED)


@pytest.mark.slow
@pytest.mark.parametrize(
    "make, layer, right, wrong",
    [
        (partial(construct, "ternary"), "last", r"row_0_reg <= \{(\w+\[[^]]+\])", "row_0_reg <= {1'b0"),
        (words, "fc", r"\{2'd0, (\w+\[[^]]+\])\}", "{2'd0, 9'd0}"),
        (words, "fc", r"\{1'd0, pair_1\}", "{pair_1, 1'd0}"),
        (words, "fc", r"group_0_0_reg <= (\w+)", "group_0_0_reg <= group_0_1_reg"),
        (words, "fc", r"recoded\[2\*d \+ 1\]", "recoded[2*d + 2]"),
    ],
)
def test_adders_that_lose_a_bit_are_told(make, layer, right, wrong, tmp_path):
    folder = make(tmp_path / "out")
    source = folder / "rtl" / f"net_{layer}_sums.v"
    text = re.sub(right, wrong, source.read_text(), count=1)
    assert text != source.read_text()
    source.write_text(text)
    assert proofs(folder)[layer].result in (REFUTED, UNDECIDED)


@pytest.mark.slow
def test_another_library_file_is_tested_only(tmp_path):
    folder = construct("dense", tmp_path / "out")
    source = folder / "rtl" / "wg_loop.v"
    source.write_text(source.read_text() + "// mine\n")
    reason = "32 words read back, but wg_loop.v is not the file that was proved at small sizes"
    assert (proofs(folder)["fc"].result, proofs(folder)["fc"].reason) == (TESTED, reason)


@pytest.mark.slow
def test_a_small_network_is_proved_as_a_whole(tmp_path):
    found = proofs(folded("dense", tmp_path / "out"))
    reason = "the whole network, all frames and patterns of 16 cycles"
    assert {(proof.result, proof.reason) for proof in found.values()} == {(PROVED, reason)}


@pytest.mark.slow
def test_of_a_hardened_network_nothing_is_read_back(tmp_path):
    options = Options("net", architecture="folded", harden="parity")
    folder = generate(CONSTRUCTS["ternary"], "verilog", tmp_path / "net", options).folder
    reason = "hardened: words with check bits and modules that stand there three times are not read back"
    assert {(proof.result, proof.reason) for proof in proofs(folder).values()} == {(TESTED, reason)}
