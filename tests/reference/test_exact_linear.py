"""Matrix products are exact, however wide the integers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.ir.integers import as_integers
from whetgen.reference.exact_linear import exact_matmul

bits = st.integers(1, 130)


@given(st.data(), bits, bits, st.integers(1, 6), st.integers(0, 7), st.integers(1, 4))
def test_every_product_is_exact(data, x_bits, w_bits, rows, inputs, neurons):
    def matrix(shape, width):
        values = data.draw(
            st.lists(st.integers(-(1 << width), 1 << width), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
        )
        return as_integers(np.array(values, dtype=object).reshape(shape))

    x, weights = matrix((rows, inputs), x_bits), matrix((inputs, neurons), w_bits)
    product = exact_matmul(x, weights)
    for r in range(rows):
        for n in range(neurons):
            assert int(product[r, n]) == sum(int(x[r, i]) * int(weights[i, n]) for i in range(inputs))


@pytest.mark.parametrize("width", [20, 23, 24, 45, 52, 53, 60, 61, 62, 63])
def test_the_edges_between_float_widths_are_exact(width):
    x = np.full((1, 3), 255)
    weights = as_integers(np.array([[(1 << width) - 1], [-(1 << width)], [1]], dtype=object))
    assert int(exact_matmul(x, weights)[0, 0]) == 255 * ((1 << width) - 1 - (1 << width) + 1)


def test_weights_at_the_ends_of_int64_do_not_wrap():
    ends = np.array([[(1 << 63) - 1, -(1 << 63)]])
    assert exact_matmul(np.array([[1]]), ends).tolist() == [[(1 << 63) - 1, -(1 << 63)]]
