"""A sliding window, and which elements it reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir.nodes import Pair


@dataclass(frozen=True, kw_only=True)
class Window:
    """A window that slides over a (height, width, channels) map; a ``Pair`` is (along height, along width).

    ``before``: rows and columns of padding in front of the map. ``groups``: a neuron of group g reads the g-th of
    so many equal parts of the channels.
    """

    height: int
    width: int
    channels: int
    out_height: int
    out_width: int
    kernel: Pair = (1, 1)
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    before: Pair = (0, 0)
    groups: int = 1

    @classmethod
    def whole(cls, inputs: int) -> Window:
        """The one window that a dense layer has: a pixel of so many channels."""
        return cls(height=1, width=1, channels=inputs, out_height=1, out_width=1)

    @property
    def positions(self) -> int:
        return self.out_height * self.out_width

    @property
    def taps(self) -> int:
        return self.kernel[0] * self.kernel[1]

    @property
    def trivial(self) -> bool:
        """Whether the windows are the map itself."""
        return self.positions == 1 and (self.height, self.width) == self.kernel and self.before == (0, 0)

    @property
    def in_order(self) -> bool:
        """Whether the windows, one after the other, are the map pixel by pixel."""
        pixels = self.kernel == self.stride == (1, 1) and self.positions == self.height * self.width
        return self.trivial or (pixels and self.before == (0, 0))

    @property
    def touched(self) -> Pair:
        """Height and width of the map with the padding that windows touch."""
        ends = [
            (out - 1) * stride + (kernel - 1) * dilation + 1
            for out, stride, kernel, dilation in zip(
                (self.out_height, self.out_width), self.stride, self.kernel, self.dilation, strict=True
            )
        ]
        return max(ends[0], self.before[0] + self.height), max(ends[1], self.before[1] + self.width)


def window_indices(window: Window) -> np.ndarray:
    """(positions, taps, channels): number of the element that each tap reads, -1 in the padding."""
    y, x = (
        np.arange(out)[:, None] * window.stride[k] - window.before[k] + np.arange(window.kernel[k]) * window.dilation[k]
        for k, out in enumerate((window.out_height, window.out_width))
    )
    inside = ((y >= 0) & (y < window.height))[:, None, :, None] & ((x >= 0) & (x < window.width))[None, :, None, :]
    pixel = y[:, None, :, None] * window.width + x[None, :, None, :]
    pixel = np.where(inside, pixel, -1).reshape(window.positions, window.taps, 1)
    return np.where(pixel < 0, -1, pixel * window.channels + np.arange(window.channels))
