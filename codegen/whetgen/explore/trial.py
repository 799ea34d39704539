"""One trial: a network with some settings, its accuracy on data that shaped none of it, and its cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from whetgen.errors import BadInput
from whetgen.explore.costs import COSTS, Objective, choices, measure
from whetgen.host.scratch import scratch_folder
from whetgen.input_spec import InputSpec
from whetgen.ir import Graph
from whetgen.passes.narrow import narrow, narrow_auto
from whetgen.passes.prune import prune
from whetgen.targets.registry import Options

if TYPE_CHECKING:
    import optuna

WEIGHTS, SYNAPSES = "weight_bits", "synapses"
_NARROW = ("exact", "auto", "auto 0.5%", "auto 2%", "8", "6", "5", "4", "3", "2", "1")
_SYNAPSES = (1.0, 0.7, 0.5, 0.35, 0.25)  # shares that pruning leaves while a network trains
_SYNAPSES_AFTER = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)  # and of one that is finished
_TARGET_FIELDS = ("architecture", "target_fps", "flash_share")
_HELD_OUT = 0.1


@dataclass(frozen=True, eq=False)
class ModelTask:
    """A network as it is: pruned and narrowed on the first half of the frames ``codes``, judged on the second.

    ``cost``: one of ``COSTS``; ``given``: options that do not vary.
    ``input_words``: those of the command line that say what the codes mean.
    """

    graph: Graph
    codes: np.ndarray
    labels: np.ndarray
    cost: str
    given: Options
    input_words: tuple[str, ...] = ()

    @property
    def half(self) -> int:
        return len(self.codes) // 2


@dataclass(frozen=True, kw_only=True)
class RecipeTask:
    """A recipe, trained anew each time on nine tenths of its training examples and judged on the last; the test set is not
    touched. ``epochs``: another number than its own; ``quick``: a few steps on a few images."""

    recipe: str
    cost: str
    given: Options
    epochs: int | None = None
    quick: bool = False
    seed: int = 0
    input_words: tuple[str, ...] = ()


Task: TypeAlias = ModelTask | RecipeTask


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    """What a trial gave: ``accuracy`` 0 to 1, the estimates with ``cost`` among them, of a recipe its model file;
    ``refused``: why there is none of that."""

    accuracy: float = 0.0
    facts: Mapping[str, float] = field(default_factory=dict)
    model: bytes | None = field(default=None, repr=False)
    refused: str = ""


def settings(trial: optuna.Trial, task: Task) -> dict[str, Any]:
    """What this trial tries."""
    free = choices(COSTS[task.cost], task.given)
    return {**_own(task, trial), **{name: trial.suggest_categorical(name, values) for name, values in free.items()}}


def first_settings(task: Task) -> dict[str, Any] | None:
    """What the first trial of a study tries: nothing lossy; None where that is the sampler's choice."""
    free = choices(COSTS[task.cost], task.given)
    exact = {WEIGHTS: "exact", SYNAPSES: 1.0}
    return {**exact, **{n: values[0] for n, values in free.items()}} if isinstance(task, ModelTask) else None


def run_trial(task: Task, chosen: Mapping[str, Any]) -> TrialResult:
    """In whatever process: the point of these settings."""
    try:
        return _point(task, COSTS[task.cost], chosen)
    except BadInput as error:
        return TrialResult(refused=str(error))


@singledispatch
def _own(task: Task, trial: optuna.Trial) -> dict[str, Any]:
    raise TypeError(type(task))


@_own.register(ModelTask)
def _(task: ModelTask, trial: optuna.Trial) -> dict[str, Any]:
    return {
        WEIGHTS: trial.suggest_categorical(WEIGHTS, _NARROW),
        SYNAPSES: trial.suggest_categorical(SYNAPSES, _SYNAPSES_AFTER),
    }


@_own.register(RecipeTask)
def _(task: RecipeTask, trial: optuna.Trial) -> dict[str, Any]:
    """How it is sharpened, as ``train --search`` varies it; bits of weights and what pruning leaves, where it has weights."""
    from whetgen.sharpen.search import suggest

    recipe = _recipe(task)
    own = suggest(trial, recipe)
    if recipe.weight_bits is not None:
        own[WEIGHTS] = trial.suggest_int(WEIGHTS, 2, 8)
        own[SYNAPSES] = trial.suggest_categorical(SYNAPSES, _SYNAPSES)
    return own


@singledispatch
def _point(task: Task, cost: Objective, chosen: Mapping[str, Any]) -> TrialResult:
    raise TypeError(type(task))


@_point.register
def _(task: ModelTask, cost: Objective, chosen: Mapping[str, Any]) -> TrialResult:
    graph = _narrowed(task, chosen[WEIGHTS], _pruned(chosen[SYNAPSES]))
    facts = measure(cost, graph, task.given, _of_target(chosen))
    right = graph.predict(task.codes[task.half :]) == task.labels[task.half :]
    return TrialResult(accuracy=float(right.mean()), facts=facts)


@_point.register
def _(task: RecipeTask, cost: Objective, chosen: Mapping[str, Any]) -> TrialResult:
    from whetgen import reading
    from whetgen.sharpen.logger import WhetstoneLogger
    from whetgen.sharpen.recipes.training import TrainOptions, examples_of, fit, plain
    from whetgen.sharpen.save import save_small

    options, recipe = TrainOptions(seed=task.seed, quick=task.quick), _recipe(task)
    own = {name: value for name, value in chosen.items() if name not in _TARGET_FIELDS}
    recipe = replace(recipe, **{**own, SYNAPSES: _pruned(own.get(SYNAPSES, recipe.synapses))})
    examples = examples_of(recipe, options).without_test(_HELD_OUT)
    log = WhetstoneLogger(examples.x_test, examples.y_test, metric=recipe.task.metric)
    model = plain(fit(recipe, examples, options, log), recipe)
    graph = reading.trace_steps(model, InputSpec(scale=recipe.input_scale)).graph
    with scratch_folder() as folder:
        save_small(model, folder / "model.keras")
        kept = (folder / "model.keras").read_bytes()
    return TrialResult(
        accuracy=log.measured()["hard"], facts=measure(cost, graph, task.given, _of_target(chosen)), model=kept
    )


def check_recipe(task: RecipeTask) -> RecipeTask:
    """The task with what its codes mean.

    Raises:
        BadInput: the recipe is not trained in epochs, or not in so few.
    """
    from whetgen.sharpen.recipes.training import check_epochs

    recipe = _recipe(task)
    try:
        check_epochs(recipe, task.recipe)
    except ValueError as error:
        raise BadInput(f"explore {task.recipe}: {error}") from error
    return replace(task, input_words=("--input-scale", str(recipe.input_scale)))


def _recipe(task: RecipeTask) -> Any:
    """Raises:
    BadInput: it is not trained in epochs.
    """
    from whetgen.sharpen.recipes.table import Recipe
    from whetgen.sharpen.recipes.training import TrainOptions, chosen

    changes = {} if task.epochs is None else {"epochs": task.epochs}
    recipe = chosen(task.recipe, TrainOptions(changes=changes, quick=task.quick))
    if not isinstance(recipe, Recipe):
        raise BadInput(f"recipe {task.recipe} is not trained in epochs, so it cannot be explored")
    return recipe


def _pruned(share: Any) -> Any:
    """None where nothing is pruned."""
    return None if share == 1.0 else share


def _of_target(chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chosen.items() if name in _TARGET_FIELDS}


def _narrowed(task: ModelTask, weights: str, share: float | None) -> Graph:
    graph, codes, labels = task.graph, task.codes[: task.half], task.labels[: task.half]
    if weights == "exact" and share is None:
        return graph
    pruned = None if share is None else prune(graph, codes, share)
    if weights.startswith("auto"):
        return narrow_auto(graph, codes, labels, tolerance(weights), pruned=pruned).graph
    return narrow(graph, codes, None if weights == "exact" else int(weights), pruned=pruned).graph


def tolerance(weights: str) -> float:
    """The share of frames that may be lost: 0, but for ``auto 0.5%`` and its like."""
    _, _, percent = weights.removesuffix("%").partition("auto ")
    return float(percent or 0) / 100
