"""The quantisers of Larq, and BinaryNet's functions, which QKeras has too; what only training needs is taken and not used."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from whetgen.foreign.staircases import (
    SIGN,
    NotExact,
    Quantiser,
    dead_band,
    mean_threshold,
    normed_steps,
    of_steps,
    of_weights_only,
    parts_of_one,
    signs,
)

_MOST_DOREFA = 8


def _sign(clip_value: float | None = 1.0) -> Quantiser:
    return of_steps(SIGN)


def _approx_sign() -> Quantiser:
    return of_steps(SIGN)


def _swish_sign(beta: float = 5.0) -> Quantiser:
    return of_steps(SIGN)


def _ste_heaviside(clip_value: float | None = 1.0) -> Quantiser:
    return of_steps(signs(low=0.0, strict=True))


def _ste_tern(
    threshold_value: float = 0.05, ternary_weight_networks: bool = False, clip_value: float | None = 1.0
) -> Quantiser:
    if ternary_weight_networks:
        return of_weights_only(mean_threshold, "ste_tern with ternary_weight_networks")
    if threshold_value < 0:
        raise NotExact(f"has a ste_tern with the threshold {threshold_value:g}; use one from 0 on")
    return of_steps(dead_band(threshold_value))


def _magnitude_aware_sign(clip_value: float | None = 1.0) -> Quantiser:
    def quantised(x: np.ndarray) -> np.ndarray:
        size = np.mean(np.abs(x), axis=tuple(range(x.ndim - 1)))
        return size.astype(np.float32).astype(np.float64) * SIGN(x)

    return of_weights_only(quantised, "magnitude_aware_sign")


def _dorefa(k_bit: int = 2, mode: str = "activations") -> Quantiser:
    if not 1 <= k_bit <= _MOST_DOREFA or mode not in ("activations", "weights"):
        raise NotExact(
            f"has a DoReFa quantiser of {k_bit} bits for '{mode}'; use 1 to {_MOST_DOREFA} bits, activations or weights"
        )
    most = (1 << k_bit) - 1
    if mode == "weights":
        return of_weights_only(lambda x: normed_steps(x, most), "DoReFa of weights")
    return parts_of_one(most)


def _binary_tanh() -> Quantiser:
    return of_steps(signs(strict=True))  # a half is rounded to the even 0


def _binary_sigmoid() -> Quantiser:
    return of_steps(signs(low=0.0, strict=True))


def binarised(x: np.ndarray, size: float) -> np.ndarray:
    """BinaryNet's weights: ``size * (2 round(clip((x / size + 1) / 2, 0, 1)) - 1)``, as float32 computes it."""
    half = np.float32(0.5)
    middle = np.clip(half * (x.astype(np.float32) / np.float32(size)) + half, 0, 1)
    return float(np.float32(size)) * (2.0 * np.round(middle).astype(np.float64) - 1.0)


LARQ: dict[str, Callable[..., Quantiser]] = {
    "binary_tanh": _binary_tanh,
    "binary_sigmoid": _binary_sigmoid,
    **dict.fromkeys(("ste_sign", "SteSign"), _sign),
    **dict.fromkeys(("approx_sign", "ApproxSign"), _approx_sign),
    **dict.fromkeys(("swish_sign", "SwishSign"), _swish_sign),
    **dict.fromkeys(("ste_heaviside", "SteHeaviside"), _ste_heaviside),
    **dict.fromkeys(("ste_tern", "SteTern"), _ste_tern),
    **dict.fromkeys(("magnitude_aware_sign", "MagnitudeAwareSign"), _magnitude_aware_sign),
    **dict.fromkeys(("dorefa_quantizer", "DoReFa", "DoReFaQuantizer"), _dorefa),
}
