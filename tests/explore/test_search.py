"""A study: the front, settings that are not tried twice, what is refused, and that it goes on where it ended."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import optuna
import pytest
from sqlalchemy.exc import IntegrityError
from tests.frontends.keras.models import fire, key, sequential

import whetgen
from whetgen.errors import BadInput
from whetgen.explore import search
from whetgen.explore.search import Limit, TriedSettings, explore, open_study, pareto_front
from whetgen.explore.trial import ModelTask, first_settings, run_trial, settings, tolerance
from whetgen.passes import optimise
from whetgen.passes.narrow import narrow
from whetgen.passes.prune import prune
from whetgen.sharpen import SoftmaxDecode


def tried(number, accuracy, cost):
    return TriedSettings(number=number, settings={}, accuracy=accuracy, cost=cost)


def test_on_the_front_is_what_no_other_beats():
    points = [tried(0, 0.9, 100), tried(1, 0.9, 80), tried(2, 0.8, 50), tried(3, 0.7, 60), tried(4, 0.9, 80)]
    assert [t.number for t in pareto_front(points)] == [2, 1]


@pytest.fixture(scope="module")
def task():
    from keras import layers as L

    model = sequential((6,), L.Dense(8), fire(), L.Dense(6), fire(), SoftmaxDecode(key(3, 6)))
    graph = whetgen.trace(model)
    codes = np.random.default_rng(0).integers(0, 256, (40, 6))
    return ModelTask(graph, codes, graph.predict(codes), "flash", whetgen.Options())


def run(task, storage, trials, alone=True, origin="a"):
    study = open_study("s", storage, {"model": origin}, 0, alone)
    shares = []
    with ThreadPoolExecutor(1) as pool:
        found = explore(study, task, pool, 1, Limit(trials=trials), shares.append, lambda *_: None)
    assert shares == sorted(shares) and shares[-1] <= 1
    return found


def test_the_first_trial_changes_nothing_and_a_study_goes_on(task, tmp_path):
    storage = f"sqlite:///{tmp_path / 's.db'}"
    first = run(task, storage, 1)
    assert [(t.settings, t.accuracy) for t in first.tried] == [
        ({"weight_bits": "exact", "synapses": 1.0, "flash_share": 1.0}, 1.0)
    ]
    assert first.front == first.tried and first.tried[0].cost == first.tried[0].facts["cost"]
    second = run(task, storage, 4)
    assert second.tried[0] == first.tried[0]
    assert len(second.tried) + sum(second.refused.values()) == 5
    settings = [str(t.settings) for t in second.tried]
    assert len(set(settings)) == len(settings)


def test_a_study_of_another_model_is_refused(task, tmp_path):
    storage = f"sqlite:///{tmp_path / 's.db'}"
    run(task, storage, 1)
    with pytest.raises(BadInput) as refused:
        run(task, storage, 1, origin="b")
    assert str(refused.value) == f"--storage {storage}: study s was made with another model; give another --storage"


def test_settings_of_a_command_that_was_killed_are_tried_again_when_no_trial_can_still_run(task, tmp_path, monkeypatch):
    study = open_study("s", f"sqlite:///{tmp_path / 's.db'}", {}, 0, alone=False)

    def asked():
        study.enqueue_trial(first_settings(task))
        trial = study.ask()
        settings(trial, task)
        return trial

    asked()  # runs on another machine, or its command was killed
    assert search._repeats(study, asked())
    monkeypatch.setattr(search, "_LONGEST_TRIAL", timedelta(0))
    assert not search._repeats(study, asked())


def test_a_storage_that_another_command_is_making_is_opened_a_moment_later(tmp_path, monkeypatch):
    made, failures = optuna.create_study, [IntegrityError("INSERT", {}, Exception("UNIQUE"))]

    def create_study(**options):
        if failures:
            raise failures.pop()
        return made(**options)

    monkeypatch.setattr(optuna, "create_study", create_study)
    monkeypatch.setattr(search, "_PAUSE_SECONDS", 0)
    assert open_study("s", f"sqlite:///{tmp_path / 's.db'}", {}, 0, alone=False).trials == []


def test_a_storage_that_is_none_is_one_line():
    with pytest.raises(BadInput, match=r"^--storage nowhere: [^\n]+$"):
        open_study("s", "nowhere", {}, 0, True)


def test_what_a_target_refuses_is_told_and_travels_between_processes(task):
    point = run_trial(task, {"weight_bits": "4", "synapses": 1.0, "flash_share": 0.1})
    assert point.refused.startswith("--max-flash ") and pickle.loads(pickle.dumps(point)) == point


def test_narrow_weights_are_chosen_on_the_first_half_and_judged_on_the_second(task):
    point = run_trial(task, {"weight_bits": "1", "synapses": 1.0, "flash_share": 1.0})
    narrowed = narrow(task.graph, task.codes[:20], 1).graph
    assert point.accuracy == np.mean(narrowed.predict(task.codes[20:]) == task.labels[20:])


def test_synapses_are_pruned_on_the_first_half_and_cost_less(task):
    whole, pruned = (
        run_trial(task, {"weight_bits": "exact", "synapses": share, "flash_share": 1.0}) for share in (1.0, 0.25)
    )
    half = optimise(prune(task.graph, task.codes[:20], 0.25))
    assert pruned.facts["cost"] < whole.facts["cost"]
    assert pruned.accuracy == np.mean(half.predict(task.codes[20:]) == task.labels[20:])
    signs = run_trial(task, {"weight_bits": "1", "synapses": 0.25, "flash_share": 1.0})
    assert signs.refused == (
        "--weight-bits 1: a sign is never 0, so nothing stays pruned; give 2 or more, or leave out --synapses"
    )


@pytest.mark.parametrize(
    ("words", "share"), [("exact", 0.0), ("8", 0.0), ("auto", 0.0), ("auto 0.5%", 0.005), ("auto 2%", 0.02)]
)
def test_the_tolerance_stands_in_the_setting(words, share):
    assert tolerance(words) == share
