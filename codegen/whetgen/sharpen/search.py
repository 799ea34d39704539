"""Look for better settings of a recipe's sharpening. Needs Optuna."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from whetgen.sharpen.logger import WhetstoneLogger
from whetgen.sharpen.recipes.origin import check_origin, origin_of
from whetgen.sharpen.recipes.table import Recipe
from whetgen.sharpen.recipes.training import TrainOptions, chosen, examples_of, fit

if TYPE_CHECKING:
    import optuna

_HELD_OUT = 0.1
_ORIGIN = "origin"


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """The best trial of a study: its settings (fields of the recipe) and score; trials so far, pruned ones included."""

    recipe: str
    settings: dict[str, float]
    score: float
    figure: str
    trials: int


def search(name: str, trials: int, storage: str | None = None, options: TrainOptions | None = None) -> SearchResult:
    """``trials`` more trials of recipe ``name``; the best of the study so far.

    Varied are the learning rate, the soft epochs, the epochs a layer takes to sharpen and the label smoothing. The score
    is taken fully sharp on a tenth of the training examples that is held out; the test set is not touched.
    Hyperband ends trials that lag behind. ``storage``: a URL of Optuna, e.g. ``sqlite:///study.db``; all who give the
    same one, on any machine, share the study ``whetgen-NAME``.

    Raises:
        ValueError: Optuna is not installed, no trials, a study of other settings in the storage, or a recipe without
            epochs (cartpole-dqn).
    """
    _check_optuna()
    import optuna

    options = options or TrainOptions()
    recipe = chosen(name, options)
    if trials < 1:
        raise ValueError(f"a search takes at least 1 trial, not {trials}")
    if not isinstance(recipe, Recipe):
        raise ValueError(f"recipe {name} is not trained in epochs, so it cannot be searched")
    examples = examples_of(recipe, options).without_test(_HELD_OUT)

    def objective(trial: optuna.Trial) -> float:
        log = WhetstoneLogger(examples.x_test, examples.y_test, metric=recipe.task.metric)
        watched = replace(options, on_epoch=lambda row: _tell(trial, row, options))
        fit(replace(recipe, **suggest(trial, recipe)), examples, watched, log)
        return log.measured()["hard"]  # of the model as it ends: its last row may be of weights not yet averaged

    study = optuna.create_study(
        study_name=f"whetgen-{name}",
        storage=storage,
        load_if_exists=True,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=options.seed if storage is None else None),
        pruner=optuna.pruners.HyperbandPruner(min_resource=1, max_resource=recipe.epochs),
    )
    _check_study(study, origin_of(name, recipe, quick=options.quick, mixed_precision=options.mixed_precision))
    study.optimize(objective, n_trials=trials)
    best = study.best_trial
    return SearchResult(
        recipe=name, settings=best.params, score=study.best_value, figure=recipe.task.figure, trials=len(study.trials)
    )


def _check_study(study: optuna.Study, origin: dict) -> None:
    """Raises:
    ValueError: its trials were made with other settings than ``origin``, which a new study gets.
    """
    if study.trials or _ORIGIN in study.user_attrs:
        advice = "give another storage"
        check_origin(f"study {study.study_name}", study.user_attrs.get(_ORIGIN), origin, advice)
    else:
        study.set_user_attr(_ORIGIN, origin)


def suggest(trial: optuna.Trial, recipe: Recipe) -> dict[str, Any]:
    """Settings around the recipe's own; at least a third of the epochs stays for the sharp network."""
    most = max(1, recipe.epochs // 3)
    return {
        "learning_rate": trial.suggest_float(
            "learning_rate", recipe.learning_rate / 4, recipe.learning_rate * 4, log=True
        ),
        "soft_epochs": trial.suggest_int("soft_epochs", 1, min(most, 4 * recipe.soft_epochs)),
        "steps": trial.suggest_int("steps", 1, max(1, min(4, most // 4))),
        "label_smoothing": trial.suggest_float("label_smoothing", 0.0, 0.2),
    }


def _tell(trial: optuna.Trial, row: dict, options: TrainOptions) -> None:
    import optuna

    if options.on_epoch is not None:
        options.on_epoch(row)
    trial.report(row["hard"], row["epoch"])
    if trial.should_prune():
        raise optuna.TrialPruned


def _check_optuna() -> None:
    """Raises:
    ValueError: it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise ValueError(f"--search needs Optuna ({error}); install whetgen[train]") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
