"""What each instance of a window's module reads, and what the module is."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from whetgen.layers.graph import Geometry, Linear, Tensor
from whetgen.targets.verilog.logic.windows import beside_windows, one_window, slides, windows

small = st.integers(1, 3)


@st.composite
def layers(draw) -> Linear:
    height, width, channels, neurons = draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(small), draw(small)
    two = st.tuples(small, small)
    geometry = Geometry(height, width, channels, draw(small), draw(small), draw(two), draw(two), draw(two), draw(two))
    source = Tensor("map", height * width * channels, *draw(st.sampled_from([(0, 1), (0, 5), (-4, 3)])))
    weights = np.ones((geometry.taps * channels, neurons), dtype=np.int64)
    levels = np.zeros((1, neurons), dtype=np.int64)
    result = Tensor("fired", geometry.positions * neurons, 0, 1)
    return Linear("conv", source, result, geometry, weights, levels, True, ((0, 1),) * neurons)


def bits_of(part: str, bits: np.ndarray) -> list[int]:
    if zeros := re.fullmatch(r"(\d+)'d0", part):
        return [0] * int(zeros[1])
    sliced = re.fullmatch(r"map(?:\[(\d+):(\d+)\])?", part)
    high, low = (int(n or 0) for n in sliced.groups())
    return bits[low : high + 1].tolist()


def pixel(step: Linear, bits: np.ndarray, y: int, x: int) -> list[int]:
    """By the definition of a convolution: the bits of a pixel's channels, zeros beyond the map."""
    g, width = step.geometry, step.source.width
    if not (0 <= y < g.height and 0 <= x < g.width):
        return [0] * (g.channels * width)
    first = (y * g.width + x) * g.channels * width
    return bits[first : first + g.channels * width].tolist()


@given(layers(), st.randoms(use_true_random=False))
def test_a_window_reads_its_pixels_and_zeros_beyond_the_map(step, random):
    g = step.geometry
    bits = np.array([random.randint(0, 1) for _ in range(step.source.bits)])
    for position, parts in enumerate(windows(step, "map")):
        top, left = divmod(position, g.out_width)
        wanted = [
            bit
            for ky in range(g.kernel[0])
            for kx in range(g.kernel[1])
            for bit in pixel(
                step,
                bits,
                top * g.stride[0] - g.before[0] + ky * g.dilation[0],
                left * g.stride[1] - g.before[1] + kx * g.dilation[1],
            )
        ]
        assert [bit for part in parts for bit in bits_of(part, bits)] == wanted


@given(layers())
def test_every_bit_of_the_map_is_read_by_a_window_or_named_as_unread(step):
    numbers = np.arange(1, step.source.bits + 1)
    read = {n for parts in windows(step, "map") for part in parts for n in bits_of(part, numbers)} - {0}
    unread = [n for part in beside_windows(step, "map") for n in bits_of(part, numbers)]
    assert sorted(unread) == sorted(set(numbers.tolist()) - read)


@given(layers())
def test_the_module_is_a_dense_layer_over_one_window(step):
    window = one_window(step)
    if slides(step):
        assert window.geometry.trivial and window.result.count == step.neurons
        assert window.source.bits == sum(
            len(bits_of(p, np.zeros(step.source.bits, int))) for p in next(windows(step, "map"))
        )
    else:
        assert window is step


def test_levels_that_differ_by_position_are_no_single_window():
    geometry = Geometry(4, 4, 1, 2, 2, (3, 3))
    levels = np.array([[0], [0], [1], [0]])
    step = Linear(
        "conv", Tensor("map", 16, 0, 1), Tensor("y", 4, 0, 1), geometry, np.ones((9, 1), int), levels, True, ((0, 9),)
    )
    assert not slides(step)
