"""Integers through an hls4ml model's ``predict``, which takes and gives floating point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.targets.hls4ml.bridge import CLASSIFIES, quiet

if TYPE_CHECKING:
    from hls4ml.model import ModelGraph

_EXACT_DOUBLE = 1 << 53


def predict_codes(model: ModelGraph, graph: Graph, codes: np.ndarray) -> np.ndarray | dict[str, np.ndarray]:
    """Integer codes through ``model.predict``, integers out, as ``graph.run`` gives them.

    ``model``: from ``to_hls4ml(graph, ...)``, compiled. ``codes``: (frames, *input shape) integers.
    Returns (frames, *output shape) int64, or a dict by output name; with ``classify`` the classes (frames,).

    Raises:
        BadInput: codes that are not the network's, or an output whose range a double does not hold exactly.
    """
    _check_outputs(graph)
    frames = np.ascontiguousarray(_checked(graph, np.asarray(codes)), dtype=np.float64)
    with quiet():
        found = model.predict(frames)
    found = found if len(graph.outputs) > 1 else [found]
    if model.config.get_config_value(CLASSIFIES):
        return np.asarray(found[0]).astype(np.int64).reshape(len(frames))
    shaped = {
        o.name: np.asarray(values).astype(np.int64).reshape(len(frames), *graph.shapes[o.source])
        for o, values in zip(graph.outputs, found, strict=True)
    }
    return shaped if len(shaped) > 1 else next(iter(shaped.values()))


def _check_outputs(graph: Graph) -> None:
    for output in graph.outputs:
        lo, hi = graph.ranges[output.source]
        if max(-lo, hi) > _EXACT_DOUBLE:
            raise BadInput(
                f"output '{output.name}' reaches from {lo} to {hi}; hls4ml's predict passes doubles, exact to 2**53: check it with --target c or hls"
            )


def _checked(graph: Graph, codes: np.ndarray) -> np.ndarray:
    """``codes``, which ap_int would wrap where they do not fit."""
    kind, shape = graph.input.type, graph.input.shape
    if codes.dtype.kind not in "iub" or codes.shape[1:] != shape or not len(codes):
        raise BadInput(
            f"input codes are {codes.dtype} of shape {codes.shape}; give one frame or more of integers, (frames, {', '.join(map(str, shape))})"
        )
    if codes.min() < kind.lo or codes.max() > kind.hi:
        raise BadInput(f"input codes reach from {codes.min()} to {codes.max()}, {kind.name} holds {kind.lo}..{kind.hi}")
    return codes
