"""The quantisers of QKeras, Larq and BinaryNet by name, from a configuration: each with the settings that its package saves.

A quantiser stands there as a name, as a call such as ``quantized_relu(2,0)``, or as a class with settings.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

import numpy as np

from whetgen.foreign.larq_quantisers import LARQ
from whetgen.foreign.staircases import (
    SIGN,
    Alpha,
    NotExact,
    Quantiser,
    dead_band,
    fitted_bits,
    fitted_signs,
    fitted_ternary,
    of_weights_only,
    powers_of_two,
    rounded,
    scaled,
    signs,
)
from whetgen.foreign.typed import mismatch

_MOST_BITS = 32
OF_LAYERS = ("name", "trainable", "dtype", "batch_input_shape")
"""Settings that Larq's classes have because they are layers."""


def parsed(entry: object) -> tuple[str, dict[str, Any]] | None:
    """Name and settings of a quantiser that is known, from what a configuration says; None for anything else."""
    if isinstance(entry, str):
        return _called(entry)
    if not isinstance(entry, dict):
        return None
    name, settings = entry.get("class_name"), entry.get("config")
    if name == "function":
        return _called(str(settings))
    name = str(name).rpartition(">")[2]
    if name not in KNOWN or not isinstance(settings, dict):
        return None
    return name, {key: value for key, value in settings.items() if key not in OF_LAYERS}


def is_no_op(entry: object) -> bool:
    """Whether it is Larq's quantiser that changes nothing."""
    name = entry.get("class_name") if isinstance(entry, dict) else entry
    return str(name).rpartition(">")[2] in ("NoOp", "NoOpQuantizer", "no_op")


def _called(text: str) -> tuple[str, dict[str, Any]] | None:
    """Of a name, or of a call with plain numbers and texts."""
    try:
        found = ast.parse(text.strip().rpartition(">")[2] if "(" not in text else text.strip(), mode="eval").body
        if isinstance(found, ast.Name):
            return (found.id, {}) if found.id in KNOWN else None
        if not (isinstance(found, ast.Call) and isinstance(found.func, ast.Name) and found.func.id in KNOWN):
            return None
        names = list(inspect.signature(KNOWN[found.func.id]).parameters)
        given = dict(zip(names, map(ast.literal_eval, found.args), strict=False))
        return found.func.id, given | {str(k.arg): ast.literal_eval(k.value) for k in found.keywords}
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return None


def quantiser(name: str, settings: dict[str, Any]) -> Quantiser:
    """A quantiser that is known, with its settings.

    Raises:
        NotExact: settings that are not known, or that make no staircase.
    """
    define = KNOWN[name]
    hints = get_type_hints(define)
    for key, value in settings.items():
        if key not in hints:
            raise NotExact(f"has the quantiser {name} with the setting '{key}', which is not known")
        if found := mismatch(value, hints[key], key):
            raise NotExact(f"has the quantiser {name}, of which {found}")
    if settings.get("use_stochastic_rounding"):
        raise NotExact(f"has the quantiser {name}, which rounds at random; set use_stochastic_rounding=False")
    clip_value = settings.get("clip_value")
    if clip_value is not None and clip_value <= 0:
        raise NotExact(f"has the quantiser {name}, which clips all numbers to one; use a clip_value above 0")
    if settings.get("qnoise_factor", 1.0) != 1.0:
        raise NotExact(f"has the quantiser {name}, which mixes what it rounds with what it reads; set qnoise_factor=1")
    return define(**settings)


# QKeras. What only training needs is taken and not used.


def _binary(
    use_01: bool | int = False, alpha: Alpha = None, use_stochastic_rounding: bool | int = False, **_: Any
) -> Quantiser:
    steps = signs(low=0.0) if use_01 else SIGN
    if isinstance(alpha, str):
        return of_weights_only(fitted_signs(_automatic(alpha), steps), f"binary with alpha='{alpha}'")
    return scaled(steps, alpha, steps)


def _stochastic_binary(alpha: Alpha = None, temperature: float = 6.0, use_real_sigmoid: bool | int = True) -> Quantiser:
    return _binary(alpha=alpha)  # stochastic in training only


def _ternary(
    alpha: Alpha = None,
    threshold: float | None = None,
    use_stochastic_rounding: bool | int = False,
    number_of_unrolls: int = 5,
) -> Quantiser:
    if isinstance(alpha, str):
        if _automatic(alpha) == "auto" or threshold is not None or not 1 <= number_of_unrolls <= 100:
            raise NotExact("has the quantiser ternary with alpha='auto'; use alpha='auto_po2' or a number")
        return of_weights_only(fitted_ternary(number_of_unrolls), f"ternary with alpha='{alpha}'")
    steps = dead_band(0.33 if threshold is None else threshold)
    return scaled(steps, alpha, steps)


def _stochastic_ternary(
    alpha: Alpha = None,
    threshold: float | None = None,
    temperature: float = 8.0,
    use_real_sigmoid: bool | int = True,
    number_of_unrolls: int = 5,
) -> Quantiser:
    return _ternary(alpha, threshold, number_of_unrolls=number_of_unrolls)  # stochastic in training only


def _quantized_bits(
    bits: int = 8,
    integer: int = 0,
    symmetric: bool | int = 0,
    keep_negative: bool | int = True,
    alpha: Alpha = None,
    use_stochastic_rounding: bool | int = False,
    scale_axis: None = None,
    qnoise_factor: float = 1.0,
    var_name: str | None = None,
    use_ste: bool = True,
    use_variables: bool = False,
) -> Quantiser:
    unsigned = bits - bool(keep_negative)
    unit = _unit("quantized_bits", bits, integer, unsigned, least=0)
    if isinstance(alpha, str):
        if _automatic(alpha) == "auto" or not keep_negative or unsigned == 0:
            raise NotExact(f"has the quantiser quantized_bits with alpha='{alpha}'; give alpha a number")
        return of_weights_only(fitted_bits(bits, 2.0**integer), f"quantized_bits with alpha='{alpha}'")
    if unsigned == 0:
        steps = SIGN if keep_negative else signs(low=0.0)
        return scaled(steps, alpha, steps)
    low = -(1 << unsigned) + int(symmetric) if keep_negative else 0
    return rounded(low, (1 << unsigned) - 1, unit, alpha)


def _quantized_relu(
    bits: int = 8,
    integer: int = 0,
    use_sigmoid: bool | int = 0,
    negative_slope: float = 0.0,
    use_stochastic_rounding: bool | int = False,
    relu_upper_bound: float | None = None,
    is_quantized_clip: bool = True,
    qnoise_factor: float = 1.0,
    var_name: str | None = None,
    use_ste: bool = True,
    use_variables: bool = False,
) -> Quantiser:
    if use_sigmoid or negative_slope:
        raise NotExact("has a quantized_relu with a sigmoid or a slope below 0; use quantized_relu(bits, integer)")
    return rounded(
        0, (1 << bits) - 1 if 0 < bits <= _MOST_BITS else 0, _unit("quantized_relu", bits, integer, bits), None
    )


def _unit(name: str, bits: int, integer: int, unsigned: int, least: int = 1) -> float:
    if not (least <= unsigned <= _MOST_BITS and abs(integer) <= _MOST_BITS):
        raise NotExact(f"has the quantiser {name} with {bits} bits, {integer} of them before the point; use fewer")
    return 2.0 ** (integer - unsigned)


def _automatic(alpha: str) -> str:
    if alpha not in ("auto", "auto_po2"):
        raise NotExact(f"has a quantiser with alpha='{alpha}'; use 'auto_po2' or a number")
    return alpha


def _quantized_po2(
    bits: int = 8,
    max_value: float | None = None,
    use_stochastic_rounding: bool | int = False,
    quadratic_approximation: bool | int = False,
    log2_rounding: str = "rnd",
    qnoise_factor: float = 1.0,
    var_name: str | None = None,
    use_ste: bool = True,
    use_variables: bool = False,
) -> Quantiser:
    size = _powers("quantized_po2", bits - 1, max_value, bool(quadratic_approximation), log2_rounding)
    return of_weights_only(lambda x: np.where(x < 0, -1.0, 1.0) * size(np.abs(x)), "quantized_po2")


def _quantized_relu_po2(
    bits: int = 8,
    max_value: float | None = None,
    negative_slope: float = 0.0,
    use_stochastic_rounding: bool | int = False,
    quadratic_approximation: bool | int = False,
    log2_rounding: str = "rnd",
    qnoise_factor: float = 1.0,
    var_name: str | None = None,
    use_ste: bool = True,
    use_variables: bool = False,
) -> Quantiser:
    if negative_slope:
        raise NotExact("has a quantized_relu_po2 with a slope below 0; leave negative_slope 0")
    size = _powers("quantized_relu_po2", bits, max_value, bool(quadratic_approximation), log2_rounding)
    return of_weights_only(lambda x: size(np.maximum(x, 0.0)), "quantized_relu_po2")


def _powers(
    name: str, bits: int, top: float | None, doubled: bool, rounding: str
) -> Callable[[np.ndarray], np.ndarray]:
    bits -= top is None or top > 1
    if not 0 <= bits <= 5 or rounding != "rnd" or (top is not None and top <= 0):
        raise NotExact(f"has a {name} of too many or no bits, or one that does not round; use up to 5 bits and 'rnd'")
    high = (1 << bits) - 1
    return powers_of_two(-(1 << bits), high - high % 2 if doubled else high, top, doubled)


KNOWN: dict[str, Callable[..., Quantiser]] = {
    "binary": _binary,
    "stochastic_binary": _stochastic_binary,
    "ternary": _ternary,
    "stochastic_ternary": _stochastic_ternary,
    "quantized_bits": _quantized_bits,
    "quantized_relu": _quantized_relu,
    "quantized_po2": _quantized_po2,
    "quantized_relu_po2": _quantized_relu_po2,
    **LARQ,
}
