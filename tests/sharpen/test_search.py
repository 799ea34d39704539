"""A search tries settings of a recipe, never on the test set, and shares its study."""

from contextlib import nullcontext

import optuna
import pytest

from whetgen.sharpen.logger import WhetstoneLogger
from whetgen.sharpen.recipes import RECIPES, TrainOptions
from whetgen.sharpen.search import _tell, search, suggest

QUICK = TrainOptions(quick=True)


@pytest.mark.slow
def test_study_is_shared_through_its_storage(tmp_path):
    storage = f"sqlite:///{tmp_path}/study.db"
    first = search("digits-mlp", 2, storage, QUICK)
    second = search("digits-mlp", 1, storage, QUICK)
    assert (first.trials, second.trials) == (2, 3) and second.score >= first.score
    assert set(first.settings) == {"learning_rate", "soft_epochs", "steps", "label_smoothing"}
    assert len(optuna.load_study(study_name="whetgen-digits-mlp", storage=storage).trials) == 3
    with pytest.raises(ValueError) as refused:
        search("digits-mlp", 1, storage, TrainOptions(quick=True, changes={"weight_bits": 2}))
    assert str(refused.value) == (
        "study whetgen-digits-mlp was made with weight_bits 4, not 2: give the same settings, or give another storage"
    )


def test_trials_never_see_the_test_set(monkeypatch):
    seen = []

    def fit(recipe, examples, options, log, state=None):
        seen.append((len(examples.x_train), len(examples.x_test)))

    monkeypatch.setattr("whetgen.sharpen.search.fit", fit)
    monkeypatch.setattr(WhetstoneLogger, "measured", lambda log: {"hard": 0.5})
    found = search("digits-mlp", 1)
    assert seen == [(1212, 135)], "1,347 training digits, a tenth held out; the 450 test digits are not in it"
    assert found.score == 0.5 and found.figure == "accuracy"


@pytest.mark.parametrize("lags", [False, True])
def test_trial_reports_its_sharp_score_and_ends_where_the_pruner_says(lags):
    class Trial:
        def report(self, value, step):
            self.reported = value, step

        def should_prune(self):
            return lags

    trial, rows = Trial(), []
    with pytest.raises(optuna.TrialPruned) if lags else nullcontext():
        _tell(trial, {"epoch": 3, "hard": 0.9, "soft": 0.95}, TrainOptions(on_epoch=rows.append))
    assert trial.reported == (0.9, 3) and len(rows) == 1


def test_pruner_is_hyperband_over_the_recipes_epochs(monkeypatch):
    made = []

    class Spy(optuna.pruners.HyperbandPruner):
        def __init__(self, **settings):
            made.append(settings)
            super().__init__(**settings)

    monkeypatch.setattr(optuna.pruners, "HyperbandPruner", Spy)
    monkeypatch.setattr("whetgen.sharpen.search.fit", lambda recipe, examples, options, log: None)
    monkeypatch.setattr(WhetstoneLogger, "measured", lambda log: {"hard": 0.0})
    search("digits-mlp", 1)
    assert made == [{"min_resource": 1, "max_resource": 200}]


@pytest.mark.parametrize("name", ["digits-mlp", "mnist-cnn", "cifar10-vgg"])
def test_settings_leave_two_thirds_of_the_epochs_sharp_or_sharpening(name):
    recipe = RECIPES[name]
    study = optuna.create_study()
    for _ in range(20):
        settings = suggest(study.ask(), recipe)
        assert settings["soft_epochs"] <= recipe.epochs / 3 and 1 <= settings["steps"] <= 4
        assert recipe.learning_rate / 4 <= settings["learning_rate"] <= recipe.learning_rate * 4


@pytest.mark.parametrize(
    ("name", "trials", "message"),
    [
        ("cats", 1, "^no recipe 'cats'; there are digits-mlp, "),
        ("digits-mlp", 0, "^a search takes at least 1 trial, not 0$"),
        ("cartpole-dqn", 1, "^recipe cartpole-dqn is not trained in epochs, so it cannot be searched$"),
    ],
)
def test_what_cannot_be_searched_is_refused(name, trials, message):
    with pytest.raises(ValueError, match=message):
        search(name, trials)


def test_without_optuna_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(ValueError, match=r"^--search needs Optuna \(.*\); install whetgen\[train\]$"):
        search("digits-mlp", 1)


def test_study_of_an_older_version_is_refused(tmp_path):
    storage = f"sqlite:///{tmp_path}/study.db"
    optuna.create_study(study_name="whetgen-digits-mlp", storage=storage).add_trial(
        optuna.trial.create_trial(value=0.5)
    )
    with pytest.raises(ValueError, match="^study whetgen-digits-mlp does not say which settings it was made with, "):
        search("digits-mlp", 1, storage, QUICK)
