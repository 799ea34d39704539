"""Recorded frames for the testbenches of generated hardware."""

from __future__ import annotations

import numpy as np

from whetgen.ir import Graph
from whetgen.reference import classify
from whetgen.targets.streams.packing import pack_frames
from whetgen.targets.streams.streams import Stream


def vectors(
    graph: Graph, source: Stream, sink: Stream, codes: np.ndarray, outputs: np.ndarray | dict[str, np.ndarray]
) -> str:
    """Text of ``vectors.txt``: a line a frame, input and expected output bytes in hexadecimal.

    ``codes`` and ``outputs`` as ``reference.run`` takes and gives them, with a frame axis.
    """
    expected = stream_outputs(graph, sink, outputs)
    lines = (
        f"{i.hex()} {o.hex()}" for i, o in zip(pack_frames(source, codes), pack_frames(sink, expected), strict=True)
    )
    return "\n".join(["# input frame, output frame: bytes as on the bus, first byte first", *lines, ""])


def stream_outputs(graph: Graph, sink: Stream, outputs: np.ndarray | dict[str, np.ndarray]) -> np.ndarray:
    """What the output stream carries, (frames, elements), for the reference's outputs."""
    arrays = list(outputs.values()) if isinstance(outputs, dict) else [outputs]
    flat = np.concatenate([a.reshape(len(a), -1) for a in arrays], axis=1)
    return classify(graph.outputs[0], flat)[:, None] if sink.kind == "class" else flat
