from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.foreign.qonnx_math import ROUND, quant
from whetgen.frontends.operators.staircase import MODES, risers


@pytest.mark.parametrize("mode", sorted(MODES))
@given(quarters=st.integers(-40, 40))
def test_the_steps_that_a_number_reaches_are_what_rounding_it_gives(mode, quarters):
    number = Fraction(quarters, 4)
    reached = sum(number > level if strict else number >= level for level, strict in risers(mode, -11, 11))
    assert reached - 11 == ROUND[mode](np.float64(number))


@given(
    st.sampled_from(sorted(MODES)),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
    st.sampled_from([0.25, 0.3, 1.0]),
    st.integers(-2, 2),
    st.integers(-60, 60),
)
def test_quant_is_what_qonnx_computes(mode, bits, signed, narrow, scale, zero, eighths):
    from qonnx.custom_op.general.intquant import int_quant

    given_ = [np.array([v], dtype=np.float32) for v in (eighths / 8, scale, zero, bits)]
    settings = {"signed": signed, "narrow": narrow, "rounding_mode": "DOWN" if mode == "ROUND_TO_ZERO" else mode}
    wanted = int_quant(*given_, settings["signed"], settings["narrow"], settings["rounding_mode"])
    assert quant(*given_, **settings).astype(np.float32) == wanted.astype(np.float32)
