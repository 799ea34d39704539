"""Which elements a window reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.layers import Window, window_indices

SIZE, PAIR = st.integers(1, 4), st.tuples(st.integers(1, 3), st.integers(1, 3))


@st.composite
def windows(draw) -> Window:
    return Window(
        height=draw(SIZE),
        width=draw(SIZE),
        channels=draw(SIZE),
        out_height=draw(SIZE),
        out_width=draw(SIZE),
        kernel=draw(PAIR),
        stride=draw(PAIR),
        dilation=draw(PAIR),
        before=draw(PAIR),
    )


def read(w: Window, y: int, x: int, tap: tuple[int, int], channel: int) -> int:
    """Number of the element, -1 outside the map."""
    row = y * w.stride[0] + tap[0] * w.dilation[0] - w.before[0]
    column = x * w.stride[1] + tap[1] * w.dilation[1] - w.before[1]
    inside = 0 <= row < w.height and 0 <= column < w.width
    return (row * w.width + column) * w.channels + channel if inside else -1


@given(windows())
def test_every_tap_reads_its_element_or_padding(window):
    taps = [(i, j) for i in range(window.kernel[0]) for j in range(window.kernel[1])]
    assert window_indices(window).tolist() == [
        [[read(window, y, x, tap, channel) for channel in range(window.channels)] for tap in taps]
        for y in range(window.out_height)
        for x in range(window.out_width)
    ]


@given(windows())
def test_no_window_goes_beyond_what_is_touched_and_the_map_lies_within(window):
    for axis, (size, out) in enumerate(((window.height, window.out_height), (window.width, window.out_width))):
        last = (out - 1) * window.stride[axis] + (window.kernel[axis] - 1) * window.dilation[axis]
        assert window.touched[axis] == max(last + 1, window.before[axis] + size)


@pytest.mark.parametrize(("kernel", "before", "trivial"), [((1, 1), (0, 0), True), ((1, 1), (1, 0), False)])
def test_a_window_is_trivial_where_it_is_the_map(kernel, before, trivial):
    window = Window(height=1, width=1, channels=5, out_height=1, out_width=1, kernel=kernel, before=before)
    assert window.trivial is trivial
    assert Window.whole(5) == Window(height=1, width=1, channels=5, out_height=1, out_width=1)
