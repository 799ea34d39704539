"""Units that several scales have in common."""

from fractions import Fraction

import numpy as np

from whetgen.ir.exact import square_root
from whetgen.passes.scaled import common_unit


def test_scales_far_below_float32_keep_its_24_bits():
    """Where ratios are irrational: a weight of 1e-45 makes such a scale beside others of a usual size."""
    tiny = Fraction(3, 2**300)
    unit, integers, rounded = common_unit(np.array([square_root(Fraction(2)), tiny], dtype=object))
    assert rounded and unit * int(integers[1]) == tiny
    assert unit * int(integers[0]) == Fraction(float(np.float32(np.sqrt(2))))
