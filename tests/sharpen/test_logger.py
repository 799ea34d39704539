"""The log's figures are what a plain computation over the model's spikes gives."""

import csv

import keras
import numpy as np
import pytest
from keras import layers

from whetgen.sharpen import SimpleSharpener, SpikingBReLU, SpikingSigmoid, WhetstoneLogger, spiking_layers
from whetgen.sharpen.logger import _write, read_log
from whetgen.sharpen.plot import plot_log, plot_pairs
from whetgen.sharpen.spikes import hardened, watch

X = np.random.default_rng(0).normal(size=(30, 6)).astype(np.float32)
Y = np.arange(30) % 3


def network() -> keras.Model:
    keras.utils.set_random_seed(0)
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(5), SpikingSigmoid(name="deep")], name="inner")
    return keras.Sequential(
        [keras.Input((6,)), layers.Dense(8), SpikingBReLU(name="first"), inner, layers.Dense(3, "softmax")]
    )


def by_hand(model: keras.Model, x: np.ndarray) -> dict[str, np.ndarray]:
    """Spikes of both layers, fully sharp, in NumPy."""
    first, inner = model.layers[0], model.layers[2]
    a = (x @ first.kernel.numpy() + first.bias.numpy() >= 0.5).astype(np.float32)
    b = (a @ inner.layers[0].kernel.numpy() + inner.layers[0].bias.numpy() >= 0).astype(np.float32)
    return {"first": a, "deep": b}


def test_rates_and_dead_neurons_of_nested_layers_too():
    model = network()
    model.layers[0].bias.assign([-100.0] * 3 + [0.0] * 5)  # three neurons that cannot fire
    with hardened(model):
        outputs, activity = watch(model, X, batch=7)
    spikes = by_hand(model, X)
    assert [a.rate for a in activity] == pytest.approx([spikes["first"].mean(), spikes["deep"].mean()])
    assert [a.dead for a in activity] == [int((s.max(axis=0) == 0).sum()) for s in spikes.values()]
    assert activity[0].dead >= 3 and [a.neurons for a in activity] == [8, 5]
    last = model.layers[-1]
    logits = spikes["deep"] @ last.kernel.numpy() + last.bias.numpy()
    assert np.array_equal(outputs.argmax(-1), logits.argmax(-1))


def test_hardened_gives_the_sharpness_back_after_an_error():
    model = network()
    model.layers[1].sharpness = 0.25
    with pytest.raises(RuntimeError), hardened(model):
        assert [layer.sharpness for layer in spiking_layers(model)] == [1.0, 1.0]
        raise RuntimeError
    assert [layer.sharpness for layer in spiking_layers(model)] == [0.25, 0.0]


def test_channels_of_maps_are_the_neurons():
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(3, 1), SpikingBReLU(1.0)])
    model.layers[0].set_weights([np.zeros((1, 1, 1, 3)), np.array([1.0, 0.0, 0.0])])
    (activity,) = watch(model, np.ones((2, 4, 4, 1), np.float32))[1]
    assert (activity.rate, activity.dead, activity.neurons) == (pytest.approx(1 / 3), 2, 3)


def fit(model, logger, epochs, initial_epoch=0):
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    callbacks = [SimpleSharpener(1, steps=1, stop_when_sharp=False), logger]
    model.fit(X, Y, epochs=epochs, initial_epoch=initial_epoch, callbacks=callbacks, verbose=0, shuffle=False)


def test_rows_hold_soft_and_hard_accuracy_and_go_to_csv_and_tensorboard(tmp_path):
    seen: list[dict] = []
    logger = WhetstoneLogger(X, Y, tmp_path / "log.csv", tmp_path / "board", on_row=seen.append)
    model = network()
    fit(model, logger, 3)
    assert logger.rows == seen and [row["epoch"] for row in seen] == [1, 2, 3]
    assert [row["first/sharpness"] for row in seen] == [0.0, 1.0, 1.0]
    assert [row["deep/sharpness"] for row in seen] == [0.0, 0.0, 1.0]
    outputs = model.predict(X, verbose=0)
    assert seen[-1]["hard"] == seen[-1]["soft"] == pytest.approx(np.mean(outputs.argmax(-1) == Y))
    assert seen[-1]["first/rate"] == pytest.approx(by_hand(model, X)["first"].mean())
    with (tmp_path / "log.csv").open() as file:
        assert list(csv.DictReader(file).fieldnames) == list(seen[0])
    assert read_log(tmp_path / "log.csv") == seen
    assert list((tmp_path / "board").glob("events.out.tfevents.*"))


def test_later_run_keeps_the_rows_before_it(tmp_path):
    model = network()
    fit(model, WhetstoneLogger(X, Y, tmp_path / "log.csv"), 3)
    first = read_log(tmp_path / "log.csv")
    fit(model, WhetstoneLogger(X, Y, tmp_path / "log.csv"), 4, initial_epoch=2)
    rows = read_log(tmp_path / "log.csv")
    assert rows[:2] == first[:2] and [row["epoch"] for row in rows] == [1, 2, 3, 4]


def test_a_log_that_is_read_and_written_again_has_the_same_bytes(tmp_path):
    text = "epoch,loss,first/sharpness,first/dead,soft\r\n1,0.1,0.0,3,nan\r\n2,1e-05,1.0,0,0.30000000000000004\r\n"
    (tmp_path / "log.csv").write_bytes(text.encode())
    _write(tmp_path / "again.csv", read_log(tmp_path / "log.csv"))
    assert (tmp_path / "again.csv").read_bytes().decode() == text


@pytest.mark.parametrize("content", ["epoch,loss\n1,high\n", "loss\n1\n", "epoch\n1.5\n", "epoch\n1,2\n"])
def test_file_of_another_kind_is_no_log(tmp_path, content):
    (tmp_path / "log.csv").write_text(content)
    with pytest.raises(ValueError, match=r"log\.csv is no log of a training run: "):
        read_log(tmp_path / "log.csv")


def test_plots_are_pictures(tmp_path):
    logger = WhetstoneLogger(X, Y)
    fit(network(), logger, 2)
    plot_log(logger.rows, tmp_path / "log.png", "a title")
    plot_pairs(np.zeros((16, 4, 4)), np.ones((16, 4, 4)), tmp_path / "pairs.png", ("in", "out"))
    for name in ("log.png", "pairs.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="nothing was logged, so there is nothing to plot$"):
        plot_log([], tmp_path / "none.png")


def test_a_run_outside_recipes_leaves_a_log_and_a_plot(tmp_path):
    fit(network(), WhetstoneLogger(X, Y, tmp_path / "log.csv", plot=tmp_path / "log.png"), 2)
    assert len(read_log(tmp_path / "log.csv")) == 2
    assert (tmp_path / "log.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_plot_that_cannot_be_drawn_is_told_before_training(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(ValueError, match=r"log\.png: pictures need Matplotlib \(.*\); install whetgen\[train\]$"):
        WhetstoneLogger(X, Y, plot=tmp_path / "log.png")


def test_plot_without_matplotlib_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(ValueError, match=r"pictures need Matplotlib \(.*\); install whetgen\[train\]$"):
        plot_pairs(np.zeros((1, 4, 4)), np.ones((1, 4, 4)), tmp_path / "pairs.png", ("in", "out"))
