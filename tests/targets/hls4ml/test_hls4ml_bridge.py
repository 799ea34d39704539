"""What to_hls4ml promises around the arithmetic: types, options, names, refusals, wide integers."""

import re
import sys

import numpy as np
import pytest
from tests.targets.c.test_c_nodes import fired, ints, network

from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.integers import Word, as_integers
from whetgen.ir.nodes import Dense, Input, Threshold, WeightedSum
from whetgen.reference import predict, run_tensors
from whetgen.targets.hls4ml import compile_model, predict_codes, to_hls4ml
from whetgen.targets.hls4ml.model import ap_type
from whetgen.targets.hls4ml.plan import plan
from whetgen.verification.hls4ml_runner import run_hls4ml

pytestmark = pytest.mark.usefixtures("unoptimised")

SMALL = network("uint8", (4,), *fired(Dense("d", "in", np.array([[1, -2], [3, 0], [0, 0], [-4, 5]]), ints(2)), ints(2)))
WIDE = network("bit", (2,), Dense("d", "in", np.full((2, 1), 1 << 53), np.zeros(1, int)))


def classifier(scores: Dense) -> Graph:
    source = Input("in", (len(scores.weights),), ELEMENT_TYPES["bit"])
    return validate(Graph((source, scores), (Output("o", scores.name, "scores", classifier=True),)))


def layer(graph: Graph, name: str):
    return {made.name: made for made in plan(graph, "net").layers}[name]


def test_the_types_are_as_wide_as_the_proved_ranges():
    sums, fires = layer(validate(Graph(SMALL.nodes[:2], (Output("o", "d", "accumulators"),))), "d"), layer(SMALL, "d")
    assert sums.result == Word.holding(*SMALL.ranges["d"])
    assert fires.result == Word(1, signed=False)
    assert ap_type(fires.arrays[0].word) == "ap_int<4>"


def test_the_model_graph_is_hls4mls_own_and_holds_those_types(tmp_path):
    import hls4ml

    model = to_hls4ml(SMALL, tmp_path, name="tiny", part="xc7a35tcpg236-1", clock_period=8)
    assert isinstance(model, hls4ml.model.ModelGraph)
    assert [type(node).__name__ for node in model.get_layers()] == [
        "VitisInput",
        "VitisWhetgenDense",
    ]
    assert str(model.graph["d"].get_output_variable().type.precision) == "uint<1>"
    assert model.config.get_config_value("Part") == "xc7a35tcpg236-1"
    model.write()
    top = (tmp_path / "firmware" / "tiny.cpp").read_text()
    assert "nnet::wg_dense<input_t, result_t, config2>(in, layer2_out, wg_weights2, wg_levels2); // d" in top


def test_only_weights_that_are_a_key_are_decoded():
    key = np.array([[2, -2], [-2, 2], [2, 2]])
    assert layer(classifier(Dense("d", "in", key, ints(2))), "d").kind == "decode"
    assert layer(classifier(Dense("d", "in", key * 2, ints(2))), "d").kind == "dense"


@pytest.mark.slow
def test_classify_gives_the_class_and_the_lowest_index_wins_ties(tmp_path):
    scores = Dense("d", "in", np.array([[2, 0, 2, 1], [0, 3, 3, 1]]), np.array([1, 0, 0, 3]))
    graph = classifier(scores)
    codes = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    model = to_hls4ml(graph, tmp_path, classify=True)
    compile_model(model)
    found = model.predict(codes.astype(np.float32)).reshape(-1)
    assert predict_codes(model, graph, codes).tolist() == predict(graph, codes).tolist()
    assert graph.run(codes).tolist() == [[1, 0, 0, 3], [3, 0, 2, 4], [1, 3, 3, 4], [3, 3, 5, 5]]
    assert found.tolist() == [3, 3, 3, 2]


@pytest.mark.slow
def test_hls4mls_trace_shows_every_layers_result(tmp_path):
    model, codes = to_hls4ml(SMALL, tmp_path), np.array([[0, 255, 3, 1], [9, 0, 0, 7]])
    for node in model.get_layers():
        node.set_attr("trace", True)
    _, found = model.trace(codes.astype(np.float64))
    wanted = run_tensors(SMALL, codes)
    assert {name: values.tolist() for name, values in found.items()} == {"d": wanted["fire"].tolist()}


@pytest.mark.slow
def test_one_frame_several_outputs_and_integers_at_the_end_of_a_double(tmp_path):
    weights = as_integers([[(1 << 53) - 1, -(1 << 53) + 1, 1]])
    graph = network(
        "bit",
        (1,),
        Dense("d", "in", weights, np.array([1, -1, 0])),
        Dense("e", "in", weights, np.array([0, 0, 2])),
        outputs=("d", "e"),
    )
    model = to_hls4ml(graph, tmp_path, backend="Vivado")
    compile_model(model)
    codes = np.array([[1], [0]])
    for frames in (codes, codes[:1]):
        found, wanted = predict_codes(model, graph, frames), graph.run(frames)
        assert {k: v.tolist() for k, v in found.items()} == {k: v.tolist() for k, v in wanted.items()}
    both = np.concatenate(list(graph.run(codes).values()), axis=1)
    assert run_hls4ml(graph, codes, tmp_path / "again").tolist() == both.tolist()


def test_outputs_beyond_a_double_are_refused_not_rounded(tmp_path):
    model = to_hls4ml(WIDE, tmp_path)
    message = "output 'out0' reaches from 0 to 18014398509481984; hls4ml's predict passes doubles, exact to 2**53: check it with --target c or hls"
    with pytest.raises(BadInput, match=f"^{re.escape(message)}$"):
        predict_codes(model, WIDE, np.zeros((1, 2), int))


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (np.full((1, 4), 256), "input codes reach from 256 to 256, uint8 holds 0..255"),
        (np.zeros((1, 5), np.int64), "input codes are int64 of shape (1, 5); give one frame or more of integers, (frames, 4)"),
        (np.zeros((1, 4)), "input codes are float64 of shape (1, 4); give one frame or more of integers, (frames, 4)"),
        (np.zeros((0, 4), np.int64), "input codes are int64 of shape (0, 4); give one frame or more of integers, (frames, 4)"),
    ],
)  # fmt: skip
def test_codes_that_are_not_the_networks_are_refused_not_wrapped(codes, message, tmp_path):
    with pytest.raises(BadInput, match=f"^{re.escape(message)}$"):
        predict_codes(to_hls4ml(SMALL, tmp_path), SMALL, codes)


@pytest.mark.slow
def test_hls4mls_namespace_and_constants_in_headers_give_the_same_bits(tmp_path):
    graph = network(
        "int16",
        (3,),
        *fired(
            Dense("d", "in", as_integers([[3 << 60], [-1 << 61], [1 << 70]]), as_integers([1 << 62])),
            as_integers([5 << 70]),
        ),
    )
    model = to_hls4ml(graph, tmp_path, namespace="net", write_weights_txt=False)
    compile_model(model)
    codes = np.array([[0, 0, 4], [0, 0, 5], [-40, -40, 5], [1, 1, 5], [0, 3, 5], [0, 2, 5]])
    assert predict_codes(model, graph, codes).tolist() == graph.run(codes).tolist()
    assert len(set(graph.run(codes).reshape(-1).tolist())) == 2


def test_integers_wider_than_ap_int_are_refused_with_the_layers_name():
    graph = network(
        "bit",
        (1,),
        Dense("huge/one", "in", as_integers([[1 << 1100]]), np.zeros(1, int)),
        Threshold("t", "huge/one", np.array([1])),
    )
    with pytest.raises(
        BadInput,
        match=r"^layer 'huge/one' needs 1102-bit integers, ap_int holds 1024; generate with --target c or narrow the weights with --weight-bits$",
    ):
        plan(graph, "net")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backend": "Quartus"}, "hls4ml backend Quartus: choose one of Vitis, Vivado"),
        ({"io_type": "io_stream"}, "hls4ml io_type 'io_stream': the bridge makes io_parallel; for streams generate with --target hls"),
        ({"reuse_factor": 0}, "hls4ml reuse_factor 0: a whole number from 1"),
        ({"name": "int"}, "--name 'int' is a keyword of C, C++ or Verilog; choose another"),
        ({"name": "nnet"}, "--name 'nnet' is a word that hls4ml generates itself; choose another"),
        ({"clok_period": 4}, "hls4ml option 'clok_period': the Vitis backend takes part, clock_period, clock_uncertainty, namespace, write_weights_txt, write_tar, write_emulation_constants, tb_output_stream"),
        ({"classify": True}, "classify needs exactly one output, a classifier; this network has 1 outputs, 0 of them classifiers"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_taken_are_refused(options, message, tmp_path):
    with pytest.raises(BadInput, match=f"^{re.escape(message)}$"):
        to_hls4ml(SMALL, tmp_path, **options)


def test_a_missing_hls4ml_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "hls4ml", None)
    monkeypatch.delitem(sys.modules, "whetgen.targets.hls4ml.extension", raising=False)
    with pytest.raises(
        BadInput, match=r"^the hls4ml bridge needs hls4ml \(.*\); install it with: pip install 'whetgen\[hls\]'$"
    ):
        to_hls4ml(SMALL, tmp_path)


def test_a_missing_compiler_is_one_line(monkeypatch, tmp_path):
    model = to_hls4ml(SMALL, tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        BadInput, match=r"^g\+\+ is not installed; hls4ml compiles with it; on Debian: apt-get install g\+\+$"
    ):
        compile_model(model)


def test_nothing_is_printed(capfd, tmp_path):
    to_hls4ml(SMALL, tmp_path)
    assert capfd.readouterr() == ("", "")


def test_sums_of_many_operands_keep_exact_types_in_between():
    graph = network("int8", (2,), WeightedSum("w", ("in",) * 3, (ints(2), ints(2), ints(2)), ints(2)))
    part, whole = plan(graph, "net").layers
    assert (part.kind, whole.kind, whole.inputs) == ("blend", "blend", (part.name, "in"))
