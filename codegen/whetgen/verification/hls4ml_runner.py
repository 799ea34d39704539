"""Frames through the hls4ml model of a graph: conversion, hls4ml's own g++ build, its ``predict``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from whetgen.ir import Graph
from whetgen.targets.hls4ml import compile_model, predict_codes, to_hls4ml


def run_hls4ml(
    graph: Graph, codes: np.ndarray, work_dir: str | Path, backend: str = "Vitis", name: str = "network"
) -> np.ndarray:
    """Outputs of the hls4ml model for a batch of frames.

    ``codes``: (frames, *input shape) integers. ``work_dir``: where hls4ml writes and compiles its project.
    Returns (frames, output length) int64: the outputs of the network one after the other, each row-major.

    Raises:
        BadInput: hls4ml or g++ is missing, or something in the graph does not fit hls4ml.
    """
    model = to_hls4ml(graph, work_dir, backend, name)
    compile_model(model)
    found = predict_codes(model, graph, codes)
    heads = found.values() if isinstance(found, dict) else [found]
    return np.concatenate([head.reshape(len(codes), -1) for head in heads], axis=1)
