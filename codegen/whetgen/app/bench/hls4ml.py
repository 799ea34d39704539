"""hls4ml beside us: whose predictions differ from Keras, and how long a build takes."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import whetgen.hls4ml as bridge
from whetgen.app.bench.stock_twin import stock_twin
from whetgen.input_spec import DEFAULT_SCALE, InputSpec
from whetgen.ir import Graph
from whetgen.reading import check_against_floats, trace_steps
from whetgen.targets.hls4ml.bridge import quiet
from whetgen.verification.frames import flat_outputs

if TYPE_CHECKING:
    import keras

Made = TypeVar("Made")
PRECISIONS = ("ap_fixed<16,6>", "ap_fixed<32,16>")
WIDEST = "ap_fixed<100,50>"  # an input of more than 100 bits stops hls4ml's conversion
MNIST_MLP = (784, 256, 256, 100)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Classes of one route against Keras' own.

    ``route``: what converted the network. ``types``: its number types. ``differ``: images whose class is not
    Keras'. ``unexplained``: spikes and classes that float32 rounding in Keras cannot explain (ours only, else
    None). ``bits_differ``: images with any output bit unlike the integer reference (ours only, else None).
    """

    route: str
    types: str
    images: int
    differ: int
    accuracy: float | None
    unexplained: int | None = None
    bits_differ: int | None = None


@dataclass(frozen=True)
class TimedStep:
    """Wall time and processor time, g++ included, of one step."""

    name: str
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class BuildTime:
    """How long a route takes from a model to a library that runs."""

    route: str
    steps: tuple[TimedStep, ...]

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    @property
    def cpu_seconds(self) -> float:
        return sum(step.cpu_seconds for step in self.steps)


def compare_predictions(
    model: keras.Model,
    codes: np.ndarray,
    work_dir: str | Path,
    labels: np.ndarray | None = None,
    spec: InputSpec | None = None,
    precisions: Sequence[str] = PRECISIONS,
) -> tuple[Agreement, ...]:
    """The sharpened ``model`` through stock hls4ml, through hls4ml with our layers, and through our bridge.

    Stock: the twin of ``whetgen.app.bench.stock_twin``, hls4ml's own layers only, one precision for everything, as
    ``hls_config={"Model": {"Precision": ...}}`` gives it. With our layers: the model itself after
    ``whetgen.hls4ml.register()``, Dense in that precision, spikes as bits, integer decoding. Ours: ``to_hls4ml``.

    ``codes``: (images, *input shape) integers; Keras sees ``codes / spec.scale``. ``labels``: for the accuracy.
    """
    spec, work_dir = spec or InputSpec(scale=DEFAULT_SCALE), Path(work_dir)
    x = (codes / spec.scale).astype(np.float32)
    keras_classes = np.argmax(model.predict(x, verbose=0), axis=1)
    routes = (("hls4ml", stock_twin(model)), ("hls4ml with whetgen's layers", model))
    rows: list[Agreement] = []
    for number, (route, converted) in enumerate(routes):
        for precision in precisions:
            folder = work_dir / f"route{number}_{len(rows)}"
            classes = _convert_and_predict(converted, x, folder, precision)
            rows.append(agreement(route, precision, classes, keras_classes, labels))
    return (*rows, _ours(model, codes, work_dir / "whetgen", keras_classes, labels, spec))


def _convert_and_predict(model: keras.Model, x: np.ndarray, folder: Path, precision: str) -> np.ndarray:
    converted = convert(model, folder, precision)
    bridge.compile_model(converted)
    with quiet():
        scores = np.asarray(converted.predict(x)).reshape(len(x), -1)
    classes: np.ndarray = scores.argmax(axis=1)
    return classes


def convert(model: keras.Model, folder: Path, precision: str) -> Any:
    """Plain ``hls4ml.converters.convert_from_keras_model``, Vitis backend, everything in one precision."""
    bridge.register()
    import hls4ml

    config = {"Model": {"Precision": precision, "ReuseFactor": 1}}
    with quiet():
        return hls4ml.converters.convert_from_keras_model(
            model,
            hls_config=config,
            output_dir=str(folder),
            backend="Vitis",
            # For layers that it has no handler for, hls4ml asks da4ml first, in a way that da4ml 0.6 no longer answers.
            allow_da_fallback=False,
        )


def _ours(
    model: keras.Model,
    codes: np.ndarray,
    folder: Path,
    keras_classes: np.ndarray,
    labels: np.ndarray | None,
    spec: InputSpec,
) -> Agreement:
    traced = trace_steps(model, spec)
    graph = traced.graph
    frames = codes.reshape(len(codes), *graph.input.shape)
    made = bridge.to_hls4ml(graph, folder)
    bridge.compile_model(made)
    scores = np.asarray(bridge.predict_codes(made, graph, frames)).reshape(len(codes), -1)
    check = check_against_floats(model, traced, frames)
    row = agreement("whetgen's to_hls4ml", "exact integers", np.argmax(scores, axis=1), keras_classes, labels)
    bits = int(np.any(scores != flat_outputs(graph, frames), axis=1).sum())
    return Agreement(
        route=row.route,
        types=row.types,
        images=row.images,
        differ=row.differ,
        accuracy=row.accuracy,
        unexplained=check.outside_bound,
        bits_differ=bits,
    )


def agreement(
    route: str, types: str, classes: np.ndarray, keras_classes: np.ndarray, labels: np.ndarray | None
) -> Agreement:
    accuracy = None if labels is None else float(np.mean(classes == labels))
    return Agreement(
        route=route, types=types, images=len(classes), differ=int(np.sum(classes != keras_classes)), accuracy=accuracy
    )


def time_stock(work_dir: str | Path, widths: Sequence[int] = MNIST_MLP, precision: str = "ap_fixed<16,6>") -> BuildTime:
    """hls4ml's own route for an MLP of this topology: Dense and ReLU layers, random weights, convert and g++."""
    import keras

    layers = [layer for width in widths[1:] for layer in (keras.layers.Dense(width), keras.layers.ReLU())]
    model = keras.Sequential([keras.Input((widths[0],)), *layers])
    bridge.register()
    return _time_build("hls4ml, Dense and ReLU", lambda: convert(model, Path(work_dir), precision))


def time_bridge(graph: Graph, work_dir: str | Path) -> BuildTime:
    """Our bridge, from the integer graph to hls4ml's library."""
    bridge.register()
    return _time_build("whetgen's to_hls4ml", lambda: bridge.to_hls4ml(graph, work_dir))


def _time_build(route: str, make: Callable[[], Any]) -> BuildTime:
    converted, model = timed("convert", make)
    compiled, _ = timed("write and compile", lambda: bridge.compile_model(model))
    return BuildTime(route, (converted, compiled))


def timed(name: str, work: Callable[[], Made]) -> tuple[TimedStep, Made]:
    wall, cpu = time.perf_counter(), _cpu_seconds()
    result = work()
    return TimedStep(name, time.perf_counter() - wall, _cpu_seconds() - cpu), result


def _cpu_seconds() -> float:
    """Of this process and the compilers it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
