"""Sums, thresholds and tables in cells equal integer arithmetic, for random bags of literals and random layers."""

from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.targets.verilog.logic.evaluate import literals_of

from whetgen.targets.verilog.logic.chains_first import chains_first
from whetgen.targets.verilog.logic.circuit import FALSE, TRUE, Circuit
from whetgen.targets.verilog.logic.compress import counters_first, reaches, reduced
from whetgen.targets.verilog.logic.da4ml import EXACT, da4ml_sub_sums
from whetgen.targets.verilog.logic.digits import signed_digits
from whetgen.targets.verilog.logic.stages import staged
from whetgen.targets.verilog.logic.sub_sums import own_sub_sums, share
from whetgen.targets.verilog.logic.weighted_sums import fires, plain_sum, reached, sums, unsigned_operand

BITS = 14
bags = st.lists(st.tuples(st.integers(0, 2 * BITS + 1), st.integers(0, 4)), max_size=90)
seeds = st.integers(0, 2**32)


def assignments(seed: int, count: int = 24) -> list[list[int]]:
    rng = Random(seed)
    return [[0] * BITS, [1] * BITS, *([rng.getrandbits(1) for _ in range(BITS)] for _ in range(count))]


def value(bits: list[int], bag) -> int:
    known = [0, *bits]
    return sum((known[b >> 1] ^ (b & 1)) << column for b, column in bag)


@given(bags, st.integers(-500, 500), st.integers(1, 12), seeds)
@example([(3, 0)] * 40, 0, 6, 0)
@settings(max_examples=200)
@pytest.mark.parametrize("compressor", [counters_first, chains_first])
def test_a_bag_of_literals_is_summed_modulo_its_width(compressor, bag, constant, width, seed):
    circuit = Circuit(BITS)
    found = reduced(circuit, bag, constant, width, compressor)
    for bits in assignments(seed):
        word = literals_of(circuit, bits, found)
        assert sum(b << k for k, b in enumerate(word)) == (value(bits, bag) + constant) % (1 << width)


@given(bags, st.floats(0, 1), seeds)
@example([(2, 0)], 1.0, 0)
@example([(3, 0), (3, 0), (3, 0)], 0.5, 0)
@settings(max_examples=200)
@pytest.mark.parametrize("compressor", [counters_first, chains_first])
def test_a_neuron_fires_where_its_sum_reaches_the_threshold(compressor, bag, part, seed):
    highest = sum(1 << column for b, column in bag if b != FALSE)
    if not highest:
        return
    threshold = max(1, round(part * highest))
    circuit = Circuit(BITS)
    fire = reaches(circuit, bag, threshold, highest, compressor)
    for bits in assignments(seed):
        assert literals_of(circuit, bits, [fire]) == [int(value(bits, bag) >= threshold)]


@given(st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=30))
def test_signed_digits_add_up_and_have_no_neighbours(weights):
    digits = signed_digits(np.array(weights, dtype=object))
    assert [sum(int(d) << k for k, d in enumerate(column)) for column in digits.T] == weights
    assert not np.any((digits[1:] != 0) & (digits[:-1] != 0))


@given(st.integers(1, 12), st.integers(1, 10), seeds)
@settings(max_examples=60)
def test_shared_sums_leave_every_row_as_it_was(words, rows, seed):
    table = np.random.default_rng(seed).integers(-1, 2, (rows, words))
    after, subs = share(table, np.ones(words))
    values = list(np.random.default_rng(seed + 1).integers(0, 1000, words))
    for sub in subs:
        assert sub.word == len(values)
        values.append(sum(sign * values[word] for word, sign in sub.terms))
    assert np.array_equal(after[:, : len(values)] @ values, table @ values[:words])


def test_a_shared_sum_shares_its_own_terms_too():
    """Eight rows of all ways to add or take off three quarters of the inputs: each input is read once, by a sum that all share."""
    signs = np.array([[1, b, c, d] for b in (-1, 1) for c in (-1, 1) for d in (-1, 1)])
    after, subs = share(np.repeat(signs, 12, axis=1), np.ones(48))
    read = np.sum(after[:, :48] != 0) + sum(word < 48 for sub in subs for word, _ in sub.terms)
    assert read == 48
    assert any(word >= 48 for sub in subs for word, _ in sub.terms)


@given(st.integers(1, 10), st.integers(1, 8), st.sampled_from([1, 2, 7, 100, EXACT - 1, EXACT]), seeds)
@settings(max_examples=60)
@pytest.mark.parametrize("find", [own_sub_sums, da4ml_sub_sums])
def test_sub_sums_leave_every_neuron_as_it_was(find, words, neurons, top, seed):
    rng = np.random.default_rng(seed)
    weights = rng.integers(-top, top + 1, (words, neurons))
    highest = rng.integers(0, 4, words)
    digits, subs = find(weights, highest.astype(float))
    values = np.where(highest > 0, rng.integers(0, 1000, words), 0).tolist()
    for sub in subs:
        assert sub.word == len(values) and sub.terms
        values.append(sum(factor * values[word] for word, factor in sub.terms))
    found = [
        sum(int(d) * v << c for c, row in enumerate(own) for d, v in zip(row, values, strict=True)) for own in digits
    ]
    assert found == (np.array(values[:words]) @ weights).tolist()


@pytest.mark.parametrize("lo, hi", [(0, 1), (0, 255), (-128, 127), (-3, 2), (0, 5), (-1, 0)])
@pytest.mark.parametrize("seed", range(6))
def test_a_layer_over_words_equals_the_matrix_product(lo, hi, seed):
    rng = np.random.default_rng(seed)
    inputs, neurons = int(rng.integers(1, 9)), int(rng.integers(1, 12))
    weights = rng.integers(-9, 10, (inputs, neurons))
    width = max(hi.bit_length() if lo >= 0 else max(hi, -lo - 1).bit_length() + 1, 1)
    circuit = Circuit(inputs * width)
    words = [unsigned_operand([2 * (i * width + k + 1) for k in range(width)], lo, hi) for i in range(inputs)]
    compressor = (counters_first, chains_first)[seed % 2]
    found = sums(circuit, words, weights, (own_sub_sums, None, da4ml_sub_sums)[seed % 3])
    codes = rng.integers(lo, hi + 1, (40, inputs))
    codes[0], codes[1] = lo, hi
    totals = codes @ weights
    for neuron, total in enumerate(found.neurons):
        threshold = int(rng.choice(totals[:, neuron]))
        fire, above = (fires(circuit, total, t, compressor) for t in (threshold, threshold + 1))
        exact = reduced(circuit, total.bits, total.constant, 24)
        for code, wanted in zip(codes, totals[:, neuron], strict=True):
            bits = [int(v) >> k & 1 for v in code for k in range(width)]
            assert literals_of(circuit, bits, [fire, above]) == [int(wanted >= threshold), int(wanted > threshold)]
            number = sum(b << k for k, b in enumerate(literals_of(circuit, bits, exact)))
            assert number == int(wanted) % (1 << 24)


@pytest.mark.parametrize("lo, hi", [(0, 1), (-3, 2), (0, 255)])
@pytest.mark.parametrize("steps", [2, 3, 5])
@pytest.mark.parametrize("inputs", [1, 2, 7])
def test_thresholds_that_a_sum_reaches_are_counted(lo, hi, steps, inputs):
    rng = np.random.default_rng(steps)
    width = max(hi.bit_length() if lo >= 0 else max(hi, -lo - 1).bit_length() + 1, 1)
    weights, codes = rng.integers(-9, 10, inputs), rng.integers(lo, hi + 1, (60, inputs))
    codes[0], codes[1] = lo, hi
    sums = codes @ weights
    thresholds = sorted([*(int(t) for t in rng.choice(sums, steps - 1)), int(sums.max()) + 9])
    circuit = Circuit(inputs * width)
    words = [unsigned_operand([2 * (i * width + k + 1) for k in range(width)], lo, hi) for i in range(inputs)]
    number = reached(circuit, plain_sum(words, weights.tolist()), thresholds)
    assert len(number) == steps.bit_length()
    for code, total in zip(codes, sums, strict=True):
        bits = [int(v) >> k & 1 for v in code for k in range(width)]
        found = sum(b << k for k, b in enumerate(literals_of(circuit, bits, number)))
        assert found == sum(total >= t for t in thresholds)


def test_a_number_meets_a_constant_without_counters():
    for threshold in range(1, 256):
        circuit = Circuit(8)
        word = unsigned_operand([2 * (k + 1) for k in range(8)], 0, 255)
        fire = fires(circuit, plain_sum([word], [1]), threshold)
        assert len(circuit.cells) <= 2
        for code in (0, threshold - 1, threshold, min(threshold + 1, 255), 255):
            assert literals_of(circuit, [code >> k & 1 for k in range(8)], [fire]) == [int(code >= threshold)]


def test_few_inputs_become_one_table():
    circuit = Circuit(6)
    words = [unsigned_operand([2 * (k + 1)], 0, 1) for k in range(6)]
    fires(circuit, plain_sum(words, [7, -3, 5, 1, -2, 9]), 6)
    assert [len(cell.inputs) for cell in circuit.cells] == [6]


def test_constant_neurons_take_nothing():
    circuit = Circuit(2)
    words = [unsigned_operand([2], 0, 1), unsigned_operand([4], 0, 1)]
    assert fires(circuit, plain_sum(words, [1, -1]), -1) == TRUE
    assert fires(circuit, plain_sum(words, [1, -1]), 2) == FALSE
    assert not circuit.cells


def test_equal_cells_are_built_once():
    circuit = Circuit(6)
    assert circuit.count([2, 4, 6]) == circuit.count([6, 2, 4])
    assert len(circuit.cells) == 1


@pytest.mark.parametrize("levels", [1, 2, 3, 100])
def test_a_stage_holds_no_more_tables_in_a_row_than_it_may(levels):
    rng = np.random.default_rng(0)
    circuit = Circuit(40)
    words = [unsigned_operand([2 * (k + 1)], 0, 1) for k in range(40)]
    outputs = [fires(circuit, total, 2) for total in sums(circuit, words, rng.integers(-3, 4, (40, 6))).neurons]
    made = staged(circuit, outputs, levels)
    assert made.cycles == 1 if levels == 100 else made.cycles > 2
    for stage, numbers in enumerate(made.cells):
        depth: dict[int, int] = {}
        for cell in (circuit.cells[n] for n in numbers):
            before = max((depth.get(i >> 1, 0) for i in cell.inputs), default=0)
            depth |= dict.fromkeys(cell.nets, before + 1)
            assert all(made.stage.get(i >> 1, 0) <= stage for i in cell.inputs)
        assert max(depth.values()) <= max(levels, 2)
