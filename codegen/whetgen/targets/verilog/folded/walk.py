"""In which of its cycles a layer reads which word, finishes which result, and frees which word.

A layer's busy cycles of a frame are numbered; ``schedule`` says when they take place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from whetgen.layers import Layer, Linear, Move, Pool, Window, window_indices
from whetgen.targets.streams.setting import Setting, cycles, in_order, slides, walk_words
from whetgen.targets.verilog.folded.edges import RANDOM, Edge


@dataclass(frozen=True)
class Walk:
    """``busy`` cycles a frame. Cycle ``need_at[i]`` is the first that reads memory word ``need_word[i]`` or a later one.

    ``result_at``: cycle of each result's last word; ``free_at``: cycle that frees each memory word, which must be
    there by then; ``cover``: that is not so by itself.
    """

    busy: int
    need_at: np.ndarray
    need_word: np.ndarray
    result_at: np.ndarray
    free_at: np.ndarray
    cover: bool = False


def walk(layer: Layer, setting: Setting, edge: Edge) -> Walk:
    """How the layer reads one of its sources."""
    busy = cycles(layer, setting)
    if slides(layer, setting):
        return _sliding_walk(layer, setting, edge, busy)
    if in_order(layer, setting):
        return in_order_walk(edge, busy, layer.result.count // setting.pe)
    if isinstance(layer, Move):
        everything = np.array([0]), np.array([edge.words - 1])
        return Walk(busy, *everything, np.arange(busy - 1), np.full(edge.words, busy - 1))
    return _window_walk(layer, setting, edge, busy)


def in_order_walk(edge: Edge, busy: int, results: int) -> Walk:
    """Every word once: ``busy`` may be longer than the words, the rest are pauses."""
    ends = edge.last_reads()
    begins = np.concatenate([[0], ends[:-1] + 1])
    each = edge.reads // results
    return Walk(busy, begins, np.arange(edge.words), (np.arange(results) + 1) * each - 1, ends)


def _sliding_walk(layer: Linear, setting: Setting, edge: Edge, busy: int) -> Walk:
    """Place by place over the map and its padding, longer where a window is complete."""
    g, (height, width) = layer.window, layer.window.touched
    result = setting.planes * walk_words(layer, setting)
    ends = [
        np.arange(out) * stride + (kernel - 1) * dilation
        for out, stride, kernel, dilation in zip(
            (g.out_height, g.out_width), g.stride, g.kernel, g.dilation, strict=True
        )
    ]
    holds = np.ones((height, width), dtype=np.int64)
    holds[np.ix_(*ends)] = result * (layer.neurons // setting.pe)
    begins = (np.cumsum(holds) - holds.reshape(-1)).reshape(height, width)
    (top, left) = g.before
    pixels = begins[top : top + g.height, left : left + g.width].reshape(-1)
    firsts = pixels[np.arange(edge.words) * edge.parts].copy()
    firsts[0] = 0  # a frame begins with its first word
    turns = (np.arange(layer.neurons // setting.pe) + 1) * result - 1
    results = (begins[np.ix_(*ends)].reshape(-1, 1) + turns).reshape(-1)
    return Walk(busy, firsts, np.arange(edge.words), results, pixels[edge.last_reads()])


def rows_free_early(window: Window, edge: Edge) -> bool:
    """Whether rows of the map can be freed before the frame ends."""
    top = (window.out_height - 1) * window.stride[0] - window.before[0]
    return edge.reader == RANDOM and not edge.commit and top < window.height


def _window_walk(layer: Linear | Pool, setting: Setting, edge: Edge, busy: int) -> Walk:
    g, simd = layer.window, setting.simd
    chunks = g.channels // simd
    if isinstance(layer, Linear):
        reads, result = _touched(g, chunks, 0, chunks), setting.planes * walk_words(layer, setting)
    else:
        reads, result = np.concatenate([_touched(g, chunks, p, 1) for p in range(chunks)], axis=1), g.taps
    # Later passes over a window read what the first has read.
    at = np.arange(g.positions)[:, None] * (busy // g.positions) + np.arange(reads.shape[1])
    words = np.where(reads < 0, -1, reads // edge.parts).reshape(-1)
    words[0] = max(words[0], 0)  # a frame begins with its first word
    free_at = _free_at(g, edge, busy, chunks)
    read = _records(at.reshape(-1), words)
    needs = _records(np.concatenate([read[0], free_at]), np.concatenate([read[1], np.arange(edge.words)]))
    results = (np.arange(busy // result) + 1) * result - 1
    return Walk(busy, *needs, results, free_at, len(needs[0]) > len(read[0]))


def _touched(g: Window, chunks: int, begin: int, count: int) -> np.ndarray:
    """(positions, taps * count) word read at each step of a window, -1 in the padding."""
    words = window_indices(replace(g, channels=chunks))
    return words[:, :, begin : begin + count].reshape(g.positions, -1)


def _records(at: np.ndarray, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cycles that need a later memory word than all before them, in order."""
    order = np.lexsort((words, at)) if np.any(np.diff(at) < 0) else np.arange(len(at))
    at, words = at[order], words[order]
    highest = np.maximum.accumulate(words)
    new = np.concatenate([highest[:1] >= 0, highest[1:] > highest[:-1]])
    return at[new], words[new]


def _free_at(g: Window, edge: Edge, busy: int, chunks: int) -> np.ndarray:
    if not rows_free_early(g, edge):
        return np.full(edge.words, busy - 1)
    tops = np.clip((np.arange(g.out_height) + 1) * g.stride[0] - g.before[0], 0, g.height)
    tops[-1] = g.height
    row = np.arange(edge.words) * edge.parts // (g.width * chunks)
    return (np.searchsorted(tops, row, side="right") + 1) * (busy // g.out_height) - 1
