"""Threshold neurons say what the truth table says, on every pattern of every table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whetgen.frontends.keras.truth_tables import line, lines


def patterns(inputs: int) -> np.ndarray:
    return np.arange(2**inputs)[:, None] >> np.arange(inputs) & 1


def alternating(turns: np.ndarray) -> np.ndarray:
    """First turn less second plus third, and so on along the last axis."""
    return (turns * (1 - np.arange(turns.shape[-1]) % 2 * 2)).sum(axis=-1)


def check(table: np.ndarray) -> int:
    """How many neurons the table needs."""
    form = line(table)
    sums = patterns(table.size.bit_length() - 1) @ form.weights
    assert np.array_equal(alternating(sums[:, None] >= form.levels), table.astype(int))
    return len(form.levels)


@settings(max_examples=60)
@given(inputs=st.integers(1, 6), data=st.data())
def test_form_says_what_the_table_says(inputs, data):
    number = data.draw(st.integers(0, 2 ** (2**inputs) - 1))
    check(np.array([number >> place & 1 for place in range(2**inputs)], bool))


@pytest.mark.parametrize("inputs", [1, 2])
def test_every_small_table_has_a_form(inputs):
    for number in range(2 ** (2**inputs)):
        check(np.array([number >> place & 1 for place in range(2**inputs)], bool))


NAMED = {
    "nothing": (lambda bits: bits[:, 0] < 0, 0),
    "always": (lambda bits: bits[:, 0] >= 0, 1),
    "one input": (lambda bits: bits[:, 3] == 1, 1),
    "not one input": (lambda bits: bits[:, 3] == 0, 1),
    "and": (lambda bits: bits.all(axis=1), 1),
    "majority": (lambda bits: bits.sum(axis=1) >= 4, 1),
    "weighted": (lambda bits: bits @ [2, -1, 1, 0, -2, 1] >= 1, 1),
    "exactly two": (lambda bits: bits.sum(axis=1) == 2, 2),
    "parity": (lambda bits: bits.sum(axis=1) % 2 == 1, 6),
}


@pytest.mark.parametrize("name", NAMED)
def test_tables_of_few_changes_need_few_neurons(name):
    make, most = NAMED[name]
    assert check(make(patterns(6))) <= most


def test_lines_compute_all_tables_and_read_only_what_is_wired():
    rng = np.random.default_rng(0)
    tables = rng.integers(0, 2, (5, 16)).astype(bool)
    tables[2], tables[3] = True, False
    wiring = np.stack([rng.choice(9, 4, replace=False) for _ in range(5)], axis=1)
    wiring[1, 4] = wiring[0, 4]  # an input that is read twice
    form = lines(tables, wiring, 9)
    x = rng.integers(0, 2, (200, 9))
    out = alternating(((x @ form.kernel)[None] >= form.levels[:, None]).transpose(1, 2, 0))
    places = (x[:, wiring] << np.arange(4)[:, None]).sum(axis=1)
    assert np.array_equal(out, tables[np.arange(5), places])
