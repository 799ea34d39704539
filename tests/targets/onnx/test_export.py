"""The exported model in onnxruntime, and in qonnx, against the reference."""

import random
import warnings

import numpy as np
import onnx
import onnxruntime
import pytest
from tests.random_graphs import random_codes, random_graph

from whetgen.errors import BadInput
from whetgen.targets.onnx.export import export

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
