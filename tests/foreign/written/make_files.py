"""Writes the model files of this folder with the packages themselves, and beside each what they compute: see README.md.

    python make_files.py

Weights are random and fixed by a seed; every eighth of a kernel is 0, every eighth a multiple of 1/16 and so now and then a
tie of its quantiser. Codes are 0..3, so that many sums are 0.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import json
import sys
import warnings
from pathlib import Path

import larq
import numpy as np
import qkeras
import tensorflow as tf
import tf_keras

warnings.filterwarnings("ignore")
FOLDER = Path(__file__).parent
FRAMES = 60
L = tf.keras.layers
Q = larq.layers
Bits = qkeras.quantized_bits


def model(shape: tuple[int, ...], *layers, keras=tf.keras):
    return keras.Sequential([keras.Input(shape), *layers])


def norm(keras=tf.keras):
    return keras.layers.BatchNormalization(momentum=0.9, epsilon=0.001)


def qkeras_dense():
    """All scales are powers of two: float32 is exact."""
    return model(
        (6,),
        qkeras.QDense(12, kernel_quantizer=Bits(4, 0, 1, alpha=1.0), bias_quantizer=Bits(4, 2, 1, alpha=1.0)),
        qkeras.QActivation("quantized_relu(2,2)"),
        qkeras.QDense(12, kernel_quantizer=qkeras.ternary(alpha=1.0), bias_quantizer=Bits(4, 2, 0)),
        qkeras.QActivation(qkeras.binary(alpha=1.0)),
        qkeras.QDense(12, kernel_quantizer="binary(alpha=1)", use_bias=False, activation="quantized_relu(1,1)"),
        qkeras.QDense(12, kernel_quantizer="quantized_bits(3,1,1,alpha=1.0)", use_bias=False),
        qkeras.QActivation(qkeras.ternary(alpha=1.0, threshold=1.0)),
        qkeras.QDense(4, kernel_quantizer=Bits(4, 0, 1, alpha="auto_po2"), bias_quantizer=Bits(6, 2)),
    )


def qkeras_scales():
    """Scales that follow from the weights, or that are no powers of two, and a norm."""
    return model(
        (6,),
        qkeras.QDense(12, kernel_quantizer=qkeras.binary(alpha="auto_po2"), bias_quantizer=None),
        norm(),
        qkeras.QActivation("quantized_relu(2)"),
        qkeras.QDense(12, kernel_quantizer=qkeras.ternary(alpha="auto_po2"), use_bias=False),
        qkeras.QActivation(qkeras.binary(use_01=True, alpha=0.3)),
        qkeras.QDense(12, kernel_quantizer=qkeras.binary(alpha="auto"), bias_quantizer=None),
        qkeras.QActivation("stochastic_binary"),
        qkeras.QDense(4, kernel_quantizer=Bits(4, 0, 1, alpha=0.3), bias_quantizer=Bits(4, 1)),
    )


def qkeras_conv():
    return model(
        (6, 6, 2),
        qkeras.QConv2D(
            4, (3, 3), padding="same", kernel_quantizer="stochastic_ternary", bias_quantizer=Bits(4, 2, alpha=1.0)
        ),
        qkeras.QBatchNormalization(),
        qkeras.QActivation("binary(alpha=1)"),
        L.MaxPooling2D(),
        qkeras.QDepthwiseConv2D((2, 2), depthwise_quantizer=Bits(2, 1, 1, alpha=1.0), use_bias=False),
        qkeras.QActivation("quantized_relu(2,1)"),
        L.Flatten(),
        qkeras.QDense(5, kernel_quantizer=qkeras.quantized_po2(4, max_value=1), bias_quantizer=None),
    )


def qkeras_line():
    """One axis, functional, and spikes at the end."""
    entry = tf.keras.Input((9, 2), name="codes")
    x = qkeras.QConv1D(4, 3, strides=2, kernel_quantizer=Bits(1, 0, alpha=1.0), bias_quantizer=None, name="line")(entry)
    x = qkeras.QActivation(Bits(2, 1, alpha=1.0), name="steps")(x)
    y = qkeras.QConv1D(4, 1, kernel_quantizer="binary(alpha=1)", use_bias=False, name="beside")(x)
    x = L.Flatten()(L.Add()([x, y]))
    x = qkeras.QDense(6, kernel_quantizer="ternary(alpha=1)", bias_quantizer=Bits(4, 3), name="last")(x)
    return tf.keras.Model(entry, qkeras.QActivation("binary(alpha=1)", name="signs")(x))


def larq_dense():
    return model(
        (6,),
        Q.QuantDense(12, kernel_quantizer="ste_sign", use_bias=False),
        L.BatchNormalization(scale=False, momentum=0.9),
        Q.QuantDense(
            12,
            input_quantizer="ste_sign",
            kernel_quantizer=larq.quantizers.SteTern(threshold_value=0.25),
            use_bias=False,
        ),
        Q.QuantDense(12, input_quantizer="ste_heaviside", kernel_quantizer="swish_sign", use_bias=False),
        Q.QuantDense(
            12,
            input_quantizer=larq.quantizers.SteTern(threshold_value=1.0),
            kernel_quantizer="approx_sign",
            use_bias=False,
        ),
        Q.QuantDense(4, input_quantizer=larq.quantizers.SwishSign(), kernel_quantizer="ste_sign"),
    )


def larq_conv():
    return model(
        (6, 6, 2),
        Q.QuantConv2D(4, 3, padding="same", kernel_quantizer="ste_sign", use_bias=False),
        L.MaxPooling2D(),
        norm(),
        Q.QuantConv2D(4, 2, padding="same", input_quantizer="approx_sign", kernel_quantizer="magnitude_aware_sign"),
        Q.QuantDepthwiseConv2D(2, input_quantizer="ste_sign", depthwise_quantizer="ste_sign", use_bias=False),
        Q.QuantSeparableConv2D(
            5, 2, input_quantizer="ste_heaviside", depthwise_quantizer="ste_tern", pointwise_quantizer="ste_sign"
        ),
        L.Flatten(),
        L.Activation("softmax"),
    )


def larq_dorefa():
    """Two bits of activations, and weights of one and two bits; a quantiser as a layer, a function, and spikes at the end."""
    dorefa = larq.quantizers.DoReFa
    return model(
        (6,),
        Q.QuantDense(12, kernel_quantizer=dorefa(1, mode="weights"), use_bias=False),
        norm(),
        Q.QuantDense(12, input_quantizer=dorefa(2), kernel_quantizer=dorefa(2, mode="weights")),
        larq.quantizers.ApproxSign(),
        Q.QuantDense(6, input_quantizer="dorefa_quantizer", kernel_quantizer=dorefa(3, mode="weights")),
        L.Activation(larq.quantizers.ste_sign),
    )


def keras2_plain(keras=tf.keras):
    """No neurons between the ends: sums, pools and a norm."""
    layers = keras.layers
    return model(
        (6, 6, 2),
        layers.Conv2D(4, 3, padding="same"),
        layers.AveragePooling2D(),
        norm(keras),
        layers.Flatten(),
        layers.Dropout(0.2),
        layers.Dense(4, activation="softmax"),
        keras=keras,
    )


def tf_keras_plain():
    return keras2_plain(tf_keras)


FILES = {
    "qkeras-dense.h5": qkeras_dense,
    "qkeras-scales.keras": qkeras_scales,
    "qkeras-conv.keras": qkeras_conv,
    "qkeras-line.json": qkeras_line,
    "larq-dense.h5": larq_dense,
    "larq-conv.keras": larq_conv,
    "larq-dorefa.json": larq_dorefa,
    "keras2-plain.h5": keras2_plain,
    "tf-keras-plain.keras": tf_keras_plain,
}


def random_weights(made, rng: np.random.Generator) -> None:
    for weight in made.weights:
        values = rng.normal(scale=0.6, size=weight.shape)
        if "bias" not in weight.name:
            values = np.where(rng.random(values.shape) < 1 / 8, 0, values)
            values = np.where(rng.random(values.shape) < 1 / 8, np.round(values * 16) / 16, values)
        if "variance" in weight.name or "gamma" in weight.name:
            values = np.abs(values) + 0.6
        weight.assign(values.astype(np.float32))


def lively(made, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Codes and outputs with those of 40 random weights that tell most frames apart."""

    def computed(seed: int) -> tuple[int, int, np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        random_weights(made, rng)
        codes = rng.integers(0, 4, (FRAMES, *made.input_shape[1:])).astype(np.uint8)
        outputs = made(codes.astype(np.float32), training=False).numpy()
        classes = outputs.reshape(FRAMES, -1).argmax(axis=1)
        return len(np.unique(classes)) * len(np.unique(outputs, axis=0)), seed, codes, outputs

    _, seed = max(computed(seed)[:2] for seed in rng.integers(0, 2**31, 40).tolist())
    return computed(seed)[2:]


def save(made, path: Path) -> None:
    if path.suffix != ".json":
        made.save(path)
        return
    path.write_text(made.to_json())
    made.save_weights(path.with_name(f"{path.stem}_weights.h5"))


def main() -> None:
    wanted = sys.argv[1:] or FILES
    for number, (name, define) in enumerate(FILES.items()):
        if name not in wanted:
            continue
        tf.keras.backend.clear_session()
        made = define()
        codes, outputs = lively(made, np.random.default_rng(number))
        save(made, FOLDER / name)
        np.savez_compressed(FOLDER / f"{name}.npz", codes=codes, outputs=outputs)
    packages = {"tensorflow": tf, "tf_keras": tf_keras, "qkeras": qkeras, "larq": larq}
    print(json.dumps({name: package.__version__ for name, package in packages.items()}))


if __name__ == "__main__":
    main()
