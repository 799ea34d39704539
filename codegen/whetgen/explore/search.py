"""A study: trials are drawn by Optuna, run in some processes or on Dask's workers, and the best stay. Needs Optuna."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from whetgen.errors import BadInput
from whetgen.explore.trial import Task, TrialResult, first_settings, run_trial, settings

if TYPE_CHECKING:
    import optuna

_MOST_REPEATS = 30  # draws in a row that were tried before: then there is nothing new to find
_ATTEMPTS, _PAUSE_SECONDS = 4, 0.5  # to open a storage
_LONGEST_TRIAL = timedelta(hours=6)  # one that runs longer was interrupted
_ORIGIN, _FACTS, _REFUSED = "origin", "facts", "refused"


@dataclass(frozen=True, kw_only=True)
class TriedSettings:
    """A trial of the study: its number, settings, accuracy, cost, and the other estimates."""

    number: int
    settings: dict[str, Any]
    accuracy: float
    cost: float
    facts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Explored:
    """``tried``: all that gave a network, whoever shares the study; ``front``: those that no other beats, cheapest first;
    ``refused``: how many the target refused, by reason; ``exhausted``: whether nothing new was left to try."""

    tried: list[TriedSettings]
    front: list[TriedSettings]
    refused: dict[str, int]
    exhausted: bool


@dataclass(frozen=True, kw_only=True)
class Limit:
    """When to begin no more trials; None: whenever."""

    seconds: float | None = None
    trials: int | None = None

    def share(self, seconds: float, trials: int) -> float:
        """How far a search is, from 0 to 1."""
        by_time = seconds / self.seconds if self.seconds else 0.0
        return min(1.0, max(by_time, trials / self.trials if self.trials else 0.0))


def open_study(name: str, storage: str, origin: Mapping[str, object], seed: int, alone: bool) -> optuna.Study:
    """The study of this name in the storage, new or of others. ``alone``: nobody else has it open, so that trials which still
    run were interrupted.

    Raises:
        BadInput: Optuna is not installed, the storage is none, or the study is of another ``origin``.
    """
    try:
        import optuna
    except ImportError as error:
        raise BadInput(f"explore needs Optuna ({error}); install whetgen[train]") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = _created(name, storage)
    kept = study.user_attrs.get(_ORIGIN)
    if kept is not None and kept != origin:
        other = ", ".join(key for key in origin if kept.get(key) != origin[key])
        raise BadInput(f"--storage {storage}: study {name} was made with another {other}; give another --storage")
    study.set_user_attr(_ORIGIN, dict(origin))
    for trial in study.get_trials(deepcopy=False, states=[optuna.trial.TrialState.RUNNING]) if alone else ():
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials), constant_liar=True)
    return study


def _created(name: str, storage: str) -> optuna.Study:
    """The study. Of two that open a new storage at the same moment one finds half of its tables: it tries again.

    Raises:
        BadInput: the storage is none.
    """
    import optuna
    from sqlalchemy.exc import IntegrityError, OperationalError

    passing = (IntegrityError, OperationalError, optuna.exceptions.StorageInternalError)
    for left in reversed(range(_ATTEMPTS)):
        try:
            return optuna.create_study(
                study_name=name, storage=storage, load_if_exists=True, directions=["maximize", "minimize"]
            )
        except Exception as error:  # of SQLAlchemy, drivers and databases
            if not (left and isinstance(error, passing)):
                raise BadInput(f"--storage {storage}: {' '.join(str(error).split())[:200]}") from error
            time.sleep(_PAUSE_SECONDS)
    raise AssertionError("the last attempt returns or raises")


def explore(
    study: optuna.Study,
    task: Task,
    executor: Executor,
    at_once: int,
    limit: Limit,
    tell: Callable[[float], None],
    keep: Callable[[int, bytes], None],
) -> Explored:
    """Trials until the limit; ``tell`` gets the share that is done, ``keep`` number and file of a model on the front.

    Settings that were tried before are not run again.
    """
    if (first := first_settings(task)) is not None:
        study.enqueue_trial(first, skip_if_exists=True)
    began, begun, repeats, running = time.monotonic(), 0, 0, dict[Future[TrialResult], "optuna.Trial"]()
    while True:
        share = limit.share(time.monotonic() - began, begun)
        tell(min(share, limit.share(time.monotonic() - began, begun - len(running))))
        if share < 1 and repeats < _MOST_REPEATS and len(running) < at_once:
            trial = study.ask()
            chosen = settings(trial, task)
            if _repeats(study, trial):
                repeats += 1
            else:
                running[executor.submit(run_trial, task, chosen)] = trial
                begun, repeats = begun + 1, 0
        elif running:
            done, _ = wait(running, return_when=FIRST_COMPLETED, timeout=1.0)
            for future in done:
                _record(study, running.pop(future), future.result(), keep)
        else:
            return _explored(study, repeats >= _MOST_REPEATS)


def _repeats(study: optuna.Study, trial: optuna.Trial) -> bool:
    """Whether it was tried before, or is being tried; then it gets the same result, or none."""
    from optuna.trial import TrialState

    tried = [t for t in study.get_trials(deepcopy=False) if t.number < trial.number and t.params == trial.params]
    same = [t for t in tried if (t.state != TrialState.FAIL and not _interrupted(t)) or _REFUSED in t.user_attrs]
    if not same:
        return False
    done = next((t for t in same if t.state == TrialState.COMPLETE), None)
    if done is None:
        study.tell(trial, state=TrialState.FAIL)
    else:
        study.tell(trial, done.values)
    return True


def _interrupted(trial: optuna.trial.FrozenTrial) -> bool:
    """Whether its command was killed, on whatever machine; nobody else can tell such a trial from a long one."""
    from optuna.trial import TrialState

    began = trial.datetime_start
    return trial.state == TrialState.RUNNING and began is not None and datetime.now() - began > _LONGEST_TRIAL


def _record(study: optuna.Study, trial: optuna.Trial, point: TrialResult, keep: Callable[[int, bytes], None]) -> None:
    from optuna.trial import TrialState

    if point.refused:
        trial.set_user_attr(_REFUSED, point.refused)
        study.tell(trial, state=TrialState.FAIL)
        return
    trial.set_user_attr(_FACTS, dict(point.facts))
    study.tell(trial, (point.accuracy, float(point.facts["cost"])))
    if point.model is not None and trial.number in {t.number for t in study.best_trials}:
        keep(trial.number, point.model)


def _explored(study: optuna.Study, exhausted: bool) -> Explored:
    trials = study.get_trials(deepcopy=False)
    tried = [
        TriedSettings(
            number=t.number, settings=t.params, accuracy=t.values[0], cost=t.values[1], facts=t.user_attrs[_FACTS]
        )
        for t in trials
        if t.values and _FACTS in t.user_attrs
    ]
    refused: dict[str, int] = {}
    for reason in (t.user_attrs[_REFUSED] for t in trials if _REFUSED in t.user_attrs):
        refused[reason] = refused.get(reason, 0) + 1
    return Explored(tried=tried, front=pareto_front(tried), refused=refused, exhausted=exhausted)


def pareto_front(tried: list[TriedSettings]) -> list[TriedSettings]:
    """Those that no other beats in accuracy or cost without losing in the other, cheapest first; of equals the first tried."""
    front: list[TriedSettings] = []
    for trial in sorted(tried, key=lambda t: (t.cost, -t.accuracy, t.number)):
        if not front or trial.accuracy > front[-1].accuracy:
            front.append(trial)
    return front
