"""Files of QKeras, Larq and BinaryNet as those packages write them, and what their networks compute, by hand."""

import json
import re

import h5py
import numpy as np
import pytest
from tests.foreign.files import RNG, dense, entry, net, norm, save, save_zip
from tests.mutants import mutant

from whetgen import BadInput, InputSpec, load_model
from whetgen.reading import check_against_floats, trace_steps

CODES = np.random.default_rng(1).integers(0, 256, (300, 6))
SPEC = InputSpec(scale=1)
f32 = np.float32


def weights(*shapes) -> list[np.ndarray]:
    return [RNG.normal(scale=0.4, size=shape).astype(f32) for shape in shapes]


def quantiser(name: str, **settings) -> dict:
    return {"class_name": name, "config": settings}


def layer(kind: str, name: str, **settings) -> dict:
    """An entry with what only training needs, too."""
    extra = {"kernel_constraint": quantiser("Clip", min_value=-1, max_value=1), "kernel_range": None}
    return entry(
        kind, name, **extra, kernel_initializer=quantiser("QInitializer", quantizer=quantiser("binary")), **settings
    )


def first(entry: dict, *shape: int) -> dict:
    entry["config"]["batch_input_shape"] = [None, *shape]
    return entry


def qkeras() -> tuple[dict, dict]:
    bits = quantiser(
        "quantized_bits",
        bits=4,
        integer=0,
        symmetric=1,
        alpha=0.3,
        keep_negative=True,
        use_stochastic_rounding=False,
        qnoise_factor=1.0,
    )
    plain = quantiser("quantized_bits", bits=6, integer=6, symmetric=0, alpha=None, keep_negative=True)
    binary = quantiser("binary", use_01=False, alpha="auto_po2", use_stochastic_rounding=False)
    layers = [
        first(layer("QDense", "d1", units=8, kernel_quantizer=binary, bias_quantizer=plain, use_bias=True), 6),
        entry("QActivation", "a1", activation="quantized_relu(2,8)"),
        layer(
            "QDense",
            "d2",
            units=7,
            use_bias=False,
            kernel_quantizer=bits,
            bias_quantizer=None,
            activation=quantiser("ternary", alpha=0.5, threshold=30.0, use_stochastic_rounding=False),
        ),
        dense("out", 4),
    ]
    w = weights((6, 8), (8,), (8, 7), (7, 4), (4,))
    w[1] *= 60
    return net(*layers), {"d1": w[:2], "a1": [], "d2": w[2:3], "out": w[3:]}


def qkeras_scores(arrays: dict, codes: np.ndarray) -> np.ndarray:
    """In exact numbers of float64: all but the last weights are few bits times one scale."""
    kernel, bias = (a.astype(np.float64) for a in arrays["d1"])
    sign = np.where(kernel >= 0, 1.0, -1.0)
    scale = 2 ** np.round(np.log2(np.mean(kernel * sign, 0) / (1 + 1e-7) + 1e-7))
    x = codes @ (sign * scale) + np.clip(np.round(bias * 32 / 64), -32, 31) * 2
    x = np.clip(np.round(x / 64), 0, 3) * 64
    x = x @ (np.clip(np.round(arrays["d2"][0].astype(np.float64) * 8), -7, 7) / 8)  # times 0.3 below
    x = ((abs(x) * float(f32(0.3)) >= 30) * np.sign(x)) * 0.5
    return x @ arrays["out"][0] + arrays["out"][1]


def larq() -> tuple[dict, dict]:
    sign, heaviside = quantiser("SteSign", clip_value=1.0), quantiser("SteHeaviside", clip_value=1.0)
    layers = [
        first(layer("QuantDense", "q1", units=8, use_bias=False, input_quantizer=None, kernel_quantizer=sign), 6),
        norm("n1"),
        layer(
            "QuantDense",
            "q2",
            units=7,
            use_bias=True,
            input_quantizer="ste_sign",
            kernel_quantizer=quantiser("SteTern", threshold_value=0.3),
        ),
        entry("Activation", "a2", activation="approx_sign"),
        layer("QuantDense", "q3", units=4, input_quantizer=heaviside, kernel_quantizer="magnitude_aware_sign"),
    ]
    w = weights((6, 8), (8,), (8,), (8,), (8, 7), (7,), (7, 4), (4,))
    w[4:4] = [np.abs(weights((8,))[0]) + f32(0.5)]
    return net(*layers), {"q1": w[:1], "n1": w[1:5], "q2": w[5:7], "a2": [], "q3": w[7:]}


def larq_scores(arrays: dict, codes: np.ndarray) -> np.ndarray:
    arrays = {name: [a.astype(np.float64) for a in held] for name, held in arrays.items()}
    gamma, beta, mean, variance = arrays["n1"]
    sign = lambda x: np.where(x < 0, -1.0, 1.0)  # noqa: E731
    x = (codes @ sign(arrays["q1"][0]) - mean) / np.sqrt(variance + 0.001) * gamma + beta
    kernel = arrays["q2"][0]
    x = sign(sign(x) @ ((abs(kernel) >= f32(0.3)) * np.sign(kernel)) + arrays["q2"][1])
    sizes = np.mean(np.abs(arrays["q3"][0]), 0).astype(f32)
    return (x > 0) @ (sizes * sign(arrays["q3"][0])) + arrays["q3"][1]


def binarynet() -> tuple[dict, dict]:
    layers = [
        first(layer("BinaryDense", "b1", units=8, H=1.0, kernel_lr_multiplier=2.5, use_bias=True), 6),
        norm("n1"),
        entry("Activation", "t1", activation="binary_tanh"),
        layer("BinaryDense", "b2", units=4, H=0.5, use_bias=False),
    ]
    w = weights((6, 8), (8,), (8,), (8,), (8,), (8, 4))
    w[5:5] = [np.abs(weights((8,))[0]) + f32(0.5)]
    w[0][0, 0] = 0.0
    return net(*layers), {"b1": w[:2], "n1": w[2:6], "t1": [], "b2": w[6:]}


def binarynet_scores(arrays: dict, codes: np.ndarray) -> np.ndarray:
    arrays = {name: [a.astype(np.float64) for a in held] for name, held in arrays.items()}
    gamma, beta, mean, variance = arrays["n1"]
    above = lambda x: np.where(x > 0, 1.0, -1.0)  # noqa: E731
    x = codes @ above(arrays["b1"][0]) + arrays["b1"][1]
    return above((x - mean) / np.sqrt(variance + 0.001) * gamma + beta) @ above(arrays["b2"][0]) * 0.5


NETS = {"QKeras": (qkeras, qkeras_scores), "Larq": (larq, larq_scores), "BinaryNet": (binarynet, binarynet_scores)}


def write(folder, form: str, config: dict, arrays: dict):
    """The model as HDF5, as a pair of JSON and HDF5, or as an archive of Keras 2.12 on."""
    if form == "h5":
        save(folder / "m.h5", config, arrays, version="2.8.0")
        return folder / "m.h5"
    if form == "json":
        (folder / "m.json").write_text(json.dumps({**config, "keras_version": "2.4.0", "backend": "tensorflow"}))
        save(folder / "all.h5", config, arrays)
        with h5py.File(folder / "all.h5") as whole, h5py.File(folder / "m_weights.h5", "w") as part:
            part.attrs["layer_names"] = whole["model_weights"].attrs["layer_names"]
            for name in arrays:
                whole.copy(f"model_weights/{name}", part)
        return folder / "m.json"
    used: dict[str, int] = {}
    stored = {}
    for entry_ in config["config"]["layers"]:
        kind = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", entry_["class_name"])).lower()
        used[kind] = count = used.get(kind, -1) + 1
        group = f"layers/{kind}_{count}" if count else f"layers/{kind}"
        stored |= {f"{group}/vars/{n}": array for n, array in enumerate(arrays[entry_["config"]["name"]])}
    save_zip(folder / "m.keras", config, stored, version="2.15.0")
    return folder / "m.keras"


@pytest.mark.parametrize("form", ["h5", "json", "keras"])
@pytest.mark.parametrize("package", NETS)
def test_a_file_computes_what_its_package_does(package, form, tmp_path):
    (config, arrays), scores = NETS[package][0](), NETS[package][1]
    model = load_model(write(tmp_path, form, config, arrays))
    wanted = scores(arrays, CODES.astype(np.float64))
    assert np.allclose(model.predict(CODES.astype(f32), verbose=0), wanted, atol=1e-4)
    traced = trace_steps(model, SPEC)
    assert np.array_equal(traced.graph.run(CODES).argmax(-1), wanted.argmax(-1))
    check = check_against_floats(model, traced, CODES)
    assert check.outside_bound == 0 < check.spikes_compared


def test_scaled_weights_become_small_integers(tmp_path):
    """0.3 times three bits: float32 would round the products, and the integers would have 24 bits."""
    config, arrays = qkeras()
    traced = trace_steps(load_model(write(tmp_path, "h5", config, arrays)), SPEC)
    assert {
        abs(w) for node in traced.graph.nodes if node.name == "d2" for w in node.weights.reshape(-1).tolist()
    } <= set(range(8))


def conv_net(package: str) -> tuple[dict, dict]:
    """A map of 6 x 6 x 2, a convolution with zeros around it, one channel by channel, four scores."""
    sign = quantiser("ste_sign") if package == "Larq" else quantiser("binary", alpha=1.0)
    if package == "Larq":
        kinds = ("QuantConv2D", "QuantDepthwiseConv2D")
        own = [{"input_quantizer": quantiser("SteSign")}, {"input_quantizer": "ste_sign"}]
        sign = quantiser("SteSign", clip_value=1.25)
    else:
        kinds, own = ("QConv2D", "QDepthwiseConv2D"), [{"activation": "binary(alpha=1)"}, {}]
    conv = layer(
        kinds[0], "c", filters=3, kernel_size=[3, 3], padding="same", kernel_quantizer=sign, use_bias=True, **own[0]
    )
    deep = layer(
        kinds[1],
        "p",
        kernel_size=[2, 2],
        strides=[2, 2],
        padding="valid",
        depthwise_quantizer=sign,
        use_bias=False,
        **own[1],
    )
    w = weights((3, 3, 2, 3), (3,), (2, 2, 3, 1), (27, 4), (4,))
    config = net(
        entry("Rescaling", "in", batch_input_shape=[None, 6, 6, 2], scale=1.0, offset=-128.0),
        conv,
        deep,
        entry("Flatten", "f"),
        dense("out", 4),
    )
    return config, {"in": [], "c": w[:2], "p": w[2:3], "f": [], "out": w[3:]}


@pytest.mark.parametrize("package", ["QKeras", "Larq"])
def test_convolutions(package, tmp_path):
    config, arrays = conv_net(package)
    codes = np.random.default_rng(2).integers(0, 256, (40, 6, 6, 2))
    sign = lambda x: np.where(x < 0, -1.0, 1.0)  # noqa: E731
    x = codes - 128.0
    x = np.pad(sign(x) if package == "Larq" else x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    kernel, bias = sign(arrays["c"][0]), arrays["c"][1].astype(np.float64)
    x = sum(x[:, i : i + 6, j : j + 6] @ kernel[i, j] for i in range(3) for j in range(3)) + bias
    kernel = sign(arrays["p"][0])
    x = sum(sign(x)[:, i::2, j::2] * kernel[i, j, :, 0] for i in range(2) for j in range(2))
    wanted = x.reshape(len(codes), -1) @ arrays["out"][0].astype(np.float64) + arrays["out"][1]
    model = load_model(write(tmp_path, "h5", config, arrays))
    traced = trace_steps(model, SPEC)
    assert np.array_equal(traced.graph.run(codes).argmax(-1), wanted.argmax(-1))
    check = check_against_floats(model, traced, codes)
    assert check.outside_bound == 0 < check.spikes_compared


def test_batch_norm_of_powers_of_two(tmp_path):
    """QBatchNormalization with its package's own quantisers: gamma, beta and the variance become powers of two."""
    quantisers = {
        "gamma_quantizer": quantiser("quantized_relu_po2", bits=6, max_value=2048, quadratic_approximation=False),
        "variance_quantizer": quantiser("quantized_relu_po2", bits=6, max_value=None, quadratic_approximation=True),
        "beta_quantizer": quantiser("quantized_po2", bits=5, max_value=None),
        "mean_quantizer": None,
    }
    settings = norm("n")["config"]
    config = net(first(dense("d", 3), 6), entry("QBatchNormalization", **{**settings, **quantisers}))
    held = [np.array(v, f32) for v in ([0.9, 3.2, 0.0], [0.3, -0.7, 0.0], [1.5, 2.5, -1.25], [0.9, 5.0, 17.0])]
    model = load_model(write(tmp_path, "h5", config, {"d": weights((6, 3), (3,)), "n": held}))
    found = [w.tolist() for w in model.layers[-1].get_weights()]
    assert found == [[1.0, 4.0, 2.0**-32], [0.25, -0.5, 2.0**-8], [1.5, 2.5, -1.25], [1.0, 4.0, 16.0]]


REFUSED = {
    "eight bits": (
        entry("QActivation", "a", activation="quantized_relu(8)"),
        "layer 'a' (QActivation) has an activation of 256 values; neurons have up to 15 thresholds, use 4 bits or fewer",
    ),
    "scale of the frame": (
        entry("QActivation", "a", activation=quantiser("binary", alpha="auto")),
        "layer 'a' (QActivation) has the activation binary with alpha='auto', whose values depend on more than one number",
    ),
    "unknown quantiser": (
        layer("QuantDense", "q", units=2, kernel_quantizer=quantiser("HeadQuantizer", bits=2)),
        "layer 'q' (QuantDense) has the quantiser 'HeadQuantizer', which is not known; use one of binary, "
        "stochastic_binary, ternary, stochastic_ternary, quantized_bits, quantized_relu, quantized_po2, quantized_relu_po2, "
        "binary_tanh, binary_sigmoid, ste_sign, SteSign, approx_sign, ApproxSign, swish_sign, SwishSign, ste_heaviside, "
        "SteHeaviside, ste_tern, SteTern, magnitude_aware_sign, MagnitudeAwareSign, dorefa_quantizer, DoReFa, "
        "DoReFaQuantizer",
    ),
    "code for a quantiser": (
        layer("QDense", "q", units=2, kernel_quantizer="__import__('os').system('true')"),
        "layer 'q' (QDense) has the quantiser '__import__('os').system('true')', which is not known; use one of binary, ",
    ),
    "ones around a map": (
        layer("QuantConv2D", "q", filters=2, kernel_size=[3, 3], pad_values=1.0, kernel_quantizer="ste_sign"),
        "layer 'q' (QuantConv2D) pads with 1.0; use pad_values=0",
    ),
    "another quantiser": (
        layer("QDense", "q", units=2, output_quantizer="binary"),
        "layer 'q' (QDense) has a output_quantizer, which is not supported; leave it None",
    ),
    "size without a number": (
        layer("BinaryDense", "b", units=2, H="Glorot"),
        "layer 'b' (BinaryDense) has the H Glorot; use a number other than 0",
    ),
    "function of its own": (
        entry("Activation", "a", activation="mine"),
        "layer 'a' (Activation) has an activation of its own, 'mine'; use SpikingBReLU or SpikingSigmoid",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_threshold_network_is_refused_with_its_layer(case, tmp_path):
    more, message = REFUSED[case]
    path = write(tmp_path, "h5", net(first(dense("d", 6), 6), more), {"d": weights((6, 6), (6,))})
    with pytest.raises(BadInput) as refused:
        load_model(path)
    assert str(refused.value).startswith(message)


def test_weights_that_may_mean_either_of_two_are_refused(tmp_path):
    power = quantiser("quantized_po2", bits=4, max_value=1)
    config = net(first(layer("QDense", "q", units=2, use_bias=False, kernel_quantizer=power), 2))
    with pytest.raises(BadInput) as refused:
        load_model(write(tmp_path, "h5", config, {"q": [np.full((2, 2), np.sqrt(0.5), f32)]}))
    assert str(refused.value) == (
        "layer 'q' (QDense) has a weight or a scale in the middle of two powers of two, of which either may be meant; "
        "train on a little"
    )


def test_scales_of_another_shape_are_refused(tmp_path):
    each = quantiser("binary", alpha=[1.0, 2.0, 3.0])
    config = net(first(layer("QDense", "q", units=2, use_bias=False, kernel_quantizer=each), 2))
    with pytest.raises(BadInput, match=r"^layer 'q' \(QDense\) has scales that do not fit its kernel$"):
        load_model(write(tmp_path, "h5", config, {"q": weights((2, 2))}))


@pytest.mark.parametrize("seed", range(24))
def test_a_damaged_configuration_is_refused_in_one_line_or_loads(seed, tmp_path):
    config, arrays = NETS[list(NETS)[seed % 3]][0]()
    path = write(tmp_path, "json", config, arrays)
    path.write_bytes(mutant(path.read_bytes(), seed))
    try:
        load_model(path)
    except BadInput as error:
        assert "\n" not in str(error) and len(str(error)) < 700


def test_layers_without_weights_beside_them_say_where_these_go(tmp_path):
    path = write(tmp_path, "json", *qkeras())
    (tmp_path / "m_weights.h5").unlink()
    with pytest.raises(BadInput) as refused:
        load_model(path)
    assert str(refused.value) == (
        f"{path}: the layers of a model without its weights; put m_weights.h5 beside it, or rebuild it with "
        "keras.models.model_from_json, load the weights with model.load_weights, and save the whole model with "
        "model.save('name.keras')"
    )
