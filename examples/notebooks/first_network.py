# %% [markdown]
# # First network
#
# A network of 72 threshold neurons for 8x8 digits: trained, turned into C and Verilog, and run against the reference.

# %%
import keras
from keras import layers

import whetgen
from whetgen.sharpen import SimpleSharpener, SoftmaxDecode, SpikingBReLU, generate_key
from whetgen.sharpen.data import load

keras.utils.set_random_seed(0)
data = load("digits")
x_train, x_test = data.x_train.reshape(-1, 64), data.x_test.reshape(-1, 64)
print(f"{len(x_train)} digits to learn from, {len(x_test)} to test with, codes 0 to {x_train.max()}")

# %% [markdown]
# Two layers of neurons that begin soft. The sharpener makes them steps, one layer after the other, from epoch 20 on; the network learns on.

# %%
model = keras.Sequential(
    [
        keras.Input((64,)),
        layers.Dense(32, name="hidden"),
        layers.BatchNormalization(),
        SpikingBReLU(surrogate=1.0, name="hidden_spikes"),
        layers.Dense(40, name="votes"),
        layers.BatchNormalization(),
        SpikingBReLU(surrogate=1.0, name="votes_spikes"),
        SoftmaxDecode(generate_key(width=40, classes=10, seed=0), temperature=8.0),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
sharpen = SimpleSharpener(start_epoch=20, stop_when_sharp=False)
model.fit(x_train / 16, data.y_train, epochs=40, callbacks=[sharpen], verbose=0)

# %% [markdown]
# The model as whole numbers. `scale=16` because a code means code / 16. From here on nothing is a float.

# %%
graph = whetgen.trace(model, whetgen.InputSpec(scale=16))
accuracy = (graph.predict(x_test) == data.y_test).mean()
print(f"{accuracy:.1%} of the test digits, as integers")
assert accuracy > 0.9

# %% [markdown]
# C, compiled and run on the same frames as the reference: every output is compared, bit for bit.

# %%
whetgen.generate(graph, "c", "build/c", whetgen.Options(name="digits"))
checked = whetgen.verify("build/c", count=100)
print(f"{checked.vectors} frames, {checked.mismatches} mismatches")
assert checked.passed
