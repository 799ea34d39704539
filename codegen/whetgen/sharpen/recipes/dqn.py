"""CartPole with a sharpened Q-network. Needs Gymnasium."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np

from whetgen.sharpen.find_layers import spiking_layers
from whetgen.sharpen.sharpeners import StepSharpener

_LIMITS = np.array([2.4, 3.0, 0.21, 3.0], np.float32)  # of position, speed, angle, angular speed
_CODES = 127


@dataclass(frozen=True, kw_only=True)
class DqnRecipe:
    """Double deep Q-learning on CartPole-v1; numbers of steps are steps of the environment.

    States are read as int8 codes: each of the four numbers over its limit, times 127, rounded and cut. The
    network sees code / 127. Rewards are scaled by 1 - ``discount``, so that values lie in 0..1. A second network follows
    the learning one, by the share ``follow`` of the way at each update: it says what states are worth, and it is the
    result, since single updates upset a network of threshold units. Layers are sharpened one after the other within
    ``sharpen_steps`` each from ``sharpen_from`` on, with a surrogate gradient. Once all are sharp the learning rate falls
    along a cosine to 0 at ``steps``, and every ``check_every`` steps the follower plays ``good`` greedy episodes: the best
    follower is kept. Training ends early once all of them were balanced to the end.
    """

    build: Callable[[], keras.Model]
    steps: int = 120_000
    sharpen_from: int = 6_000
    sharpen_steps: int = 3_000
    learning_rate: float = 5e-4
    discount: float = 0.99
    batch: int = 128
    memory: int = 50_000
    warm_up: int = 1_000
    train_every: int = 2
    follow: float = 0.005
    explore_until: int = 8_000
    explore_least: float = 0.02
    check_every: int = 1_000
    good: int = 100
    episodes: int = 100

    def shortened(self) -> DqnRecipe:
        """A few hundred steps, to try the plumbing."""
        return replace(
            self, steps=400, sharpen_from=100, sharpen_steps=50, warm_up=64, check_every=200, good=2, episodes=2
        )


@dataclass(frozen=True)
class Agent:
    """The network, its mean return over the last greedy episodes before sharpening and at the end, sharp."""

    model: keras.Model
    soft_return: float
    sharp_return: float
    episodes: int


def encode_state(state: np.ndarray) -> np.ndarray:
    """States (..., 4) as int8 codes."""
    return np.clip(np.rint(np.asarray(state) / _LIMITS * _CODES), -_CODES, _CODES).astype(np.int8)


def train_agent(recipe: DqnRecipe, seed: int, on_epoch: Callable[[dict], None] | None = None) -> Agent:
    """Train until it balances; ``on_epoch`` gets ``epoch`` (thousands of steps), ``hard`` (mean return) and sharpness.

    Raises:
        ValueError: Gymnasium is not installed.
    """
    learner = _Learner(recipe, seed)
    sharpeners = [_sharpener(recipe, model) for model in (learner.model, learner.follower)]
    soft = best = 0.0
    weights = learner.follower.get_weights()
    for step in range(1, recipe.steps + 1):
        learner.act(step)
        for sharpener in sharpeners:
            sharpener.step()
        if step == recipe.sharpen_from:
            soft = mean_return(learner.greedy, recipe.good, seed + 1)
        if step % recipe.check_every == 0 and sharpeners[0].done:
            learner.slow_down(step)
            reached = mean_return(learner.greedy, recipe.good, seed + 1)
            if reached >= best:
                best, weights = reached, learner.follower.get_weights()
            if on_epoch is not None:
                sharpness = [layer.sharpness for layer in spiking_layers(learner.model)]
                on_epoch({"epoch": step, "epochs": recipe.steps, "hard": reached, "sharpness": sharpness})
            if best >= 500:
                break
    learner.follower.set_weights(weights)
    return Agent(learner.follower, soft, mean_return(learner.greedy, recipe.episodes, seed + 1000), learner.episodes)


def _sharpener(recipe: DqnRecipe, model: keras.Model) -> StepSharpener:
    sharpener = StepSharpener(len(spiking_layers(model)), recipe.sharpen_from, recipe.sharpen_steps)
    sharpener.set_model(model)
    return sharpener


def mean_return(choose: Callable[[np.ndarray], np.ndarray], episodes: int, seed: int) -> float:
    """Mean return of CartPole over ``episodes``; ``choose`` gives actions for int8 codes (count, 4).

    Episode k starts from the environment's seed ``seed * 10_000 + k``. All run side by side.
    """
    environments = [_environment() for _ in range(episodes)]
    states = [e.reset(seed=seed * 10_000 + k)[0] for k, e in enumerate(environments)]
    total, running = 0.0, list(range(episodes))
    while running:
        actions = choose(encode_state(np.stack([states[k] for k in running])))
        still = []
        for k, action in zip(running, actions, strict=True):
            states[k], reward, ended, cut, _ = environments[k].step(int(action))
            total += reward
            still += [] if ended or cut else [k]
        running = still
    return total / episodes


def _chooser(model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """What gives the model's best action for each row of codes."""
    import tensorflow as tf

    values = tf.function(lambda x: model(x, training=False), reduce_retracing=True)
    return lambda codes: values(_real(codes)).numpy().argmax(axis=-1)


class _Learner:
    """Acts, remembers, and learns from what it remembers."""

    def __init__(self, recipe: DqnRecipe, seed: int):
        import tensorflow as tf

        self.recipe = recipe
        self.rng = np.random.default_rng(seed)
        self.model, self.follower = recipe.build(), recipe.build()
        self.follower.set_weights(self.model.get_weights())
        self.optimizer = keras.optimizers.Adam(recipe.learning_rate)
        self.optimizer.build(self.model.trainable_variables)
        self.loss = keras.losses.Huber()
        self.environment = _environment()
        self.state, _ = self.environment.reset(seed=seed)
        self.memory = _ReplayMemory(recipe.memory)
        self.episodes = 0
        self._choose, self.greedy = _chooser(self.model), _chooser(self.follower)
        self._learn = tf.function(self._update)

    def act(self, step: int) -> None:
        """One step of the environment, and one of learning every so often."""
        code = encode_state(self.state)
        explores = self.rng.random() < self._explore(step)
        action = int(self.rng.integers(2)) if explores else int(self._choose(code[None])[0])
        self.state, reward, ended, cut, _ = self.environment.step(action)
        self.memory.add(code, action, reward, encode_state(self.state), ended)
        if ended or cut:
            self.state, _ = self.environment.reset()
            self.episodes += 1
        if step > self.recipe.warm_up and step % self.recipe.train_every == 0:
            self._learn(*self.memory.sample(self.recipe.batch, self.rng))

    def slow_down(self, step: int) -> None:
        """Set the learning rate that belongs to ``step``, of a network that is sharp."""
        whole = self.recipe.learning_rate
        self.optimizer.learning_rate = whole * (1 + math.cos(math.pi * step / self.recipe.steps)) / 2

    def _explore(self, step: int) -> float:
        return max(self.recipe.explore_least, 1.0 - step / self.recipe.explore_until)

    def _update(self, codes, actions, rewards, after, ended):
        import tensorflow as tf

        best = tf.one_hot(tf.argmax(self.model(after), axis=-1), 2)
        future = tf.reduce_sum(self.follower(after) * best, axis=-1)
        discount = self.recipe.discount
        wanted = rewards * (1.0 - discount) + discount * future * (1.0 - ended)
        with tf.GradientTape() as tape:
            values = tf.reduce_sum(self.model(codes, training=True) * tf.one_hot(actions, 2), axis=-1)
            loss = self.loss(wanted, values)
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        for slow, fast in zip(self.follower.trainable_variables, variables, strict=True):
            slow.assign_add(self.recipe.follow * (fast - slow))


class _ReplayMemory:
    """The last ``size`` steps."""

    def __init__(self, size: int):
        self.before, self.after = np.zeros((2, size, 4), np.int8)
        self.actions = np.zeros(size, np.int32)
        self.rewards, self.ended = np.zeros((2, size), np.float32)
        self.count = 0

    def add(self, before: np.ndarray, action: int, reward: float, after: np.ndarray, ended: bool) -> None:
        place = self.count % len(self.actions)
        self.before[place], self.after[place] = before, after
        self.actions[place], self.rewards[place], self.ended[place] = action, reward, ended
        self.count += 1

    def sample(self, count: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        chosen = rng.integers(min(self.count, len(self.actions)), size=count)
        before, after = _real(self.before[chosen]), _real(self.after[chosen])
        return before, self.actions[chosen], self.rewards[chosen], after, self.ended[chosen]


def _real(codes: np.ndarray) -> np.ndarray:
    return codes.astype(np.float32) / np.float32(_CODES)


def _environment():
    try:
        import gymnasium
    except ImportError as error:
        raise ValueError(f"cartpole-dqn needs Gymnasium ({error}); install whetgen[train]") from error
    return gymnasium.make("CartPole-v1")
