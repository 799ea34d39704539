"""The random models by the kind of file that they come in; each is written to a file and read from there, as a user's is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen import reading
from whetgen.errors import BadInput
from whetgen.fuzz.recipe import ModelRecipe
from whetgen.input_spec import INPUT_TYPES, InputSpec
from whetgen.ir import Graph


class Unlike(Exception):
    """A model whose integers are not what its floats say."""


@dataclass(frozen=True)
class Kind:
    """``suffix``: of the file; ``write``: a model into it."""

    suffix: str
    write: Callable[[ModelRecipe, Path], None]


def _keras(recipe: ModelRecipe, path: Path) -> None:
    reading.need_keras()
    from whetgen.fuzz.keras_models import random_keras_model

    random_keras_model(recipe).save(path)


def _quantised(recipe: ModelRecipe, path: Path) -> None:
    reading.need_keras()
    from whetgen.fuzz.quantised_models import write_quantised_model

    write_quantised_model(recipe, path)


def _onnx(recipe: ModelRecipe, path: Path) -> None:
    from whetgen.fuzz.onnx_models import random_onnx_model

    path.write_bytes(random_onnx_model(recipe).SerializeToString())


def _nir(recipe: ModelRecipe, path: Path) -> None:
    import nir

    from whetgen.fuzz.nir_models import random_nir_graph

    nir.write(path, random_nir_graph(recipe))


KINDS = {
    "keras": Kind(".keras", _keras),
    "quantised": Kind(".h5", _quantised),
    "onnx": Kind(".onnx", _onnx),
    "nir": Kind(".nir", _nir),
}


def write_model(kind: str, recipe: ModelRecipe, folder: Path) -> Path:
    """The model of a recipe as a file in ``folder``.

    Raises:
        ImportError: a package that writes such files is not installed.
    """
    path = folder / f"network{KINDS[kind].suffix}"
    KINDS[kind].write(recipe, path)
    return path


def spec_of(recipe: ModelRecipe) -> InputSpec:
    """Any type of code, whole numbers more often than pixels."""
    draws = recipe.draws("codes")
    return InputSpec(draws.choice(INPUT_TYPES), draws.choice((1.0, 1.0, 255.0, 16.0)))


def read_model(path: Path, spec: InputSpec, codes: np.ndarray | None = None) -> Graph:
    """The file's integer graph, compared with the floats of the model; ``codes``: frames to compare beside the usual ones.

    Raises:
        BadInput: the front end refuses the model.
        Unlike: a result that no rounding explains.
    """
    model = reading.load_model(path)
    traced = reading.trace_steps(model, spec)
    check = reading.check_against_floats(model, traced, codes)
    if check.outside_bound:
        raise Unlike(f"{check.outside_bound} results of {check.inputs} frames differ beyond float32's rounding bound")
    return traced.graph


def model_problem(path: Path, spec: InputSpec) -> str | None:
    """What is wrong with reading this file; None where it is read, or refused in one line."""
    try:
        read_model(path, spec)
    except BadInput:
        return None
    except Exception as error:  # whatever a front end raises that is no refusal
        return f"{type(error).__name__}: {error}"
    return None
