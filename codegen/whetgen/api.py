"""What ``import whetgen`` gives: a model becomes a graph, the graph a folder, and the folder is verified."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whetgen.errors import BadInput
from whetgen.input_spec import InputSpec
from whetgen.ir import Graph, check_output_bits
from whetgen.reading import load_model, trace_steps
from whetgen.targets.output.fill import fill_folder
from whetgen.targets.output.folder import write_folder
from whetgen.targets.output.kinds import with_kind
from whetgen.targets.output.lone import folder_for, written
from whetgen.targets.registry import Options, find_target, options_for
from whetgen.verification.checks import Verification, verify
from whetgen.verification.frames import Frames, default_frames

if TYPE_CHECKING:
    import keras

__all__ = [
    "BadInput",
    "Frames",
    "Generation",
    "Graph",
    "InputSpec",
    "Options",
    "Verification",
    "generate",
    "load_model",
    "trace",
    "verify",
]


@dataclass(frozen=True, eq=False)
class Generation:
    """What ``generate`` wrote: the folder, or one file, and the contents of ``whetgen.json``."""

    folder: Path
    manifest: dict[str, Any] = field(repr=False)


def trace(model: keras.Model, input_spec: InputSpec | None = None) -> Graph:
    """The model as an integer graph that computes exactly what the model does.

    ``model``: a Keras model, or whatever else ``load_model`` gives. ``input_spec``: the integers that come in and what they
    mean, where the model does not say so itself.

    Raises:
        BadInput: not fully sharpened, or a layer that is not supported; the message names it.
    """
    return trace_steps(model, input_spec or InputSpec()).graph


def generate(
    graph: Graph,
    target: str,
    out: str | Path,
    options: Options | None = None,
    calibration: Frames | None = None,
    facts: dict[str, Any] | None = None,
) -> Generation:
    """Write the output folder of ``target``: "verilog", "hls", "c", "onnx" or "nir".

    An ``out`` that ends in ``.onnx`` (target "onnx") or ``.nir`` (target "nir") becomes that file alone.
    ``calibration``: frames that come first among the stored vectors. ``facts``: more entries for ``whetgen.json``.

    Raises:
        BadInput: an option is not legal, or ``out`` holds something else.
    """
    options = options or Options()
    found, out = find_target(target), Path(out)
    options_for(found, options)
    graph = check_output_bits(with_kind(graph, options.output))
    codes, typical = _stored_frames(graph, options.vectors, calibration), calibration.codes if calibration else None
    with folder_for(out, found, options.name) as place:
        manifest = write_folder(
            place, lambda folder: fill_folder(folder, graph, target, options, codes, facts or {}, typical)
        )
    return Generation(out, {**manifest, "files": written(out, found, manifest)})


def _stored_frames(graph: Graph, count: int, calibration: Frames | None) -> np.ndarray:
    edges = default_frames(graph, count).codes
    return (
        edges if calibration is None else np.concatenate([edges[: count // 2], calibration.codes[: count - count // 2]])
    )
