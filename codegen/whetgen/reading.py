"""A Keras model, read: loaded, traced to integers, and compared with Keras. Keras is imported by the functions that need it."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.containers import open_model
from whetgen.host.quiet import silent_errors
from whetgen.input_spec import DEFAULT_SCALE, InputSpec
from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning
from whetgen.ir.exact import simplest_rational
from whetgen.passes import Lowered, lower, optimise
from whetgen.verification.frames import default_frames
from whetgen.verification.rounding import KerasCheck, compare_with_keras, frames_at_once

if TYPE_CHECKING:
    import keras

    from whetgen.frontends.keras.tracer import Trace

CHECK_FRAMES = 256


@dataclass(frozen=True, eq=False)
class Traced:
    """A model on its way: its real-valued graph, its integers before and after the passes; ``warnings``: a line each."""

    real: Trace
    lowered: Lowered
    graph: Graph
    warnings: tuple[str, ...] = ()


def load_model(path: str | Path) -> keras.Model:
    """A ``.keras`` or ``.h5`` model of Keras 2 or 3, the spiking layers and those of the original Whetstone known.

    Raises:
        BadInput: missing, damaged, or made of layers that are not on whetgen's list.
    """
    file = open_model(path)
    need_keras()
    from whetgen.sharpen.load import construct

    return construct(file)


def trace_steps(model: keras.Model, spec: InputSpec) -> Traced:
    """A model as integers, with what comes before them.

    Raises:
        BadInput: not fully sharpened, or a layer that is not supported; the message names it.
    """
    need_keras()
    from whetgen.frontends.keras.checks import check_model
    from whetgen.frontends.keras.layer_calls import scaling_at_input
    from whetgen.frontends.keras.tracer import trace_keras

    spec.check()
    given = DEFAULT_SCALE if spec.scale is None else spec.scale
    check_model(model)
    scaling = scaling_at_input(model)
    scale = Fraction(1) if scaling else 1 / simplest_rational(given)
    real = trace_keras(model, ELEMENT_TYPES[spec.type], InputMeaning(scale))
    lowered = lower(real.graph)
    unused = (
        f"--input-scale {given:g} is not used: {scaling} takes the codes as they are; "
        "where they are divided in front of the model, put both factors into that layer"
    )
    return Traced(real, lowered, optimise(lowered.graph), (unused,) if scaling and spec.scale is not None else ())


def check_against_keras(model: keras.Model, traced: Traced, codes: np.ndarray | None = None) -> KerasCheck:
    """Compare spikes and classes with Keras' own on random codes, and on ``codes`` too."""
    from whetgen.frontends.keras.tracer import run_keras

    frames = default_frames(traced.graph, CHECK_FRAMES, seed=1).codes
    if codes is not None:
        frames = np.concatenate([frames, codes])
    step = frames_at_once(traced.real.graph)
    parts = (frames[at : at + step] for at in range(0, len(frames), step))
    checks = (
        compare_with_keras(traced.real.graph, traced.lowered, part, run_keras(model, traced.real, part))
        for part in parts
    )
    return functools.reduce(KerasCheck.__add__, checks)


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
