"""Generated layers proved for all inputs, and wrong ones refuted."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.targets.verilog.networks import CONSTRUCTS, network

from whetgen import InputSpec, Options, generate, load_model, trace
from whetgen.errors import BadInput
from whetgen.formal import prove_layers
from whetgen.formal.claims import claims_of
from whetgen.formal.layer_proof import PROVED, REFUTED, TESTED, UNDECIDED
from whetgen.formal.layer_proofs import reference_result
from whetgen.ir import ELEMENT_TYPES, Output
from whetgen.ir.nodes import Dense, Input, MultiThreshold, Threshold
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.network import hardware_layers

TOTALS = "streams, wiring, argmax"


def unrolled(graph, out: Path, **options) -> Path:
    return generate(graph, "verilog", out, Options("net", architecture="unrolled", **options)).folder


def results(folder: Path, **options) -> dict[str, str]:
    return {proof.layer: proof.result for proof in prove_layers(folder, **options) if proof.layer != TOTALS}


def random_network(seed: int):
    random = np.random.default_rng(seed)
    kind = random.choice(["bit", "uint4", "int8", "uint8"])
    inputs, hidden, top = (
        int(random.integers(12, 40)),
        int(random.integers(1, 12)),
        int(random.choice([1, 3, 40, 3000])),
    )
    first, second = random.integers(-top, top + 1, (inputs, hidden)), random.integers(-top, top + 1, (hidden, 5))
    code = random.integers(*((0, 2) if kind == "bit" else (0, 16)), (hidden, inputs))
    near = np.einsum("hi,ih->h", code, first)
    return network(
        Input("codes", (inputs,), ELEMENT_TYPES[kind]),
        Dense("fc1", "codes", first, random.integers(-5, 6, hidden)),
        Threshold("fire", "fc1", near),
        Dense("fc2", "fire", second, random.integers(-5, 6, 5)),
        outputs=(Output("out", "fc2", "accumulators"),),
    )


@pytest.mark.parametrize(
    "name",
    [
        "dense_int8",
        "fired",
        "conv_stride",
        "position_thresholds",
        "sum_pool",
        "wide_weights",
        "levels",
        "position_levels",
        "sum_pool_levels",
    ],
)
def test_every_layer_of_a_construct_is_proved(name, tmp_path):
    assert set(results(unrolled(CONSTRUCTS[name], tmp_path / "out")).values()) == {PROVED}


@pytest.mark.parametrize("name", ["max_pool_signed", "concat"])
def test_what_is_no_sum_is_tested_only(name, tmp_path):
    assert TESTED in results(unrolled(CONSTRUCTS[name], tmp_path / "out")).values()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_layers_are_proved(seed, tmp_path):
    folder = unrolled(random_network(seed), tmp_path / "out", levels_per_stage=1 + seed % 3)
    assert set(results(folder).values()) == {PROVED}


@pytest.mark.parametrize("name", sorted(set(CONSTRUCTS) - {"no_register", "input_only"}))
def test_a_claim_is_what_the_reference_computes(name):
    graph, random = CONSTRUCTS[name], np.random.default_rng(0)
    for layer in hardware_layers(graph, Identifiers("net")).layers:
        claims = claims_of(layer)
        for _ in range(0 if isinstance(claims, str) else 5):
            elements = [int(random.integers(t.lo, t.hi, endpoint=True)) for t in layer.sources for _ in range(t.count)]
            wanted = reference_result(graph, layer, tuple(elements))
            y = [int(v) >> k & 1 for v in wanted for k in range(layer.result.width)]
            assert all(claim.holds(elements, y) for claim in claims)
            first = claims[0].first
            assert not claims[0].holds(elements, [*y[:first], 1 - y[first], *y[first + 1 :]])


def flip_connection(text: str) -> str:
    """One bit of the input in another's place."""
    return re.sub(r"x\[3\]", "x[4]", text, count=1)


def flip_inverter(text: str) -> str:
    return re.sub(r"\{~?(\w)", lambda found: "{" + ("" if "~" in found[0] else "~") + found[1], text, count=1)


def flip_table(text: str) -> str:
    found = re.search(r"'h([0-9a-f]+)\)", text)
    return text.replace(found[0], f"'h{int(found[1], 16) ^ 2:x})", 1)


def drop_carry(text: str) -> str:
    """A bit that enters a chain as its carry is lost."""
    return re.sub(r"\.carry\((?!1')[^)]+\)", ".carry(1'b0)", text, count=1)


@pytest.mark.parametrize("change", [flip_connection, flip_inverter, flip_table, drop_carry])
def test_a_wrong_netlist_is_refuted_with_inputs_that_show_it(change, tmp_path):
    graph = CONSTRUCTS["fired"]
    folder = unrolled(graph, tmp_path / "out")
    source = folder / "rtl" / "net_fc_logic.v"
    wrong = change(source.read_text())
    assert wrong != source.read_text()
    source.write_text(wrong)
    proof = prove_layers(folder)[0]
    assert proof.result == REFUTED and len(proof.counterexample) == 9, proof


@pytest.mark.parametrize(("step", "off"), [(0, 1), (1, -1), (2, 1)])
def test_one_of_several_thresholds_off_by_one_is_refuted(step, off, tmp_path):
    weights, limits = np.random.default_rng(5).integers(-20, 21, (30, 2)), np.array([[-300, 0], [-9, 7], [250, 7]])

    def graph(limits):
        return network(
            Input("codes", (30,), ELEMENT_TYPES["uint4"]),
            Dense("fc", "codes", weights, np.zeros(2, dtype=int)),
            MultiThreshold("levels", "fc", limits),
            outputs=(Output("out", "levels", "accumulators"),),
        )

    changed = limits.copy()
    changed[step, 0] += off
    folder, other = unrolled(graph(limits), tmp_path / "right"), unrolled(graph(changed), tmp_path / "other")
    assert set(results(folder).values()) == {PROVED}
    shutil.copy(other / "rtl" / "net_fc_logic.v", folder / "rtl")
    proof = prove_layers(folder)[0]
    assert (proof.result, proof.proved) == (REFUTED, 1)


@pytest.mark.parametrize("off", [-1, 1])
def test_a_threshold_off_by_one_is_refuted(off, tmp_path):
    """The netlist of a graph whose first threshold is another."""
    random = np.random.default_rng(5)
    weights, limits = random.integers(-20, 21, (30, 4)), np.array([40, 0, -70, 11])

    def graph(limits):
        return network(
            Input("codes", (30,), ELEMENT_TYPES["uint8"]),
            Dense("fc", "codes", weights, np.zeros(4, dtype=int)),
            Threshold("fire", "fc", limits),
            outputs=(Output("out", "fire", "spikes"),),
        )

    folder = unrolled(graph(limits), tmp_path / "right")
    other = unrolled(graph(limits + np.array([off, 0, 0, 0])), tmp_path / "other")
    assert set(results(folder).values()) == {PROVED}
    cycles = [json.loads((f / "whetgen.json").read_text())["cycles"] for f in (folder, other)]
    assert cycles[0] == cycles[1]
    shutil.copy(other / "rtl" / "net_fc_logic.v", folder / "rtl")
    proof = prove_layers(folder)[0]
    assert proof.result == REFUTED and proof.proved == 3
    total = int(weights[:, 0] @ np.array(proof.counterexample))
    assert (total >= limits[0]) != (total >= limits[0] + off)


@pytest.mark.parametrize(
    "right, wrong, reason",
    [
        ("if (advance)", "if (!advance)", "a register is not one of clk that holds unless advance is high"),
        ("posedge clk", "negedge clk", "a register is not one of clk that holds unless advance is high"),
        (".WIDTH(3)", ".WIDTH(4)", "a wg_add has connections of other widths than its ports"),
    ],
)
def test_what_is_no_such_pipeline_is_undecided(right, wrong, reason, tmp_path):
    folder = unrolled(CONSTRUCTS["fired"], tmp_path / "out")
    source = folder / "rtl" / "net_fc_logic.v"
    assert right in source.read_text()
    source.write_text(source.read_text().replace(right, wrong, 1))
    proof = prove_layers(folder)[0]
    assert (proof.result, proof.reason) == (UNDECIDED, f"net_fc_logic.v: {reason}")


def test_a_way_with_a_register_too_few_is_undecided(tmp_path):
    folder = unrolled(CONSTRUCTS["fired"], tmp_path / "out", levels_per_stage=1)
    source = folder / "rtl" / "net_fc_logic.v"
    found = re.search(r"\bx_(\d+)_d1\s*<= x\[\d+\];", source.read_text())
    text = source.read_text()
    bit = re.search(rf"[,{{(]\s*~?x_{found[1]}_d1\b", text)
    source.write_text(text.replace(bit[0], bit[0].replace(f"x_{found[1]}_d1", f"x[{found[1]}]"), 1))
    proof = prove_layers(folder)[0]
    assert proof.result == UNDECIDED and "registers lead to an output" in proof.reason


def test_a_layer_without_time_is_undecided(tmp_path):
    folder = unrolled(CONSTRUCTS["fired"], tmp_path / "out")
    proof = prove_layers(folder, seconds=1e-9)[0]
    assert (proof.result, proof.reason) == (UNDECIDED, "out of time")


@pytest.mark.slow
def test_every_layer_of_the_digits_network_is_proved(tmp_path):
    pytest.importorskip("keras")
    model = load_model(Path(__file__).parents[2] / "models" / "digits-mlp.keras")
    folder = unrolled(trace(model, InputSpec("uint8", 16)), tmp_path / "out")
    assert results(folder, seconds=600) == dict.fromkeys(["dense1", "head", "decode"], PROVED)


def test_other_targets_are_refused(tmp_path):
    folder = generate(CONSTRUCTS["fired"], "c", tmp_path / "out", Options("net")).folder
    with pytest.raises(BadInput, match="^--formal: .* holds c; only folders of --target verilog can be proved$"):
        prove_layers(folder)


def test_no_time_is_refused(tmp_path):
    folder = unrolled(CONSTRUCTS["fired"], tmp_path / "out")
    with pytest.raises(BadInput, match="^--formal-seconds 0: must be more than 0$"):
        prove_layers(folder, 0)
