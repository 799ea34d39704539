"""Our own HLS C++ beside hls4ml, on one Keras model: build times, and whose predictions differ from Keras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whetgen.api import generate, trace
from whetgen.app.bench.hls4ml import (
    PRECISIONS,
    WIDEST,
    Agreement,
    BuildTime,
    agreement,
    compare_predictions,
    time_bridge,
    time_stock,
    timed,
)
from whetgen.input_spec import InputSpec
from whetgen.reading import check_against_floats, trace_steps
from whetgen.reference import run
from whetgen.targets.registry import Options
from whetgen.verification.frames import flat_outputs
from whetgen.verification.hls_runner import compile_testbench, run_hls

if TYPE_CHECKING:
    import keras


def build_times(
    model: keras.Model, spec: InputSpec, work_dir: Path, progress: Callable[[str], None]
) -> tuple[BuildTime, ...]:
    """From a Keras MLP in memory to a program that runs: stock hls4ml, our C++, our bridge, each with its
    own build script.

    hls4ml converts Dense and ReLU layers of the same widths, which is the topology that it knows.
    """
    widths = [int(np.prod(model.input_shape[1:])), *(x.units for x in model.layers if type(x).__name__ == "Dense")]
    progress(f"hls4ml: convert and compile {'-'.join(map(str, widths))}")
    stock = time_stock(work_dir / "stock", widths)
    progress("whetgen --target hls: convert and compile")
    traced, graph = timed("trace", lambda: trace(model, spec))
    made, _ = timed("generate", lambda: generate(graph, "hls", work_dir / "hls", Options(name="net")))
    (work_dir / "build").mkdir()
    built, _ = timed("compile", lambda: compile_testbench(work_dir / "hls", "net", work_dir / "build"))
    progress("to_hls4ml: convert and compile")
    bridge = time_bridge(graph, work_dir / "bridge")
    return (
        stock,
        BuildTime("whetgen --target hls", (traced, made, built)),
        replace(bridge, steps=(traced, *bridge.steps)),
    )


def agreements(
    model: keras.Model,
    codes: np.ndarray,
    labels: np.ndarray | None,
    spec: InputSpec,
    work_dir: Path,
    progress: Callable[[str], None],
) -> tuple[Agreement, ...]:
    """``compare_predictions`` and a row for our own C++."""
    progress("predictions through hls4ml")
    rows = compare_predictions(model, codes, work_dir / "routes", labels, spec, (*PRECISIONS, WIDEST))
    progress("predictions through whetgen --target hls")
    return (*rows, _target_row(model, codes, labels, spec, work_dir / "target"))


def _target_row(
    model: keras.Model, codes: np.ndarray, labels: np.ndarray | None, spec: InputSpec, folder: Path
) -> Agreement:
    traced = trace_steps(model, spec)
    graph = traced.graph
    frames = codes.reshape(len(codes), *graph.input.shape)
    manifest = generate(graph, "hls", folder, Options(name="net", output="scores")).manifest
    scores = run_hls(folder, manifest, graph, frames, run(graph, frames)).outputs
    keras_classes = np.argmax(model.predict((codes / spec.scale).astype(np.float32), verbose=0), axis=1)
    row = agreement("whetgen --target hls", "exact integers", np.argmax(scores, axis=1), keras_classes, labels)
    bits = int(np.any(scores != flat_outputs(graph, frames), axis=1).sum())
    return replace(row, unexplained=check_against_floats(model, traced, frames).outside_bound, bits_differ=bits)
