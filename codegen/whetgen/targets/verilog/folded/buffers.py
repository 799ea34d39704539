"""The buffers between layers: a tensor on its way to each layer that reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import lcm

import numpy as np

from whetgen.layers import Tensor

RANDOM, IN_ORDER, FRAMES = 0, 1, 2  # READER of wg_stream_buffer


@dataclass(frozen=True, kw_only=True)
class StreamBuffer:
    """What ``layer`` (by name) reads of a tensor, in words of the writer's, the reader's and the memory's width.

    ``prefix`` begins its names in the Verilog. ``writes``, ``reads``: words of a frame. ``reader``: RANDOM, IN_ORDER or
    FRAMES. ``commit``: words count when their frame is complete. ``cover``: the reader frees words that it never reads.
    ``depth``: memory words, 0 while unknown.
    """

    layer: str
    tensor: Tensor
    prefix: str
    write_bits: int
    writes: int
    read_bits: int
    reads: int
    reader: int
    commit: bool = False
    cover: bool = False
    depth: int = 0

    @property
    def word_bits(self) -> int:
        return lcm(self.write_bits, self.read_bits)

    @property
    def slots(self) -> int:
        return self.word_bits // self.write_bits

    @property
    def parts(self) -> int:
        return self.word_bits // self.read_bits

    @property
    def words(self) -> int:
        """Memory words of a frame."""
        return -(-self.writes // self.slots)

    @property
    def offset_bits(self) -> int:
        return max(1, (self.reads - 1).bit_length())

    @property
    def release_bits(self) -> int:
        return self.words.bit_length()

    def first_writes(self) -> np.ndarray:
        """Of each memory word, the number of the written word that begins it."""
        return np.arange(self.words) * self.slots

    def last_writes(self) -> np.ndarray:
        """Of each memory word, the number of the written word that completes it."""
        return np.minimum((np.arange(self.words) + 1) * self.slots, self.writes) - 1

    def last_reads(self) -> np.ndarray:
        """Of each memory word, the number of the last word read from it in order."""
        return np.minimum((np.arange(self.words) + 1) * self.parts, self.reads) - 1

    def with_depth(self, depth: int, cover: bool) -> StreamBuffer:
        return replace(self, depth=max(depth, self.words + 1 if self.commit else 1), cover=cover)
