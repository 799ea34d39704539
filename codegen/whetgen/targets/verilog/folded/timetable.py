"""In which of its cycles a layer reads which word, finishes which result, and frees which word.

The cycles of a frame in which a layer is busy are numbered from 0; ``schedule`` says when they take place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from whetgen.layers import Layer, Linear, Pool, Window, window_indices
from whetgen.targets.streams.setting import Setting, cycles, in_order, slides, walk_words
from whetgen.targets.verilog.folded.buffers import RANDOM, StreamBuffer


@dataclass(frozen=True, kw_only=True)
class Timetable:
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


def timetable(layer: Layer, setting: Setting, buffer: StreamBuffer) -> Timetable:
    """How the layer reads one of its sources."""
    busy = cycles(layer, setting)
    if isinstance(layer, Linear) and slides(layer, setting):
        return _sliding_timetable(layer, setting, buffer, busy)
    if in_order(layer, setting):
        return in_order_timetable(buffer, busy, layer.result.count // setting.pe)
    if isinstance(layer, Linear | Pool):
        return _window_timetable(layer, setting, buffer, busy)
    return Timetable(
        busy=busy,
        need_at=np.array([0]),
        need_word=np.array([buffer.words - 1]),
        result_at=np.arange(busy - 1),
        free_at=np.full(buffer.words, busy - 1),
    )


def in_order_timetable(buffer: StreamBuffer, busy: int, results: int) -> Timetable:
    """Every word once: ``busy`` may be longer than the words, the rest are pauses."""
    ends = buffer.last_reads()
    begins = np.concatenate([[0], ends[:-1] + 1])
    each = buffer.reads // results
    return Timetable(
        busy=busy,
        need_at=begins,
        need_word=np.arange(buffer.words),
        result_at=(np.arange(results) + 1) * each - 1,
        free_at=ends,
    )


def _sliding_timetable(layer: Linear, setting: Setting, buffer: StreamBuffer, busy: int) -> Timetable:
    """Place by place over the map and its padding, longer where a window is complete."""
    window, (height, width) = layer.window, layer.window.touched
    result = setting.planes * walk_words(layer, setting)
    ends = [
        np.arange(out) * stride + (kernel - 1) * dilation
        for out, stride, kernel, dilation in zip(
            (window.out_height, window.out_width), window.stride, window.kernel, window.dilation, strict=True
        )
    ]
    holds = np.ones((height, width), dtype=np.int64)
    holds[np.ix_(*ends)] = result * (layer.neurons // setting.pe)
    begins = (np.cumsum(holds) - holds.reshape(-1)).reshape(height, width)
    (top, left) = window.before
    pixels = begins[top : top + window.height, left : left + window.width].reshape(-1)
    firsts = pixels[np.arange(buffer.words) * buffer.parts].copy()
    firsts[0] = 0  # a frame begins with its first word
    turns = (np.arange(layer.neurons // setting.pe) + 1) * result - 1
    results = (begins[np.ix_(*ends)].reshape(-1, 1) + turns).reshape(-1)
    return Timetable(
        busy=busy,
        need_at=firsts,
        need_word=np.arange(buffer.words),
        result_at=results,
        free_at=pixels[buffer.last_reads()],
    )


def rows_free_early(window: Window, buffer: StreamBuffer) -> bool:
    """Whether rows of the map can be freed before the frame ends."""
    top = (window.out_height - 1) * window.stride[0] - window.before[0]
    return buffer.reader == RANDOM and not buffer.commit and top < window.height


def _window_timetable(layer: Linear | Pool, setting: Setting, buffer: StreamBuffer, busy: int) -> Timetable:
    window, chunks = layer.window, layer.window.channels // setting.simd
    touched = window_indices(replace(window, channels=chunks))
    if isinstance(layer, Linear):
        reads, result = touched.reshape(window.positions, -1), setting.planes * walk_words(layer, setting)
    else:
        reads, result = touched.transpose(0, 2, 1).reshape(window.positions, -1), window.taps
    # Later passes over a window read what the first has read.
    at = np.arange(window.positions)[:, None] * (busy // window.positions) + np.arange(reads.shape[1])
    words = np.where(reads < 0, -1, reads // buffer.parts).reshape(-1)
    words[0] = max(words[0], 0)  # a frame begins with its first word
    free_at = _free_at(window, buffer, busy, chunks)
    read = _records(at.reshape(-1), words)
    need_at, need_word = _records(
        np.concatenate([read[0], free_at]), np.concatenate([read[1], np.arange(buffer.words)])
    )
    results = (np.arange(busy // result) + 1) * result - 1
    return Timetable(
        busy=busy,
        need_at=need_at,
        need_word=need_word,
        result_at=results,
        free_at=free_at,
        cover=len(need_at) > len(read[0]),
    )


def _records(at: np.ndarray, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cycles that need a later memory word than all before them, in order."""
    order = np.lexsort((words, at)) if np.any(np.diff(at) < 0) else np.arange(len(at))
    at, words = at[order], words[order]
    highest = np.maximum.accumulate(words)
    new = np.concatenate([highest[:1] >= 0, highest[1:] > highest[:-1]])
    return at[new], words[new]


def _free_at(window: Window, buffer: StreamBuffer, busy: int, chunks: int) -> np.ndarray:
    if not rows_free_early(window, buffer):
        return np.full(buffer.words, busy - 1)
    tops = np.clip((np.arange(window.out_height) + 1) * window.stride[0] - window.before[0], 0, window.height)
    tops[-1] = window.height
    row = np.arange(buffer.words) * buffer.parts // (window.width * chunks)
    return (np.searchsorted(tops, row, side="right") + 1) * (busy // window.out_height) - 1
