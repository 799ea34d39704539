"""The class that a target knows worst."""

import numpy as np

from whetgen.verification.hits import ClassHits, worst_class


def test_the_worst_class_has_the_smallest_share_of_hits_and_its_name():
    labels, told = np.array([0, 0, 0, 2, 2, 3]), np.array([0, 0, 1, 2, 0, 3])
    assert worst_class(told, labels, ("a", "b", "c", "d")) == ClassHits(number=2, name="c", right=1, frames=2)
    assert worst_class(told, labels, ()) == ClassHits(number=2, name=None, right=1, frames=2)


def test_of_equally_bad_classes_it_is_the_lowest():
    assert worst_class(np.array([1, 0]), np.array([0, 1]), ()) == ClassHits(number=0, name=None, right=0, frames=1)


def test_there_is_none_where_all_is_right_or_nothing_is_known():
    right = np.array([0, 3])
    assert [worst_class(right, right, ()), worst_class(None, right, ()), worst_class(right, None, ())] == [None] * 3
