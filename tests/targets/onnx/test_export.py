"""The exported model in onnxruntime, and in qonnx, against the reference."""

import random
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from whetgen.errors import BadInput
from whetgen.foreign.onnx_files import OnnxFile
from whetgen.frontends.onnx.tracer import trace_onnx
from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning, Output, validate
from whetgen.ir.nodes import Dense, Input, Reshape, Threshold
from whetgen.passes import lower, optimise
from whetgen.targets.onnx.export import export
from whetgen.verification.frames import flat_outputs
from whetgen.verification.onnx_runner import run_onnx

FRAMES = {"tensor(uint8)": np.uint8, "tensor(int8)": np.int8, "tensor(int16)": np.int16}


def results(found):
    return list(found.values()) if isinstance(found, dict) else [found]


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_onnxruntime_computes_the_same_integers(first):
    compared = 0
    for seed in range(first, first + 20):
        graph = random_graph(random.Random(seed), max_bits=50)
        codes = random_codes(graph, random.Random(seed), 8)
        try:
            model = export(graph, "net")
        except BadInput as error:
            assert "narrow" in str(error)
            continue
        onnx.checker.check_model(model)
        session = onnxruntime.InferenceSession(model.SerializeToString())
        (entry,) = session.get_inputs()
        found = session.run(None, {entry.name: codes.astype(FRAMES[entry.type])})
        for made, wanted in zip(found, results(graph.run(codes)), strict=False):
            assert np.array_equal(made, wanted), seed
        if graph.is_classifier and len(found) > 1:
            assert np.array_equal(found[1], graph.predict(codes)), seed
        compared += 1
    assert compared > 15


def test_qonnx_computes_the_same_integers():
    import qonnx.core.onnx_exec as executor
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.transformation.infer_shapes import InferShapes

    for seed in range(15):
        graph = random_graph(random.Random(seed), max_bits=24, small=True)
        codes = random_codes(graph, random.Random(seed), 2)
        model = export(graph, "net", qonnx=True)
        for value in (*model.graph.input, *model.graph.output):
            value.type.tensor_type.shape.dim[0].dim_value = 1
        with warnings.catch_warnings(action="ignore"):
            wrapped = ModelWrapper(model).transform(InferShapes())
            entry = model.graph.input[0].name
            rows = [executor.execute_onnx(wrapped, {entry: frame[None].astype(np.float32)}) for frame in codes]
        for value, wanted in zip(model.graph.output, results(graph.run(codes)), strict=False):
            assert np.array_equal(np.concatenate([row[value.name] for row in rows]), wanted), seed


@pytest.mark.parametrize("qonnx", [False, True])
def test_an_exported_file_comes_in_again_as_the_same_network(qonnx):
    compared = 0
    for seed in range(50):
        graph = random_graph(random.Random(seed), max_bits=24)
        codes = random_codes(graph, random.Random(seed), 8)
        trace = trace_onnx(
            OnnxFile(Path("net.onnx"), export(graph, "net", qonnx=qonnx)), graph.input.type, InputMeaning(Fraction(1))
        )
        again = optimise(lower(trace.graph).graph)
        found = results(again.run(codes.transpose(0, *(axis + 1 for axis in trace.input.order))))
        for made, wanted, output in zip(found, results(graph.run(codes)), again.outputs, strict=False):
            if wanted.ndim == 2:  # maps come back with ONNX' axes
                assert np.array_equal(made * int(output.scale) + int(output.offset), wanted), seed
                compared += 1
    assert compared > 20


def test_names_that_meet_are_told_apart(tmp_path):
    """An output called like its layer, layers called like what is made on the way, one called like an output's stand-in."""
    nodes = (
        Input("codes", (2, 3, 4), ELEMENT_TYPES["int8"]),
        Reshape("turned", "codes", (3, 2, 4)),
        Reshape("turned_last", "turned", (4, 3, 2)),
        Reshape("flat", "turned_last", (24,)),
        Dense("flat_shape", "flat", np.eye(24, dtype=int)[:, ::-1], np.arange(24)),
        Threshold("flat_shape_weights", "flat_shape", np.arange(24)),
    )
    heads = tuple(Output(name, name, "accumulators") for name in ("turned", "turned_last", "flat_shape"))
    graph = validate(Graph(nodes, (*heads, Output("turned_output", "flat_shape_weights", "spikes"))))
    codes = np.random.default_rng(0).integers(-128, 128, (5, 2, 3, 4))
    model = export(graph, "net")
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    assert np.array_equal(run_onnx(tmp_path / "net.onnx", graph, codes).outputs, flat_outputs(graph, codes))
