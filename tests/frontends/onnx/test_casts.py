"""Casts to integers: of whole numbers that fit they change nothing, others are refused."""

import numpy as np
import pytest
from onnx import TensorProto
from onnx.reference import ReferenceEvaluator
from tests.frontends.onnx.test_tracer import graph_of, refusal

from whetgen.fuzz.onnx_models import Net

CODES = np.arange(-128, 128)
REFUSED = (
    "node 'cast1' (Cast) turns numbers into integers or truth values; quantise with BipolarQuant, Quant or a comparison"
)


def cast_of_codes(factor, to):
    net = Net((1,))
    net.add("Mul", np.float32(factor))
    net.add("Cast", to=to)
    net.add("Cast", to=TensorProto.FLOAT)
    return net


@pytest.mark.parametrize(
    ("factor", "to"),
    [(1, "INT8"), (255, "INT16"), (-255, "INT16"), (256, "INT16"), (65536, "INT32"), (1 << 23, "INT64")],
)
def test_whole_numbers_that_a_type_holds_stay_what_they_are(factor, to):
    model = cast_of_codes(factor, getattr(TensorProto, to)).model()
    graph = graph_of(model, "int8")
    (output,) = graph.outputs
    made = graph.run(CODES[:, None]) * float(output.scale) + float(output.offset)
    session = ReferenceEvaluator(model)
    wanted = np.concatenate([session.run(None, {"codes": np.array([[c]], np.float32)})[0] for c in CODES])
    assert np.array_equal(made, wanted)


@pytest.mark.parametrize(
    ("factor", "to"), [(0.5, "INT32"), (1, "INT8"), (-1, "INT8"), (129, "INT16"), (1, "BOOL"), (1 << 24, "INT32")]
)
def test_what_a_type_does_not_hold_or_is_not_whole_is_refused(factor, to):
    refusal(cast_of_codes(factor, getattr(TensorProto, to)), REFUSED)
