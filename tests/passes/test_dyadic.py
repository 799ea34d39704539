"""Floats become integers times a power of two, exactly."""

from fractions import Fraction
from math import gcd

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from whetgen.passes.dyadic import integer_columns

floats32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
columns = hnp.arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=floats32)


@given(columns)
def test_integers_times_units_are_the_floats_and_are_the_least(values):
    integers, units = integer_columns(values)
    for n in range(values.shape[1]):
        column = [int(v) for v in integers[:, n]]
        assert [v * units[n] for v in column] == [Fraction(float(v)) for v in values[:, n]]
        assert units[n] > 0
        assert gcd(*column) == (1 if any(column) else 0)


def test_a_span_beyond_63_bits_gives_python_integers():
    integers, units = integer_columns(np.array([[np.float32(1e30)], [np.float32(1e-30)], [0.0]], dtype=np.float64))
    assert integers.dtype == object
    assert int(integers[0, 0]) * units[0] == Fraction(float(np.float32(1e30)))


def test_narrow_grids_give_small_integers():
    integers, units = integer_columns(np.array([[0.375, -3.0], [-0.125, 1.5]]))
    assert integers.tolist() == [[3, -2], [-1, 1]]
    assert list(units) == [Fraction(1, 8), Fraction(3, 2)]
