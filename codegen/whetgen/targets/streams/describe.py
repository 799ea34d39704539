"""Streams in words, for comments."""

from __future__ import annotations

from whetgen.targets.streams.streams import Stream
from whetgen.wording import counted


def describe_input(stream: Stream) -> str:
    """``784 uint8 elements in 98 beats.``"""
    return f"{counted(stream.count, f'{stream.kind} element')} in {counted(stream.beats, 'beat')}."


def describe_output(stream: Stream) -> str:
    """``class: 1 element of 8 bits in 1 beat.``"""
    element = f"{counted(stream.count, 'element')} of {counted(stream.element_bits, 'bit')}"
    return f"{stream.kind}: {element} in {counted(stream.beats, 'beat')}."
