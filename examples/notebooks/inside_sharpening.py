# %% [markdown]
# # How sharpening looks inside
#
# What happens to spikes, thresholds and dead neurons while soft neurons become steps.

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

from whetgen.sharpen import ScheduledSharpener, SoftmaxDecode, SpikingBReLU, generate_key
from whetgen.sharpen.data import load
from whetgen.sharpen.spikes import watch

keras.utils.set_random_seed(0)
data = load("digits")
x_train, x_test = (x.reshape(-1, 64).astype(np.float32) / 16 for x in (data.x_train, data.x_test))

# %% [markdown]
# The activation at four sharpnesses. At 1 it is a step at one half: the neuron fires where its sum reaches it.

# %%
x = np.linspace(-0.5, 1.5, 400, dtype=np.float32)
figure, axis = plt.subplots(figsize=(5, 2.6))
for sharpness in (0.0, 0.5, 0.9, 1.0):
    axis.plot(x, np.asarray(SpikingBReLU(sharpness=sharpness)(x[None]))[0], label=f"sharpness {sharpness}")
axis.set_xlabel("sum")
axis.legend()

# %% [markdown]
# Train and look in after each epoch: how often neurons fire, and how many never do (dead on the test digits). The published way, by slope alone.

# %%
rates, dead, hard = [], [], []


class Look(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        outputs, activity = watch(self.model, x_test)
        rates.append([layer.rate for layer in activity])
        dead.append([layer.dead for layer in activity])
        hard.append(float((np.argmax(outputs, axis=-1) == data.y_test).mean()))


def network(surrogate):
    return keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(40),
            SpikingBReLU(surrogate=surrogate),
            layers.Dense(40),
            SpikingBReLU(surrogate=surrogate),
            SoftmaxDecode(generate_key(40, 10, seed=0), temperature=4.0),
        ]
    )


def train(surrogate, epochs=24):
    for row in (rates, dead, hard):
        row.clear()
    keras.utils.set_random_seed(0)
    model = network(surrogate)
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    sharpen = ScheduledSharpener(2, start=epochs / 2, duration=epochs / 4)
    model.fit(x_train, data.y_train, epochs=epochs, callbacks=[sharpen, Look()], verbose=0)
    return [np.array(row) for row in (rates, dead, hard)]


slope = train(None)
surrogate = train(1.0)

# %%
figure, axes = plt.subplots(1, 3, figsize=(9, 2.6))
for name, (rate, silent, right) in {"slope alone": slope, "surrogate": surrogate}.items():
    for axis, values in zip(axes, (rate[:, -1], silent.sum(axis=1), right), strict=True):
        axis.plot(values, label=name)
for axis, title in zip(axes, ("spike rate, last layer", "dead neurons of 80", "accuracy"), strict=True):
    axis.set_title(title, fontsize=9)
    axis.set_xlabel("epoch")
axes[0].legend(fontsize=8)
figure.tight_layout()
for name, (_, silent, right) in {"slope alone": slope, "surrogate gradient": surrogate}.items():
    print(f"{name}: {int(silent[-1].sum())} of 80 neurons dead, accuracy {right[-1]:.1%}")
