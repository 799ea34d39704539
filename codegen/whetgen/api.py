"""The library's front door: trace, generate, verify. Keras is imported only to read a model."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whetgen.backends import TARGETS, Options
from whetgen.backends.folder import write_folder
from whetgen.backends.identifiers import check_name
from whetgen.backends.manifest import describe
from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning, save_graph
from whetgen.ir.exact import simplest_rational
from whetgen.passes import Lowered, lower, optimise
from whetgen.passes.narrow import MAX_BITS, Narrowed, narrow, narrow_auto
from whetgen.verify.frames import Frames, default_frames
from whetgen.verify.rounding import KerasCheck, compare_with_keras

if TYPE_CHECKING:
    import keras

CHECK_FRAMES = 256
DEFAULT_TOLERANCE = 0.0


@dataclass(frozen=True)
class InputSpec:
    """How input codes are stored and what they mean: real value = ``code / scale``.

    ``type``: uint8, int8, uint4, bit or int16. A Rescaling layer at the model's input replaces ``scale``.
    """

    type: str = "uint8"
    scale: float = 255


@dataclass(frozen=True, eq=False)
class Traced:
    """A model on its way: real-valued graph, its integers before and after the passes."""

    real: Graph
    lowered: Lowered
    graph: Graph


@dataclass(frozen=True, eq=False)
class Generation:
    """What ``generate`` wrote: the folder and the contents of its ``whetgen.json``."""

    folder: Path
    manifest: dict = field(repr=False)


def load_model(path: str | Path) -> keras.Model:
    """A ``.keras`` file with the spiking layers known.

    Raises:
        BadInput: missing, corrupt, or made of layers that Keras does not know.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path}: no such file; give a .keras model")
    if path.suffix not in (".keras", ".h5"):
        raise BadInput(f"{path}: not a .keras file; save the model with model.save('name.keras')")
    keras = _keras()
    try:
        return keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras raises nearly every type here
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise BadInput(f"{path}: Keras cannot load this model ({reason})") from error


def trace(model: keras.Model, input_spec: InputSpec | None = None) -> Graph:
    """The model as an integer graph with exactly its meaning.

    Raises:
        BadInput: not fully sharpened, or a layer that is not supported; the message names it.
    """
    return trace_steps(model, input_spec or InputSpec()).graph


def trace_steps(model: keras.Model, spec: InputSpec) -> Traced:
    """``trace``, with what comes before the integers (for ``check_against_keras``)."""
    _keras()
    from whetgen.trace.tracer import trace_keras
    from whetgen.trace.walk import check_model, starts_with_rescaling

    if spec.type not in ELEMENT_TYPES:
        raise BadInput(f"--input-type {spec.type}: choose one of {', '.join(ELEMENT_TYPES)}")
    if not 0 < spec.scale < float("inf"):
        raise BadInput(f"--input-scale {spec.scale}: must be a number above 0 (real value = code / scale)")
    check_model(model)
    scale = Fraction(1) if starts_with_rescaling(model) else 1 / simplest_rational(spec.scale)
    real = trace_keras(model, ELEMENT_TYPES[spec.type], InputMeaning(scale))
    lowered = lower(real)
    return Traced(real, lowered, optimise(lowered.graph))


def check_against_keras(model: keras.Model, traced: Traced, codes: np.ndarray | None = None) -> KerasCheck:
    """Compare spikes and classes with Keras' own on random codes, and on ``codes`` too."""
    from whetgen.trace.tracer import run_keras

    frames = default_frames(traced.graph, CHECK_FRAMES, seed=1).codes
    if codes is not None:
        frames = np.concatenate([frames, codes])
    return compare_with_keras(traced.real, traced.lowered, frames, run_keras(model, traced.real, frames))


def narrow_weights(
    graph: Graph,
    bits: str,
    calibration: Frames | None,
    tolerance: float = DEFAULT_TOLERANCE,
    progress: Callable[[str], None] | None = None,
) -> Narrowed | None:
    """``--weight-bits``: None for "exact", else the graph with narrow weights and what changed.

    Raises:
        BadInput: not "exact", "auto" or 1..32, or no calibration frames.
    """
    if bits == "exact":
        return None
    if bits != "auto" and not (bits.isdecimal() and 1 <= int(bits) <= MAX_BITS):
        raise BadInput(f"--weight-bits {bits}: choose exact, auto or a number of bits from 1 to {MAX_BITS}")
    if calibration is None:
        raise BadInput(f"--weight-bits {bits}: narrowing is measured on data; give --calibration X.npz")
    if bits == "auto":
        return narrow_auto(graph, calibration.codes, calibration.labels, tolerance, progress)
    return narrow(graph, calibration.codes, int(bits), progress)


def generate(
    graph: Graph,
    target: str,
    out: str | Path,
    options: Options | None = None,
    calibration: Frames | None = None,
    facts: dict | None = None,
) -> Generation:
    """Write the output folder of ``target``: "verilog" or "c".

    ``calibration``: frames that come first among the stored vectors. ``facts``: more entries for ``whetgen.json``.

    Raises:
        BadInput: an option is not legal, or ``out`` holds something else.
    """
    options = options or Options()
    if target not in TARGETS:
        raise BadInput(f"--target {target}: choose one of {', '.join(TARGETS)}")
    check_name(options.name)
    graph = _with_output(graph, options.output)
    typical = calibration.codes if calibration else None
    rendered = TARGETS[target](graph, options, _vector_frames(graph, options.vectors, calibration), typical)

    def fill(folder: Path) -> dict:
        save_graph(graph, folder)
        for path, text in rendered.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        return describe(graph, target, options.name, rendered, facts or {})

    return Generation(Path(out), write_folder(Path(out), fill))


def plan_resources(graph: Graph) -> dict[str, dict]:
    """Estimates of what each target would need, by target; a target that cannot take the graph says why."""
    found: dict[str, dict] = {}
    for target, render in TARGETS.items():
        try:
            rendered = render(graph, Options(), default_frames(graph, 1).codes)
            cycles = {"latency_cycles": rendered.latency_cycles, "interval_cycles": rendered.interval_cycles}
            found[target] = {**rendered.resources, **{k: v for k, v in cycles.items() if v is not None}}
        except BadInput as error:
            found[target] = {"refused": str(error)}
    return found


def train(recipe: str, out: Path, seed: int, quick: bool, on_epoch: Callable[[dict], None] | None = None):
    """Train a recipe of ``whetgen.sharpen`` into ``out``.

    Raises:
        BadInput: no such recipe, or its data is missing.
    """
    _keras()
    from whetgen.sharpen import recipes

    try:
        return recipes.train(recipe, out, seed=seed, quick=quick, on_epoch=on_epoch)
    except (ValueError, OSError) as error:
        raise BadInput(f"train {recipe}: {error}") from error


def _vector_frames(graph: Graph, count: int, calibration: Frames | None) -> np.ndarray:
    edges = default_frames(graph, count).codes
    return (
        edges if calibration is None else np.concatenate([edges[: count // 2], calibration.codes[: count - count // 2]])
    )


def _with_output(graph: Graph, output: str | None) -> Graph:
    """``--output class`` makes a classifier of a network whose one output is a row of numbers."""
    if output != "class":
        return graph
    (head, *more) = graph.outputs
    if more or len(graph.shapes[head.source]) != 1 or graph.shapes[head.source][0] < 2:
        raise BadInput(
            f"--output class: needs one output that is a row of scores; '{head.name}' has shape {graph.shapes[head.source]}"
        )
    return replace(graph, outputs=(replace(head, classifier=True),))


def _keras():
    try:
        with silent_import():
            import keras

            import whetgen.sharpen  # noqa: F401 - registers the spiking layers
    except ImportError as error:
        raise BadInput(f"reading a Keras model needs Keras and TensorFlow ({error}); install whetgen[keras]") from error
    return keras


@contextmanager
def silent_import() -> Iterator[None]:
    """Keep TensorFlow's start-up notes, which it writes past Python, off the user's terminal."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "keras" in sys.modules:
        yield
        return
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
