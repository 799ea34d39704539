"""Keys: every neuron has a class, no two classes look alike, decode undoes encode."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.sharpen import decode_with_key, encode_with_key, generate_key


@st.composite
def keys(draw, overlapping=(False, True)):
    classes, shared = draw(st.integers(2, 20)), draw(st.sampled_from(overlapping))
    least = int(np.ceil(np.log2(classes + 1))) if shared else classes
    width = draw(st.integers(least, least + 60))
    return generate_key(width, classes, overlapping=shared, seed=draw(st.integers(0, 2**32 - 1)))


@given(keys())
def test_every_key_is_complete_and_distinct(key):
    assert key.dtype == np.uint8 and set(np.unique(key)) <= {0, 1}
    assert key.any(axis=0).all(), "a neuron in no class"
    assert key.any(axis=1).all(), "a class without neuron"
    assert len({row.tobytes() for row in key}) == len(key), "two classes with one row"


@given(keys(overlapping=(False,)))
def test_without_overlap_each_neuron_has_one_class_and_classes_are_even(key):
    assert (key.sum(axis=0) == 1).all()
    assert np.ptp(key.sum(axis=1)) <= 1


@pytest.mark.parametrize("classes", [2, 3, 7, 8, 10, 100])
@pytest.mark.parametrize("seed", range(5))
def test_narrowest_overlapping_key_exists(classes, seed):
    width = int(np.ceil(np.log2(classes + 1)))
    key = generate_key(width, classes, overlapping=True, seed=seed)
    assert key.shape == (classes, width) and len(np.unique(key, axis=0)) == classes


def test_same_seed_same_key():
    first, again, other = (generate_key(100, 10, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


@given(keys(), st.data())
def test_decode_undoes_encode(key, data):
    labels = np.array(data.draw(st.lists(st.integers(0, len(key) - 1), min_size=1, max_size=30)))
    spikes = encode_with_key(labels, key)
    assert spikes.dtype == np.uint8 and spikes.shape == (len(labels), key.shape[1])
    assert np.array_equal(spikes, key[labels])
    assert np.array_equal(decode_with_key(spikes, key), labels)


@given(keys(), st.data())
def test_one_hot_rows_encode_as_their_labels_do(key, data):
    labels = np.array(data.draw(st.lists(st.integers(0, len(key) - 1), min_size=1, max_size=10)))
    one_hot = np.eye(len(key), dtype=np.float32)[labels]
    assert np.array_equal(encode_with_key(one_hot, key), encode_with_key(labels, key))


@given(keys(), st.integers(0, 2**32 - 1))
def test_decode_is_the_first_best_integer_score(key, seed):
    spikes = np.random.default_rng(seed).integers(0, 2, (8, key.shape[1]))
    for row, got in zip(spikes, decode_with_key(spikes, key), strict=True):
        scores = [sum((2 * int(x) - 1) * (2 * int(k) - 1) for x, k in zip(row, line, strict=True)) for line in key]
        assert got == scores.index(max(scores))


def test_neuron_in_no_class_adds_the_same_to_every_class():
    key = np.array([[1, 0, 0], [0, 1, 0]], np.uint8)
    assert [decode_with_key(np.array([1, 0, x]), key) for x in (0, 1)] == [0, 0]
    assert [decode_with_key(np.array([0, 1, x]), key) for x in (0, 1)] == [1, 1]


def test_lowest_class_wins_a_tie():
    assert decode_with_key(np.zeros((1, 6)), generate_key(6, 3, seed=0)).tolist() == [0]


@pytest.mark.parametrize(
    ("arguments", "least"), [((9, 10, False), 10), ((3, 10, True), 4), ((10, 1, False), 1), ((0, 2, True), 2)]
)
def test_too_small_a_key_is_refused(arguments, least):
    width, classes, overlapping = arguments
    with pytest.raises(ValueError, match=rf"2 classes.*width of {least}"):
        generate_key(width, classes, overlapping)
