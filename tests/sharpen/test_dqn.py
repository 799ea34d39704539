"""CartPole: states become codes, the learner remembers what happened, and returns are counted right."""

from dataclasses import replace

import numpy as np
import pytest

from whetgen.sharpen import spiking_layers
from whetgen.sharpen.recipes import RECIPES
from whetgen.sharpen.recipes.dqn import _Learner, _ReplayMemory, encode_state, mean_return, train_agent


def test_states_are_int8_codes_cut_at_their_limits():
    codes = encode_state(np.array([[2.4, -3.0, 0.0, 300.0], [-9.9, 1.5, 0.105, -3.0]]))
    assert codes.dtype == np.int8 and codes.tolist() == [[127, -127, 0, 127], [-127, 64, 64, -127]]


def test_mean_return_of_a_policy_that_falls_over():
    """Always pushing right falls within 8 to 10 steps; the same seeds give the same mean."""
    right = lambda codes: np.ones(len(codes), int)  # noqa: E731
    mean = mean_return(right, 20, seed=3)
    assert 8 <= mean <= 10.5 and mean == mean_return(right, 20, seed=3)


def test_simple_controller_balances_to_the_end():
    """Pushing to where the pole falls, told by angle and angular speed in the codes the network sees."""

    def controller(codes):
        code = codes.astype(float)
        return (code[:, 2] * 1.0 + code[:, 3] * 3.0 + code[:, 0] * 0.5 + code[:, 1] * 1.0 > 0).astype(int)

    assert mean_return(controller, 10, seed=0) > 150


def test_memory_forgets_the_oldest():
    memory = _ReplayMemory(3)
    for n in range(5):
        memory.add(np.full(4, n), n % 2, 1.0, np.full(4, n + 1), n == 4)
    before, actions, rewards, after, ended = memory.sample(200, np.random.default_rng(0))
    assert set(np.rint(before[:, 0] * 127).astype(int)) == {2, 3, 4}
    assert np.array_equal(np.rint(after[:, 0] * 127), np.rint(before[:, 0] * 127) + 1)
    assert (rewards == 1).all() and np.array_equal(ended == 1, np.rint(before[:, 0] * 127) == 4)
    assert np.array_equal(actions, np.rint(before[:, 0] * 127).astype(int) % 2)


def test_thresholds_begin_spread_over_the_states():
    """Most first neurons fire in some ordinary states and not in others, and so do those behind them."""
    import keras

    keras.utils.set_random_seed(0)
    model = RECIPES["cartpole-dqn"].build()
    for layer in spiking_layers(model):
        layer.sharpness = 1.0
    codes = np.random.default_rng(0).uniform(-0.5, 0.5, (500, 4)).astype(np.float32)
    outputs = keras.Model(model.inputs, [layer.output for layer in spiking_layers(model)])(codes)
    for spikes in map(np.asarray, outputs):
        assert set(np.unique(spikes)) == {0.0, 1.0}
        assert np.mean((spikes.mean(axis=0) > 0) & (spikes.mean(axis=0) < 1)) > 0.6


def test_the_follower_moves_its_share_towards_the_learner():
    import keras

    keras.utils.set_random_seed(0)
    recipe = replace(RECIPES["cartpole-dqn"], warm_up=8, train_every=1, batch=16, follow=0.25)
    learner = _Learner(recipe, seed=0)
    for step in range(1, 9):
        learner.act(step)
    before = learner.follower.get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(before, learner.model.get_weights(), strict=True)), (
        "not yet trained"
    )
    learner.act(9)
    for old, slow, fast in zip(before, learner.follower.get_weights(), learner.model.get_weights(), strict=True):
        np.testing.assert_allclose(slow, old + 0.25 * (fast - old), atol=1e-6)
    assert not np.array_equal(before[0], learner.follower.get_weights()[0])


@pytest.mark.slow
def test_short_run_ends_sharp_and_same_seed_same_agent():
    import keras

    recipe = RECIPES["cartpole-dqn"].shortened()

    def weights():
        keras.utils.set_random_seed(1)
        return train_agent(recipe, seed=1).model.get_weights()

    first, again = weights(), weights()
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    sharpness = [w for w in first if w.shape == ()]
    assert sharpness == [1.0, 1.0]


def test_without_gymnasium_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "gymnasium", None)
    with pytest.raises(ValueError, match=r"^cartpole-dqn needs Gymnasium \(.*\); install whetgen\[train\]$"):
        mean_return(lambda codes: codes[:, 0], 1, seed=0)
