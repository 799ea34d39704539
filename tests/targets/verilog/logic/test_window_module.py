"""What each instance of a window's module reads, and what the module is."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from whetgen.layers import Linear, SumRange, Tensor, Window
from whetgen.targets.verilog.logic.window_module import beside_windows, one_window, repeats, windows

small = st.integers(1, 3)


def fired(source: Tensor, result: Tensor, window: Window, weights: np.ndarray, levels: np.ndarray) -> Linear:
    return Linear(
        name="conv",
        kind="Conv",
        source=source,
        result=result,
        window=window,
        weights=weights,
        levels=levels,
        fire=True,
        sum_range=SumRange(np.zeros_like(levels), levels, 0),
    )


@st.composite
def layers(draw) -> Linear:
    height, width, channels, neurons = draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(small), draw(small)
    two = st.tuples(small, small)
    window = Window(
        height=height,
        width=width,
        channels=channels,
        out_height=draw(small),
        out_width=draw(small),
        kernel=draw(two),
        stride=draw(two),
        dilation=draw(two),
        before=draw(two),
    )
    source = Tensor("map", (height, width, channels), *draw(st.sampled_from([(0, 1), (0, 5), (-4, 3)])))
    weights = np.ones((window.taps * channels, neurons), dtype=np.int64)
    levels = np.zeros((1, neurons), dtype=np.int64)
    result = Tensor("fired", (window.out_height, window.out_width, neurons), 0, 1)
    return fired(source, result, window, weights, levels)


def bits_of(part: str, bits: np.ndarray) -> list[int]:
    if zeros := re.fullmatch(r"(\d+)'d0", part):
        return [0] * int(zeros[1])
    sliced = re.fullmatch(r"map(?:\[(\d+):(\d+)\])?", part)
    high, low = (int(n or 0) for n in sliced.groups())
    return bits[low : high + 1].tolist()


def pixel(layer: Linear, bits: np.ndarray, y: int, x: int) -> list[int]:
    """By the definition of a convolution: the bits of a pixel's channels, zeros beyond the map."""
    g, width = layer.window, layer.source.width
    if not (0 <= y < g.height and 0 <= x < g.width):
        return [0] * (g.channels * width)
    first = (y * g.width + x) * g.channels * width
    return bits[first : first + g.channels * width].tolist()


@given(layers(), st.randoms(use_true_random=False))
def test_a_window_reads_its_pixels_and_zeros_beyond_the_map(layer, random):
    g = layer.window
    bits = np.array([random.randint(0, 1) for _ in range(layer.source.bits)])
    for position, parts in enumerate(windows(layer, "map")):
        top, left = divmod(position, g.out_width)
        wanted = [
            bit
            for ky in range(g.kernel[0])
            for kx in range(g.kernel[1])
            for bit in pixel(
                layer,
                bits,
                top * g.stride[0] - g.before[0] + ky * g.dilation[0],
                left * g.stride[1] - g.before[1] + kx * g.dilation[1],
            )
        ]
        assert [bit for part in parts for bit in bits_of(part, bits)] == wanted


@given(layers())
def test_every_bit_of_the_map_is_read_by_a_window_or_named_as_unread(layer):
    numbers = np.arange(1, layer.source.bits + 1)
    read = {n for parts in windows(layer, "map") for part in parts for n in bits_of(part, numbers)} - {0}
    unread = [n for part in beside_windows(layer, "map") for n in bits_of(part, numbers)]
    assert sorted(unread) == sorted(set(numbers.tolist()) - read)


@given(layers())
def test_the_module_is_a_dense_layer_over_one_window(layer):
    window = one_window(layer)
    if repeats(layer):
        assert window.window.trivial and window.result.count == layer.neurons
        assert window.source.bits == sum(
            len(bits_of(p, np.zeros(layer.source.bits, int))) for p in next(windows(layer, "map"))
        )
    else:
        assert window is layer


def test_levels_that_differ_by_position_are_no_single_window():
    window = Window(height=4, width=4, channels=1, out_height=2, out_width=2, kernel=(3, 3))
    levels = np.array([[0], [0], [1], [0]])
    layer = fired(Tensor("map", (4, 4, 1), 0, 1), Tensor("y", (2, 2, 1), 0, 1), window, np.ones((9, 1), int), levels)
    assert not repeats(layer)
