"""Small Keras models whose float32 arithmetic is exact, so that Keras itself is the judge.

Weights are multiples of 1/8, inputs multiples of 1/256: every float32 sum is exact and each spike
has to be equal.
"""

import keras
import numpy as np
from keras import layers as L

from whetgen.sharpen import SoftmaxDecode, SpikingBReLU, SpikingSigmoid


def fire(**options):
    return SpikingBReLU(sharpness=1.0, **options)


def fire_sigmoid(**options):
    return SpikingSigmoid(sharpness=1.0, **options)


def key(classes, width):
    return (np.arange(width) % classes == np.arange(classes)[:, None]).astype("float32")


def with_coarse_weights(model, seed=0, grid=8):
    """Random weights, biases and batch norms on a coarse grid: exact sums, and ties at the threshold."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if weight.name in ("sharpness", "key") or "seed" in weight.path:
            continue
        shape = tuple(weight.shape)
        values = np.round(rng.normal(0, 0.6, shape) * grid) / grid
        if "variance" in weight.path:
            values = rng.choice([0.25, 1.0, 4.0, 0.3], shape)
        weight.assign(values.astype("float32"))
    return model


def sequential(shape, *layers):
    return with_coarse_weights(keras.Sequential([keras.Input(shape), *layers]))


IMAGE, SIGNAL, ROW = (8, 7, 3), (12, 4), (10,)

CASES = {
    "dense": lambda: sequential(ROW, L.Dense(6), fire()),
    "dense without bias": lambda: sequential(ROW, L.Dense(6, use_bias=False), fire_sigmoid()),
    "dense on a map": lambda: sequential(IMAGE, L.Dense(5), fire()),
    "dense on a signal": lambda: sequential(SIGNAL, L.Dense(5), fire()),
    "two linear layers": lambda: sequential(ROW, L.Dense(4), L.Dense(3), fire()),
    "conv valid": lambda: sequential(IMAGE, L.Conv2D(4, 3), fire()),
    "conv same, strided": lambda: sequential(IMAGE, L.Conv2D(4, (3, 2), strides=(2, 3), padding="same"), fire()),
    "conv dilated": lambda: sequential(IMAGE, L.Conv2D(4, (2, 3), dilation_rate=(2, 1), padding="same"), fire()),
    "conv grouped": lambda: sequential((6, 6, 4), L.Conv2D(6, 3, groups=2), fire()),
    "conv 1-D causal": lambda: sequential(SIGNAL, L.Conv1D(5, 3, padding="causal", dilation_rate=2), fire()),
    "conv 1-D strided": lambda: sequential(SIGNAL, L.Conv1D(5, 3, strides=2, padding="same"), fire()),
    "depthwise conv": lambda: sequential(IMAGE, L.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), fire()),
    "separable conv": lambda: sequential(IMAGE, L.SeparableConv2D(4, 3), fire()),
    "separable conv 1-D": lambda: sequential(SIGNAL, L.SeparableConv1D(4, 3, padding="same"), fire()),
    "zero padding": lambda: sequential(IMAGE, L.ZeroPadding2D(((1, 2), (0, 3))), L.Conv2D(4, 3), fire()),
    "zero padding 1-D": lambda: sequential(SIGNAL, L.ZeroPadding1D((1, 2)), L.Conv1D(4, 3), fire()),
    "cropping": lambda: sequential(IMAGE, L.Cropping2D(((1, 2), (0, 1))), L.Conv2D(4, 3), fire()),
    "max pooling of spikes": lambda: sequential(IMAGE, L.Conv2D(4, 3), fire(), L.MaxPooling2D((2, 3), strides=(1, 2))),
    "max pooling before the threshold": lambda: sequential(IMAGE, L.Conv2D(4, 3), L.MaxPooling2D(2), fire()),
    "max pooling same": lambda: sequential(IMAGE, L.Conv2D(4, 3), fire(), L.MaxPooling2D(2, padding="same")),
    "max pooling of the input": lambda: sequential(IMAGE, L.MaxPooling2D(2), L.Conv2D(4, 2), fire()),
    "max pooling 1-D": lambda: sequential(SIGNAL, L.Conv1D(4, 3), fire(), L.MaxPooling1D(3, padding="same")),
    "average pooling": lambda: sequential(IMAGE, L.Conv2D(4, 3), fire(), L.AveragePooling2D(2), L.Conv2D(3, 2), fire()),
    "average pooling before the threshold": lambda: sequential(IMAGE, L.Conv2D(4, 3), L.AveragePooling2D(2), fire()),
    "global max pooling": lambda: sequential(IMAGE, L.Conv2D(4, 3), fire(), L.GlobalMaxPooling2D(), L.Dense(3), fire()),
    "global average pooling": lambda: sequential(
        (6, 6, 3), L.Conv2D(4, 3), fire(), L.GlobalAveragePooling2D(keepdims=True), L.Flatten(), L.Dense(3), fire()
    ),
    "global average pooling 1-D": lambda: sequential(
        (10, 4), L.Conv1D(4, 3), fire(), L.GlobalAveragePooling1D(), L.Dense(3), fire()
    ),
    "reshape and permute": lambda: sequential(
        (12,), L.Reshape((3, 2, 2)), L.Permute((3, 1, 2)), L.Conv2D(3, 2), fire(), L.Flatten(), L.Dense(4), fire()
    ),
    "up-sampling": lambda: sequential(
        (3, 4, 2), L.Conv2D(3, 2), fire(), L.UpSampling2D((2, 3)), L.Conv2D(2, 3), fire()
    ),
    "up-sampling 1-D": lambda: sequential(SIGNAL, L.UpSampling1D(2), L.Conv1D(2, 3), fire()),
    "no-ops": lambda: sequential(
        ROW,
        L.Dropout(0.5),
        L.Dense(6),
        L.GaussianNoise(0.1),
        fire(),
        L.GaussianDropout(0.2),
        L.SpatialDropout1D(0.1) if False else L.Identity(),
        L.Dense(3),
        fire(),
    ),
    "activation inside a layer": lambda: sequential(
        ROW, L.Dense(6, activation=fire()), L.Dense(4, activation=fire_sigmoid())
    ),
    "activation layer": lambda: sequential(
        ROW, L.Dense(6), L.Activation(fire()), L.Dense(4), L.Activation("linear"), fire()
    ),
    "rescaling": lambda: sequential(IMAGE, L.Rescaling(1 / 64, offset=-1.0), L.Conv2D(4, 3, padding="same"), fire()),
    "rescaling and zero padding": lambda: sequential(
        IMAGE, L.Rescaling(1 / 64, offset=-1.0), L.ZeroPadding2D(1), L.Conv2D(4, 3), fire()
    ),
    "rescaling and average pooling": lambda: sequential(
        IMAGE, L.Rescaling(1 / 64, offset=0.5), L.AveragePooling2D(2), L.Conv2D(4, 2), fire()
    ),
    "normalization": lambda: sequential_normalized(),
    "final linear dense": lambda: sequential(ROW, L.Dense(6), fire(), L.Dense(4)),
    "final softmax": lambda: sequential(ROW, L.Dense(6), fire(), L.Dense(4, activation="softmax")),
    "final softmax layer": lambda: sequential(ROW, L.Dense(6), fire(), L.Dense(4), L.Softmax()),
    "final sigmoid map": lambda: sequential(IMAGE, L.Conv2D(4, 3), fire(), L.Conv2D(1, 1, activation="sigmoid")),
    "n-hot decode": lambda: sequential(ROW, L.Dense(9), fire(), SoftmaxDecode(key(3, 9))),
    "residual add of spikes": lambda: residual(),
    "concatenate": lambda: concatenated(),
    "subtract and average": lambda: subtracted(),
    "nested models": lambda: nested(),
    "shared layer": lambda: shared(),
    "several outputs": lambda: several_outputs(),
}


def sequential_normalized():
    norm = L.Normalization(axis=-1, mean=[0.5, 0.25, 0.0], variance=[0.25, 1.0, 4.0])
    return sequential(IMAGE, norm, L.Conv2D(4, 3, padding="same"), fire())


def residual():
    x = keras.Input(IMAGE)
    a = fire(name="a")(L.Conv2D(4, 3, padding="same")(x))
    b = fire(name="b")(L.Conv2D(4, 3, padding="same")(a))
    y = fire(name="c")(L.Conv2D(5, 3)(L.Add()([a, b])))
    return with_coarse_weights(keras.Model(x, y))


def concatenated():
    x = keras.Input(IMAGE)
    a = fire()(L.Conv2D(2, 3, padding="same")(x))
    b = fire()(L.Conv2D(3, 1)(x))
    joined = L.Concatenate()([a, b])
    y = fire()(L.Conv2D(4, 2)(L.Concatenate(axis=1)([joined, joined])))
    return with_coarse_weights(keras.Model(x, y))


def subtracted():
    x = keras.Input(ROW)
    a, b = L.Dense(5)(x), fire()(L.Dense(5)(x))
    y = fire()(L.Average()([L.Subtract()([a, b]), a]))
    return with_coarse_weights(keras.Model(x, [y, fire()(a + b)]))


def nested():
    inner = keras.Sequential(
        [keras.Input((6, 5, 4)), L.Conv2D(3, 2), fire(), keras.Sequential([keras.Input((5, 4, 3)), L.Flatten()])]
    )
    x = keras.Input(IMAGE)
    y = fire()(L.Dense(4)(inner(fire()(L.Conv2D(4, 3)(x)))))
    return with_coarse_weights(keras.Model(x, y))


def shared():
    x = keras.Input(ROW)
    dense, spike = L.Dense(10), fire()
    y = spike(dense(spike(dense(x))))
    return with_coarse_weights(keras.Model(x, y))


def several_outputs():
    x = keras.Input(ROW)
    hidden = fire()(L.Dense(8)(x))
    return with_coarse_weights(keras.Model(x, [hidden, L.Dense(3, name="logits")(hidden)]))
