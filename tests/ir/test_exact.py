"""Exact numbers: arithmetic with square roots, and the simplest rational behind a double."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.ir.exact import Surd, ceil, exact_sum, floor, reciprocal, sign, simplest_rational, square_root

rationals = st.fractions(min_value=-50, max_value=50, max_denominator=40)
positive = st.fractions(min_value=Fraction(1, 40), max_value=50, max_denominator=40)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "1/1000"),
        (1 / 255, "1/255"),
        (1e-5, "1/100000"),
        (0.1307, "1307/10000"),
        (-2.5, "-5/2"),
        (3.0, "3"),
        (0.0, "0"),
    ],
)
def test_a_setting_means_the_simplest_rational_that_rounds_to_it(value, text):
    assert simplest_rational(value) == Fraction(text)


@given(st.floats(min_value=1e-12, max_value=1e12))
def test_the_simplest_rational_rounds_to_the_double_and_none_is_simpler(value):
    found = simplest_rational(value)
    assert float(found) == value
    if found.denominator < 2000:
        for denominator in range(1, found.denominator):
            assert all(
                n / denominator != value for n in {math.floor(value * denominator), math.ceil(value * denominator)}
            )


def test_square_roots_of_squares_are_rational():
    assert square_root(Fraction(4, 9)) == Fraction(2, 3)
    assert square_root(Fraction(2)) * square_root(Fraction(8)) == 4
    assert square_root(Fraction(2)) + square_root(Fraction(8)) == 3 * square_root(Fraction(2))
    assert square_root(Fraction(0)) == 0


@given(rationals, rationals, positive, positive)
def test_sign_floor_and_ceil_agree_with_squares(a, b, r, s):
    """``a sqrt r >= b sqrt s`` decided by comparing signed squares."""
    difference = exact_sum([(r, a), (s, -b)])
    left, right = a * abs(a) * r, b * abs(b) * s
    assert sign(difference) == (left > right) - (left < right)
    whole = floor(difference)
    assert sign(difference - whole) >= 0 > sign(difference - (whole + 1))
    assert ceil(difference) == (whole if difference == whole else whole + 1)


@given(positive, rationals.filter(bool))
def test_reciprocal_times_value_is_one(r, c):
    value = exact_sum([(r, c)])
    assert value * reciprocal(value) == 1


def test_only_irrational_numbers_are_surds():
    assert isinstance(square_root(Fraction(2)), Surd)
    assert isinstance(square_root(Fraction(2)) - square_root(Fraction(2)), Fraction)


def test_numpy_object_arrays_work_element_by_element():
    values = np.array([square_root(Fraction(2)), Fraction(1, 2)], dtype=object)
    assert list(values * values) == [2, Fraction(1, 4)]


@pytest.mark.parametrize("value", [1.7976931348623157e308, 5e-324, 2.0**-1022])
def test_the_ends_of_the_doubles_have_a_simplest_rational(value):
    assert float(simplest_rational(value)) == value
