"""Pruning leaves exactly the budget, keeps every neuron alive, and its zeros survive narrowing."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whetgen.pruning import prune_masks
from whetgen.sharpen import NarrowWeights, PruneWeights
from whetgen.sharpen.narrow import kernel_layers, per_channel


def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    layers = keras.layers
    stack = [keras.Input((6, 6, 1)), layers.Conv2D(4, 3, name="conv"), layers.Flatten(), layers.Dense(10, name="head")]
    model = keras.Sequential(stack)
    model.compile("adam", "mse")
    return model


def left(model: keras.Model) -> int:
    return sum(int(np.count_nonzero(per_channel(layer))) for layer in kernel_layers(model))


def fit(callbacks: list, epochs: int) -> keras.Model:
    model, rng = network(), np.random.default_rng(0)
    x, y = rng.normal(size=(20, 6, 6, 1)), rng.normal(size=(20, 10))
    model.fit(x, y, batch_size=5, epochs=epochs, callbacks=callbacks, verbose=0)
    return model


@pytest.mark.parametrize(("budget", "synapses"), [(100, 100), (0.25, 169), (1.0, 676), (5000, 676)])
def test_budget_is_met_and_kept(budget, synapses):
    assert left(fit([PruneWeights(budget, 1, 3)], epochs=6)) == synapses


def test_each_layer_has_its_own_budget():
    model = fit([PruneWeights({"conv": 20, "head": 0.1}, 1, 3)], epochs=5)
    assert [np.count_nonzero(per_channel(layer)) for layer in kernel_layers(model)] == [20, 64]


def test_layer_without_a_budget_is_named():
    with pytest.raises(ValueError, match="^layer 'head' has no budget of synapses; there are those of conv"):
        fit([PruneWeights({"conv": 20}, 0, 1)], epochs=1)


def test_share_grows_over_the_epochs_and_then_stays():
    counts = []

    class Count(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            counts.append(left(self.model))

    fit([PruneWeights(76, 1, 3), Count()], epochs=6)
    taken = [0, *(round(600 * (1 - (1 - t / 3) ** 3)) for t in (1, 2, 3)), 600, 600]
    assert [676 - count for count in counts] == taken


@pytest.mark.parametrize("bits", [2, 4])
def test_pruned_weights_stay_0_on_a_grid(bits):
    model = fit([PruneWeights(80, 0, 2), NarrowWeights(bits, start_epoch=1)], epochs=6)
    assert 14 <= left(model) <= 80
    assert all((np.abs(per_channel(layer)).max(axis=0) > 0).all() for layer in kernel_layers(model))


shapes = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=4)


@given(shapes, st.integers(0, 100), st.integers(0, 2**32 - 1))
def test_masks_keep_the_greatest_and_one_of_each_neuron(sizes, budget, seed):
    rng = np.random.default_rng(seed)
    kernels = [rng.integers(-3, 4, size).astype(np.float32) for size in sizes]
    masks = prune_masks(kernels, budget)
    neurons = sum(size[1] for size in sizes)
    total = sum(k.size for k in kernels)
    assert sum(int(m.sum()) for m in masks) == min(total, max(budget, neurons))
    for kernel, mask in zip(kernels, masks, strict=True):
        for column, kept in zip(np.abs(kernel).T, mask.T, strict=True):
            assert kept.any() and column[kept].max() == column.max()
            assert not (~kept).any() or column[~kept].max() <= max(column[kept].max(), column[kept].min())


def test_weights_are_compared_beside_their_neuron():
    """A neuron with weights a thousand times smaller loses no more of them."""
    kernel = np.array([[4.0, 0.004], [3.0, 0.003], [2.0, 0.002], [1.0, 0.001]], np.float32)
    (mask,) = prune_masks([kernel], 4)
    assert mask.tolist() == [[True, True], [True, True], [False, False], [False, False]]


@pytest.mark.parametrize(("budget", "start", "stop"), [(0, 0, 1), (10, 2, 2), (10, -1, 2), ({"conv": 0}, 0, 1)])
def test_impossible_budget_is_refused(budget, start, stop):
    with pytest.raises(ValueError, match="^a budget is above 0 and pruning stops after it starts, not synapses "):
        PruneWeights(budget, start, stop)
