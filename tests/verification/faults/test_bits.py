"""Flipped bits of stored numbers."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.targets.verilog.test_golden import tiny

from whetgen.fuzz.graphs import random_graph
from whetgen.verification.faults.bits import Store, StoredBit, bit_at, drawn, flipped, stores


@given(
    st.integers(1, 70).flatmap(
        lambda w: st.tuples(st.just(w), st.integers(-(1 << w - 1), (1 << w - 1) - 1), st.integers(0, w - 1))
    )
)
def test_a_flip_is_that_of_the_bit_in_twos_complement(case):
    width, value, bit = case
    store = Store(kind="weight", node="n", field="weights", values=np.array([5, value], dtype=object), width=width)
    word = value % (1 << width) ^ (1 << bit)
    assert StoredBit(store, 1, bit).after == (word - (1 << width) if word >> width - 1 else word)


def test_weights_of_one_bit_are_negated():
    store = Store(kind="weight", node="n", field="weights", values=np.array([[1, -1]]), width=1, negates=True)
    assert [StoredBit(store, place, 0).after for place in (0, 1)] == [-1, 1]


def test_the_stores_of_a_network_are_its_weights_and_its_levels():
    found = [(store.kind, store.node, store.field, store.width) for store in stores(tiny())]
    assert found == [
        ("weight", "hidden", "weights", 3),
        ("threshold", "fire", "thresholds", 7),
        ("weight", "scores", "weights", 3),
        ("threshold", "scores", "bias", 3),
    ]


def test_flips_of_one_graph_change_the_numbers_and_leave_the_graph_as_it_was():
    graph = tiny()
    hidden, fire, *_ = stores(graph)
    changed = flipped(graph, [StoredBit(hidden, 3, 0), StoredBit(hidden, 3, 2), StoredBit(fire, 1, 6)])
    assert changed["hidden"].weights.tolist() == [[1, -2], [0, -2], [-1, 1]]  # 3 is 011, 110 is -2
    assert changed["fire"].thresholds.tolist() == [2, 63]
    assert graph["hidden"].weights[1, 1] == 3 and changed["scores"] is graph["scores"]


def test_drawn_bits_are_different_and_all_where_enough_are_asked_for():
    known = stores(random_graph(Random(3), small=True))
    total = sum(store.bits for store in known)
    found = {(b.store.node, b.store.field, b.place, b.bit) for b in drawn(known, total + 7, np.random.default_rng(0))}
    assert len(found) == total
    counted = [bit_at(known, number) for number in range(total)]
    assert found == {(b.store.node, b.store.field, b.place, b.bit) for b in counted}
