"""The library's front door: trace, generate, verify. Keras is imported only to read a model."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning, check_output_bits
from whetgen.ir.exact import simplest_rational
from whetgen.option import check_types
from whetgen.passes import Lowered, lower, optimise
from whetgen.passes.narrow import MAX_BITS, Narrowed, narrow, narrow_auto
from whetgen.reference import predict
from whetgen.targets.output.fill import fill_folder
from whetgen.targets.output.folder import write_folder
from whetgen.targets.output.kinds import with_kind
from whetgen.targets.registry import TARGETS, Options, find_target, options_for
from whetgen.verification.doubts import doubts
from whetgen.verification.frames import Frames, default_frames
from whetgen.verification.rounding import KerasCheck, compare_with_keras, frames_at_once
from whetgen.wording import unknown

if TYPE_CHECKING:
    import keras

    from whetgen.frontends.keras.tracer import Trace

CHECK_FRAMES = 256
DOUBT_FRAMES, DOUBT_BATCH = 512, 32
DEFAULT_SCALE = 255
LARGEST_SCALE = 1e9


@dataclass(frozen=True)
class InputSpec:
    """How input codes are stored and what they mean: real value = ``code / scale``.

    ``type``: uint8, int8, uint4, bit or int16. ``scale``: None for 255; a Rescaling layer at the model's input replaces it.
    """

    type: str = "uint8"
    scale: float | None = None

    def __post_init__(self) -> None:
        check_types(self)

    def check(self) -> None:
        """Refuse what no model's input can be.

        Raises:
            BadInput: no such type, or a scale that is no number from 1e-9 to 1e9.
        """
        if self.type not in ELEMENT_TYPES:
            raise unknown("--input-type", self.type, ELEMENT_TYPES)
        if self.scale is not None and not 1 / LARGEST_SCALE <= self.scale <= LARGEST_SCALE:
            raise BadInput(
                f"--input-scale {self.scale}: must be a number above 0, from {1 / LARGEST_SCALE:g} to {LARGEST_SCALE:g} "
                "(real value = code / scale)"
            )


@dataclass(frozen=True, eq=False)
class Traced:
    """A model on its way: its real-valued graph, its integers before and after the passes; ``warnings``: a line each."""

    real: Trace
    lowered: Lowered
    graph: Graph
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Generation:
    """What ``generate`` wrote: the folder and the contents of its ``whetgen.json``."""

    folder: Path
    manifest: dict = field(repr=False)


def load_model(path: str | Path) -> keras.Model:
    """A ``.keras`` or ``.h5`` model of Keras 2 or 3, the spiking layers and those of the original Whetstone known.

    Raises:
        BadInput: missing, damaged, or made of layers that are not on whetgen's list.
    """
    from whetgen.foreign.containers import open_model

    file = open_model(path)
    need_keras()
    from whetgen.sharpen.load import construct

    return construct(file)


def trace(model: keras.Model, input_spec: InputSpec | None = None) -> Graph:
    """The model as an integer graph with exactly its meaning.

    Raises:
        BadInput: not fully sharpened, or a layer that is not supported; the message names it.
    """
    return trace_steps(model, input_spec or InputSpec()).graph


def trace_steps(model: keras.Model, spec: InputSpec) -> Traced:
    """``trace``, with what comes before the integers (for ``check_against_keras``)."""
    need_keras()
    from whetgen.frontends.keras.tracer import trace_keras
    from whetgen.frontends.keras.walk import check_model, scaling_at_input

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


def data_doubts(graph: Graph, frames: Frames) -> tuple[str, ...]:
    """A line for each thing that is odd about data of the user's, the accuracy of its first frames included."""
    few = frames.first(DOUBT_FRAMES)
    if few.labels is None:
        return doubts(graph, few)
    batches = np.array_split(few.codes, -(-len(few.codes) // DOUBT_BATCH))
    return doubts(graph, few, np.concatenate([predict(graph, codes) for codes in batches]))


def narrow_weights(
    graph: Graph,
    bits: int | Literal["exact", "auto"],
    calibration: Frames | None,
    tolerance: float = 0.0,
    progress: Callable[[str], None] | None = None,
) -> Narrowed | None:
    """``--weight-bits``: None for "exact", else the graph with narrow weights and what changed.

    Raises:
        BadInput: see ``check_narrowing``.
    """
    check_narrowing(bits, calibration is not None, tolerance)
    if bits == "exact":
        return None
    if bits == "auto":
        return narrow_auto(graph, calibration.codes, calibration.labels, tolerance, progress)
    return narrow(graph, calibration.codes, bits, progress)


def check_narrowing(bits: int | Literal["exact", "auto"], calibrated: bool, tolerance: float) -> None:
    """Refuse what ``narrow_weights`` cannot take.

    Raises:
        BadInput: not "exact", "auto" or 1..32, no calibration frames, or a tolerance that is no share.
    """
    if bits not in ("exact", "auto") and not (type(bits) is int and 1 <= bits <= MAX_BITS):
        raise BadInput(f"--weight-bits {bits}: choose exact, auto or a number of bits from 1 to {MAX_BITS}")
    if bits != "exact" and not calibrated:
        raise BadInput(f"--weight-bits {bits}: narrowing is measured on data; give --calibration X.npz")
    if not 0 <= tolerance <= 1:
        raise BadInput(f"--tolerance {tolerance}: must be a share of the frames, from 0 to 1")


def generate(
    graph: Graph,
    target: str,
    out: str | Path,
    options: Options | None = None,
    calibration: Frames | None = None,
    facts: dict | None = None,
) -> Generation:
    """Write the output folder of ``target``: "verilog", "hls" or "c".

    ``calibration``: frames that come first among the stored vectors. ``facts``: more entries for ``whetgen.json``.

    Raises:
        BadInput: an option is not legal, or ``out`` holds something else.
    """
    options = options or Options()
    options_for(find_target(target), options)
    graph = check_output_bits(with_kind(graph, options.output))
    codes, typical = _vector_frames(graph, options.vectors, calibration), calibration.codes if calibration else None
    manifest = write_folder(
        Path(out), lambda folder: fill_folder(folder, graph, target, options, codes, facts or {}, typical)
    )
    return Generation(Path(out), manifest)


def plan_resources(graph: Graph) -> dict[str, dict]:
    """Estimates of what each target would need, by target; a target that cannot take the graph says why."""
    found: dict[str, dict] = {}
    for name, target in TARGETS.items():
        try:
            rendered = target.rendered(check_output_bits(graph), target.options(), default_frames(graph, 1).codes)
            cycles = {"latency_cycles": rendered.latency_cycles, "interval_cycles": rendered.interval_cycles}
            found[name] = {**rendered.resources, **{k: v for k, v in cycles.items() if v is not None}}
        except BadInput as error:
            found[name] = {"refused": str(error)}
    return found


def train(recipe: str, out: Path, **options):
    """Train a recipe of ``whetgen.sharpen`` into ``out``; ``options`` as ``whetgen.sharpen.recipes.TrainOptions``.

    Raises:
        BadInput: no such recipe, its data is missing, or an option does not fit.
    """
    need_keras()
    from whetgen.sharpen import recipes

    with _as_bad_input(f"train {recipe}"):
        return recipes.train(recipe, out, recipes.TrainOptions(**options))


def search(recipe: str, trials: int, storage: str | None = None, **options):
    """Look for better settings of a recipe; see ``whetgen.sharpen.search``.

    Raises:
        BadInput: as ``train``; or Optuna is not installed, or cannot use the storage.
    """
    need_keras()
    from whetgen.sharpen import recipes
    from whetgen.sharpen.search import search as run

    with _as_bad_input(f"train {recipe} --search"):
        return run(recipe, trials, storage, recipes.TrainOptions(**options))


@contextmanager
def _as_bad_input(what: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        raise BadInput(f"{what}: {error}") from error


def _vector_frames(graph: Graph, count: int, calibration: Frames | None) -> np.ndarray:
    edges = default_frames(graph, count).codes
    return (
        edges if calibration is None else np.concatenate([edges[: count // 2], calibration.codes[: count - count // 2]])
    )


def need_keras():
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
    """Keep TensorFlow's start-up notes off the user's terminal."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "keras" in sys.modules:
        yield
        return
    with silent_errors():
        yield


@contextmanager
def silent_errors() -> Iterator[None]:
    """Drop what libraries write past Python to the file of error messages."""
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
