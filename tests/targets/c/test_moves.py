"""Moves as nested loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.targets.c.kernels.moves import nested_loops

loop = st.tuples(st.integers(1, 4), st.integers(-3, 9), st.integers(1, 9))


def visited(loops: list[tuple[int, int, int]]) -> np.ndarray:
    """(2, places) that nested loops come to, from 0 and 0 on."""
    places = np.zeros((2, 1), dtype=int)
    for count, *steps in loops:
        places = (places[..., None] + np.array(steps)[:, None, None] * np.arange(count)).reshape(2, -1)
    return places


@given(st.lists(loop, max_size=4))
def test_the_loops_found_visit_the_places_of_the_loops_given(loops):
    places = visited(loops)
    found = nested_loops(*places)
    assert np.array_equal(visited(found), places) and len(found) <= len(loops)


def test_neighbouring_loops_that_go_on_alike_are_one():
    assert nested_loops(np.arange(24), np.arange(24)) == [(24, 1, 1)]
    assert nested_loops(np.arange(24).reshape(4, 6).T.reshape(-1), np.arange(24)) == [(6, 1, 4), (4, 6, 1)]


FIVE = visited([(2, 99 * k, 5**k) for k in range(6, 1, -1)])


@pytest.mark.parametrize(
    ("taken", "put", "told"),
    [
        ([0, 2, 3], [0, 1, 2], "elements that no nested loops move"),
        (*FIVE, "elements that 5 nested loops move; the runtime has 4"),
    ],
)
def test_what_the_runtime_cannot_move_is_refused(taken, put, told):
    with pytest.raises(ValueError) as error:
        nested_loops(np.array(taken), np.array(put))
    assert str(error.value) == told
