"""A model, read: loaded, traced to integers, and compared with what runs its floats.

Each kind of file has its front end, which is imported when such a file is read.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.containers import open_model
from whetgen.foreign.nir_files import NirFile, open_nir
from whetgen.foreign.onnx_files import OnnxFile, open_onnx
from whetgen.host.quiet import silent_errors
from whetgen.input_spec import DEFAULT_SCALE, DEFAULT_TYPE, InputSpec
from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning
from whetgen.ir.exact import simplest_rational
from whetgen.passes import Lowered, lower, optimise
from whetgen.verification.frames import default_frames
from whetgen.verification.rounding import FloatCheck, compare_with_floats, frames_at_once

if TYPE_CHECKING:
    import keras

    Model: TypeAlias = keras.Model | OnnxFile | NirFile

CHECK_FRAMES = 256


class RealTrace(Protocol):
    """What a front end makes of a model: its real-valued graph, and what it needs to run the model beside it."""

    @property
    def graph(self) -> Graph: ...


@dataclass(frozen=True, eq=False)
class Traced:
    """A model on its way: its real-valued graph, its integers before and after the passes; ``warnings``: a line each."""

    real: RealTrace
    lowered: Lowered
    graph: Graph
    warnings: tuple[str, ...] = ()


def reader_of(path: str | Path) -> str:
    """Who runs the floats of such a file: Keras, onnx or NIR."""
    return {".onnx": "onnx", ".nir": "NIR"}.get(Path(path).suffix.lower(), "Keras")


def load_model(path: str | Path) -> Model:
    """A ``.keras`` or ``.h5`` model of Keras 2 or 3, an ``.onnx`` model or a ``.nir`` graph.

    Of Keras the spiking layers and those of the original Whetstone are known.

    Raises:
        BadInput: missing, damaged, or made of layers that are not on whetgen's list.
    """
    if (reader := reader_of(path)) != "Keras":
        return open_onnx(path) if reader == "onnx" else open_nir(path)
    return load_keras(path)


def load_keras(path: str | Path) -> keras.Model:
    """As ``load_model``, of files of Keras alone."""
    file = open_model(path)
    need_keras()
    from whetgen.sharpen.load import construct

    return construct(file)


def trace_steps(model: Model, spec: InputSpec) -> Traced:
    """A model as integers, with what comes before them.

    Raises:
        BadInput: not fully sharpened, or something in it is not supported; the message names the layer or node.
    """
    spec.check()
    real, warnings = _FRONT_ENDS.get(type(model), _KERAS).trace(model, spec)
    lowered = lower(real.graph)
    return Traced(real, lowered, optimise(lowered.graph), warnings)


def _trace_keras(model: keras.Model, spec: InputSpec) -> tuple[RealTrace, tuple[str, ...]]:
    need_keras()
    from whetgen.frontends.keras.checks import check_model
    from whetgen.frontends.keras.layer_calls import scaling_at_input
    from whetgen.frontends.keras.tracer import trace_keras

    check_model(model)
    scaling = scaling_at_input(model)
    return trace_keras(model, _element(spec), _meaning(spec, scaling)), _unused_scale(spec, scaling)


def _trace_onnx(file: OnnxFile, spec: InputSpec) -> tuple[RealTrace, tuple[str, ...]]:
    from whetgen.frontends.onnx.entry import named_input, scaling_at_input
    from whetgen.frontends.onnx.tracer import trace_onnx

    named = named_input(file.model)
    if named and spec.type is None and spec.scale is None:
        return trace_onnx(file, ELEMENT_TYPES[named.type], named.meaning, named), ()
    scaling = scaling_at_input(file.model)
    return trace_onnx(file, _element(spec), _meaning(spec, scaling)), _unused_scale(spec, scaling)


def _trace_nir(file: NirFile, spec: InputSpec) -> tuple[RealTrace, tuple[str, ...]]:
    from whetgen.frontends.nir.tracer import trace_nir

    return trace_nir(file, _element(spec), _meaning(spec, None)), ()


def _element(spec: InputSpec) -> Any:
    return ELEMENT_TYPES[spec.type or DEFAULT_TYPE]


def _meaning(spec: InputSpec, scaling: str | None) -> InputMeaning:
    """Codes as they are where the model scales them itself, else divided."""
    given = DEFAULT_SCALE if spec.scale is None else spec.scale
    return InputMeaning(Fraction(1) if scaling else 1 / simplest_rational(given))


def _unused_scale(spec: InputSpec, scaling: str | None) -> tuple[str, ...]:
    if not scaling or spec.scale is None:
        return ()
    return (
        f"--input-scale {spec.scale:g} is not used: {scaling} takes the codes as they are; "
        "where they are divided in front of the model, put both factors into that layer",
    )


def check_against_floats(model: Model, traced: Traced, codes: np.ndarray | None = None) -> FloatCheck:
    """Compare spikes and classes with the model's own in float32 on random codes, and on ``codes`` too."""
    frames = default_frames(traced.graph, CHECK_FRAMES, seed=1).codes
    if codes is not None:
        frames = np.concatenate([frames, codes])
    step = frames_at_once(traced.real.graph)
    parts = (frames[at : at + step] for at in range(0, len(frames), step))
    run = _FRONT_ENDS.get(type(model), _KERAS).run
    checks = (
        compare_with_floats(traced.real.graph, traced.lowered, part, run(model, traced.real, part)) for part in parts
    )
    return functools.reduce(FloatCheck.__add__, checks)


def _run_keras(model: keras.Model, real: Any, codes: np.ndarray) -> dict[str, np.ndarray]:
    from whetgen.frontends.keras.tracer import run_keras

    return run_keras(model, real, codes)


def _run_onnx(file: OnnxFile, real: Any, codes: np.ndarray) -> dict[str, np.ndarray]:
    from whetgen.frontends.onnx.run import run_onnx

    return run_onnx(file, real, codes)


def _run_nir(file: NirFile, real: Any, codes: np.ndarray) -> dict[str, np.ndarray]:
    from whetgen.frontends.nir.run import run_nir

    return run_nir(file, real, codes)


@dataclass(frozen=True)
class FrontEnd:
    """Of a kind of model: ``trace`` makes its real-valued graph and warnings, ``run`` its values in float32 by node name."""

    trace: Callable[[Any, InputSpec], tuple[RealTrace, tuple[str, ...]]]
    run: Callable[[Any, Any, np.ndarray], dict[str, np.ndarray]]


_KERAS = FrontEnd(_trace_keras, _run_keras)
_FRONT_ENDS = {OnnxFile: FrontEnd(_trace_onnx, _run_onnx), NirFile: FrontEnd(_trace_nir, _run_nir)}


def need_keras() -> Any:
    """Keras with the spiking layers known.

    Raises:
        BadInput: it is not installed.
    """
    try:
        with silent_import():
            import keras

            import whetgen.sharpen  # noqa: F401 - registers the spiking layers
    except ImportError as error:
        raise BadInput(f"reading a Keras model needs Keras and TensorFlow ({error}); install whetgen[keras]") from error
    return keras


@contextmanager
def silent_import() -> Iterator[None]:
    """Within the block, the first import of Keras prints none of TensorFlow's start-up notes."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "keras" in sys.modules:
        yield
        return
    with silent_errors():
        yield
