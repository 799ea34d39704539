"""What a checkpoint or a study is of: the recipe as it was run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from whetgen.sharpen.checkpoint import read_origin
from whetgen.sharpen.recipes.table import Recipe

if TYPE_CHECKING:
    from whetgen.sharpen.recipes.dqn import DqnRecipe
    from whetgen.sharpen.recipes.training import TrainOptions

_CODE = ("build", "task")  # of the recipe: they follow from its name and the version


def origin_of(name: str, recipe: Recipe | DqnRecipe, **options: object) -> dict[str, object]:
    """Name, fields and version of a recipe, and ``options``, as JSON has them."""
    plain = {f.name: getattr(recipe, f.name) for f in fields(recipe) if f.name not in _CODE}
    return json.loads(json.dumps({"recipe": name, **plain, **options, "version": version("whetgen")}, default=_as_json))


def shaping(options: TrainOptions) -> dict[str, object]:
    """Options that shape the result and are no fields of the recipe; files by the beginning of their SHA-256."""
    kept = ("seed", "quick", "mixed_precision", "float_twin")
    files = {"start": _digest(options.start), "teacher": _digest(options.teacher)}
    return {**{name: getattr(options, name) for name in kept}, **files}


def _digest(path: Path | None) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path and path.is_file() else None


def check_checkpoint(state: Path, out: Path, goes_on: bool, origin: Mapping[str, object]) -> None:
    """Raises:
    ValueError: a checkpoint is wanted and missing, damaged or of another ``origin``; or unwanted and in the way.
    """
    if not goes_on and state.exists():
        raise ValueError(f"{state} is the checkpoint of an interrupted run: resume it, or delete the file")
    if goes_on and not state.is_file():
        done = f", and {out} does: that run is done" if out.exists() else ""
        raise ValueError(f"nothing to resume: {state} does not exist{done}")
    if goes_on:
        check_origin(str(state), read_origin(state), origin, "delete the file and begin anew")


def check_origin(what: str, kept: Mapping[str, object] | None, given: Mapping[str, object], advice: str) -> None:
    """Raises:
    ValueError: ``what`` was made by other settings, or does not say by which; all that differ are named.
    """
    if kept is None:
        raise ValueError(f"{what} does not say which settings it was made with, as older versions left them; {advice}")
    names = dict.fromkeys([*given, *kept])
    other = [
        f"{name} {_shown(kept.get(name))}, not {_shown(given.get(name))}"
        for name in names
        if kept.get(name) != given.get(name)
    ]
    if other:
        raise ValueError(f"{what} was made with {'; '.join(other)}: give the same settings, or {advice}")


def _as_json(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
