"""Canvases hold a digit whole, clutter beside it, and a mask of the digit alone."""

import numpy as np

from whetgen.sharpen.canvases import SIDE, draw

RNG = np.random.default_rng(0)
DIGITS = RNG.integers(0, 256, (5, 28, 28)).astype(np.uint8)


def test_mask_is_the_digits_ink_at_one_place():
    canvases, masks = draw(DIGITS, np.zeros((1, 28, 28), np.uint8), seed=0)
    for digit, canvas, mask in zip(DIGITS, canvases, masks, strict=True):
        assert canvas.shape == mask.shape == (SIDE, SIDE) and canvas.dtype == mask.dtype == np.uint8
        rows, columns = np.nonzero(canvas)
        cut = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert np.array_equal(canvas[cut], digit) and np.array_equal(mask[cut], digit >= 128)
        assert mask.sum() == (digit >= 128).sum()


def test_clutter_lies_outside_the_mask_too():
    canvases, masks = draw(np.zeros((3, 28, 28), np.uint8), np.full((1, 28, 28), 255, np.uint8), seed=0)
    assert not masks.any()
    assert all(64 <= (canvas == 255).sum() <= 6 * 64 for canvas in canvases), "one to six scraps of 8x8 are seen"


def test_same_seed_same_canvases_and_any_number_of_them():
    first, again, other = (draw(DIGITS, DIGITS, seed, count=8)[0] for seed in (1, 1, 2))
    assert first.shape == (8, SIDE, SIDE)
    assert np.array_equal(first, again) and not np.array_equal(first, other)
