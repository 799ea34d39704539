"""Each quantiser against its package's definition, evaluated here step by step, on its ties and at 0."""

import re

import numpy as np
import pytest

from whetgen.foreign.quantisers import KNOWN, parsed, quantiser
from whetgen.foreign.staircases import NotExact

GRID = np.unique(np.concatenate([np.arange(-40, 41) / 16, [0.33, -0.33, 0.05, -0.05, 1e-9, -1e-9, 0.6, -0.6]])).astype(
    np.float32
)
WEIGHTS = np.random.default_rng(0).normal(scale=0.4, size=(3, 20, 4)).astype(np.float32)
f32 = np.float32


def q_binary(x, use_01=False, alpha=None):
    sign = np.sign(x)
    sign = sign + (1 - np.abs(sign))
    return (1.0 if alpha is None else float(f32(alpha))) * ((sign + 1) / 2 if use_01 else sign)


def q_ternary(x, alpha=None, threshold=None):
    far = np.abs(x) >= f32(0.33 if threshold is None else threshold)
    return (1.0 if alpha is None else float(f32(alpha))) * far * np.sign(x)


def q_bits(x, bits=8, integer=0, symmetric=0, keep_negative=True, alpha=None):
    scale = 1.0 if alpha is None else float(f32(alpha))
    if bits == keep_negative:
        return scale * q_binary(x)
    m, m_i = 2.0 ** (bits - keep_negative), 2.0**integer
    steps = np.round(x.astype(np.float64) * m / m_i)
    return scale * (m_i * np.clip(steps, keep_negative * (-m + symmetric), m - 1) / m)


def q_relu(x, bits=8, integer=0):
    m, m_i = 2.0**bits, 2.0**integer
    return m_i * np.clip(np.round(x.astype(np.float64) * m / m_i) / m, 0.0, 1.0 - 1.0 / m)


def l_sign(x):
    return np.sign(np.sign(x) + f32(0.1))


def l_heaviside(x, clip_value=1.0):
    return np.sign(np.maximum(np.clip(x, -clip_value, clip_value), 0))


def l_tern(x, threshold_value=0.05, clip_value=1.0):
    t = f32(threshold_value)
    return np.sign(np.sign(x + t) + np.sign(x - t))


def l_dorefa(x, k_bit=2):
    n = f32(2**k_bit - 1)
    return np.round(np.clip(x, f32(0), f32(1)) * n).astype(np.float64) / n


def b_tanh(x):
    return 2 * np.round(np.clip(0.5 * x.astype(np.float64) + 0.5, 0, 1)) - 1


CASES = [
    ("binary", {}, q_binary),
    ("binary", {"use_01": True, "alpha": 0.3}, q_binary),
    ("binary", {"alpha": -2}, q_binary),
    ("stochastic_binary", {"alpha": 1.5}, q_binary),
    ("ternary", {}, q_ternary),
    ("ternary", {"threshold": 0, "alpha": 0.1}, q_ternary),
    ("ternary", {"threshold": 0.5}, q_ternary),
    ("stochastic_ternary", {"threshold": 0.05}, q_ternary),
    ("quantized_bits", {"bits": 1}, q_bits),
    ("quantized_bits", {"bits": 2, "symmetric": 1, "alpha": 0.7}, q_bits),
    ("quantized_bits", {"bits": 3, "integer": 1}, q_bits),
    ("quantized_bits", {"bits": 4, "integer": 0, "keep_negative": False}, q_bits),
    ("quantized_bits", {"bits": 4, "integer": 2, "symmetric": True}, q_bits),
    ("quantized_relu", {"bits": 1}, q_relu),
    ("quantized_relu", {"bits": 2, "integer": 1}, q_relu),
    ("quantized_relu", {"bits": 4, "integer": -1}, q_relu),
    ("ste_sign", {}, l_sign),
    ("SteSign", {"clip_value": 1.25}, lambda x, clip_value: l_sign(x)),
    ("approx_sign", {}, l_sign),
    ("ApproxSign", {}, l_sign),
    ("SteSign", {"clip_value": None}, lambda x, clip_value: l_sign(x)),
    ("dorefa_quantizer", {}, l_dorefa),
    ("DoReFa", {"k_bit": 1}, l_dorefa),
    ("DoReFaQuantizer", {"k_bit": 4}, l_dorefa),
    ("SwishSign", {"beta": 5.0}, lambda x, beta: l_sign(x)),
    ("ste_heaviside", {}, l_heaviside),
    ("SteHeaviside", {"clip_value": 0.5}, l_heaviside),
    ("ste_tern", {}, l_tern),
    ("SteTern", {"threshold_value": 0.5, "clip_value": 0.5}, l_tern),
    ("SteTern", {"threshold_value": 0.0}, l_tern),
    ("binary_tanh", {}, b_tanh),
    ("binary_sigmoid", {}, lambda x: (b_tanh(x) + 1) / 2),
]


@pytest.mark.parametrize(
    ("name", "settings", "naive"), CASES, ids=lambda value: getattr(value, "__name__", str(value)[:40])
)
def test_neurons_and_weights_are_what_the_package_computes(name, settings, naive):
    made, wanted = quantiser(name, settings), naive(GRID, **settings)
    steps = made.staircase
    assert np.array_equal(made.of_weights(GRID.astype(np.float64)), wanted)
    assert np.array_equal((steps.low + steps.rise * steps.counted(GRID)).astype(f32), wanted.astype(f32))
    assert list(steps.levels) == sorted(steps.levels)


def auto_scale(alpha, x, q):
    axes = tuple(range(x.ndim - 1))
    scale = np.mean(x * q, axes, keepdims=True) / (np.mean(q * q, axes, keepdims=True) + 1e-7)
    return 2.0 ** np.round(np.log2(scale + 1e-7)) if alpha == "auto_po2" else scale


def naive_ternary(x):
    scale = 2.0 ** np.round(np.log2(2 * np.max(np.abs(x), (0, 1), keepdims=True) / 3 + 1e-7))
    for _ in range(5):
        v = scale * np.round(x / scale)
        q = (np.abs(v) >= scale / 2) * np.sign(x)
        scale = auto_scale("auto_po2", x, q)
    return scale * q


def naive_bits(x, bits, integer):
    m, m_i, levels = 2.0 ** (bits - 1), 2.0**integer, (2 ** (bits - 1) - 1) * 2
    x = x / m_i
    scale = np.max(np.abs(x), (0, 1), keepdims=True) * 2 / levels
    scale = 2.0 ** np.round(np.log2(scale + 1e-7))
    for _ in range(5):
        v = np.floor(np.abs(x) / scale + 0.5)
        z = np.sign(x) * np.where(v < levels / 2, v, levels / 2)
        scale = auto_scale("auto_po2", x, z)
    return scale * m * (m_i * z / m)


def test_scales_that_follow_from_the_weights():
    x = WEIGHTS.astype(np.float64)
    binary = {alpha: quantiser("binary", {"alpha": alpha}).of_weights(x) for alpha in ("auto", "auto_po2")}
    assert np.array_equal(binary["auto_po2"], auto_scale("auto_po2", x, q_binary(x)) * q_binary(x))
    assert np.array_equal(
        binary["auto"], auto_scale("auto", x, q_binary(x)).astype(f32).astype(np.float64) * q_binary(x)
    )
    assert np.array_equal(quantiser("ternary", {"alpha": "auto_po2"}).of_weights(x), naive_ternary(x))
    bits = {"bits": 4, "integer": 1, "symmetric": True, "alpha": "auto_po2"}
    assert np.array_equal(quantiser("quantized_bits", bits).of_weights(x), naive_bits(x, 4, 1))
    sizes = np.mean(np.abs(x), (0, 1)).astype(f32).astype(np.float64)
    assert np.array_equal(quantiser("MagnitudeAwareSign", {}).of_weights(x), sizes * l_sign(x))
    cut = 0.7 * np.mean(np.abs(x))
    assert np.array_equal(
        quantiser("ste_tern", {"ternary_weight_networks": True}).of_weights(x), (np.abs(x) > cut) * np.sign(x)
    )


def test_each_number_of_a_row_has_a_scale_of_its_own():
    found = quantiser("binary", {"alpha": "auto_po2"}).of_weights(np.array([0.3, -3.0, 0.9]))
    assert found.tolist() == [0.25, -4.0, 1.0]


@pytest.mark.parametrize("bits", [1, 2, 3])
def test_weights_of_dorefa_are_odd_multiples_of_one_part(bits):
    x, n = WEIGHTS.astype(np.float64), 2**bits - 1
    limited = np.tanh(x)
    wanted = 2 * np.round((limited / (2 * np.max(np.abs(limited))) + 0.5) * n) - n
    found = quantiser("DoReFa", {"k_bit": bits, "mode": "weights"}).of_weights(x)
    assert np.array_equal(found, wanted * float(f32(1 / n)))


@pytest.mark.parametrize(("bits", "meant"), [(1, -1), (2, 1), (3, 1)])
def test_a_weight_of_0_is_rounded_to_the_even_step_by_dorefa(bits, meant):
    found = quantiser("DoReFa", {"k_bit": bits, "mode": "weights"}).of_weights(np.array([[0.0], [1.0]]))
    assert found[0, 0] == meant * float(f32(1 / (2**bits - 1)))


@pytest.mark.parametrize(("bits", "top", "doubled"), [(4, 1, False), (5, None, False), (6, 2048, False), (3, 4, True)])
def test_powers_of_two(bits, top, doubled):
    settings = {"bits": bits, "max_value": top, "quadratic_approximation": doubled}
    numbers = WEIGHTS.reshape(-1).astype(np.float64)
    inside = np.abs(numbers) if top is None else np.minimum(np.abs(numbers), top)
    for name, lost in (("quantized_po2", 1), ("quantized_relu_po2", 0)):
        effective = bits - lost - (top is None or top > 1)
        if effective > 5:
            continue
        high = 2**effective - 1
        exponents = np.round(np.log2(np.sqrt(inside) if doubled else inside))
        exponents = np.clip(exponents, -(2**effective), 2 * (high // 2) if doubled else high) * (2 if doubled else 1)
        wanted = 2.0**exponents * np.where(numbers < 0, -1, 1)
        if not lost:
            wanted = np.where(numbers > 0, wanted, 2.0 ** -(2**effective))
        assert np.array_equal(quantiser(name, settings).of_weights(numbers), wanted)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("quantized_relu(2)", ("quantized_relu", {"bits": 2})),
        ("quantized_bits(4, 0, alpha=1.0)", ("quantized_bits", {"bits": 4, "integer": 0, "alpha": 1.0})),
        ("binary(alpha='auto_po2')", ("binary", {"alpha": "auto_po2"})),
        ("Larq>ste_sign", ("ste_sign", {})),
        ({"class_name": "Larq>SteSign", "config": {"clip_value": 1.25}}, ("SteSign", {"clip_value": 1.25})),
        (
            {"class_name": "SteSign", "config": {"name": "s", "trainable": True, "dtype": "float32", "clip_value": 1}},
            ("SteSign", {"clip_value": 1}),
        ),
        ({"class_name": "function", "config": "ste_sign"}, ("ste_sign", {})),
        ("__import__('os').system('true')", None),
        ("quantized_relu(open('x'))", None),
        ("relu", None),
        ({"class_name": "Evil", "config": {}}, None),
        (7, None),
    ],
)
def test_a_quantiser_is_named_called_or_a_class(text, found):
    assert parsed(text) == found


REFUSED = {
    "quantized_relu(bits=8)": "has an activation of 256 values; neurons have up to 15 thresholds, use 4 bits or fewer",
    "binary(alpha='auto')": "has the activation binary with alpha='auto', whose values depend on more than one number",
    "ste_tern(ternary_weight_networks=True)": "has the activation ste_tern with ternary_weight_networks, "
    "whose values depend on more than one number",
    "DoReFa(5)": "has an activation of 32 values; neurons have up to 15 thresholds, use 4 bits or fewer",
    "DoReFa(2, 'weights')": "has the activation DoReFa of weights, whose values depend on more than one number",
    "quantized_po2(4)": "has the activation quantized_po2, whose values depend on more than one number",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_staircase_says_why(text):
    made = quantiser(*parsed(text))
    assert made.staircase is None and made.why_not == REFUSED[text]


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("binary", {"alpha": "often"}, "has a quantiser with alpha='often'; use 'auto_po2' or a number"),
        ("binary", {"alpha": 0}, "has a quantiser whose alpha is 0, Inf or NaN; train the model again"),
        (
            "binary",
            {"use_01": "x"},
            "has the quantiser binary, of which use_01 is 'x', not true or false or a whole number",
        ),
        ("binary", {"beta": 1}, "has the quantiser binary with the setting 'beta', which is not known"),
        (
            "quantized_relu",
            {"use_stochastic_rounding": True},
            "has the quantiser quantized_relu, which rounds at random; set use_stochastic_rounding=False",
        ),
        (
            "quantized_relu",
            {"negative_slope": 0.25},
            "has a quantized_relu with a sigmoid or a slope below 0; use quantized_relu(bits, integer)",
        ),
        (
            "quantized_bits",
            {"bits": 10**9},
            "has the quantiser quantized_bits with 1000000000 bits, 0 of them before the point; use fewer",
        ),
        (
            "quantized_bits",
            {"qnoise_factor": 0.5},
            "has the quantiser quantized_bits, which mixes what it rounds with what it reads; set qnoise_factor=1",
        ),
        ("ternary", {"alpha": "auto"}, "has the quantiser ternary with alpha='auto'; use alpha='auto_po2' or a number"),
        ("ste_tern", {"threshold_value": -2.0}, "has a ste_tern with the threshold -2; use one from 0 on"),
        (
            "DoReFa",
            {"k_bit": 9},
            "has a DoReFa quantiser of 9 bits for 'activations'; use 1 to 8 bits, activations or weights",
        ),
        (
            "DoReFa",
            {"mode": "all"},
            "has a DoReFa quantiser of 2 bits for 'all'; use 1 to 8 bits, activations or weights",
        ),
    ],
)
def test_settings_that_are_not_meant_are_refused(name, settings, message):
    with pytest.raises(NotExact, match=f"^{re.escape(message)}$"):
        quantiser(name, settings)


def test_weights_between_two_meanings_are_refused():
    middle = np.full((2, 1), np.sqrt(np.float64(2)))
    with pytest.raises(NotExact, match="in the middle of two powers of two, of which either may be meant$"):
        quantiser("quantized_po2", {"bits": 4}).of_weights(middle)
    with pytest.raises(NotExact, match="at the threshold of its ternary quantiser, of which either side may be meant$"):
        quantiser("ste_tern", {"ternary_weight_networks": True}).of_weights(np.array([0.35, 0.65, 0.5]))


def test_every_known_quantiser_is_tested_above():
    assert {name for name, *_ in CASES} | {"quantized_po2", "quantized_relu_po2"} >= {
        n for n in KNOWN if n not in ("swish_sign", "magnitude_aware_sign", "MagnitudeAwareSign")
    }
