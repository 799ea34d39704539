"""What training computes on and in: all GPUs; half precision, which is float16 there and bfloat16 kernels on CPUs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras

from whetgen.sharpen.narrow import is_linear, kernel_layers


@contextmanager
def built_for(mixed: bool) -> Iterator[None]:
    """Models built inside compute in float16 if ``mixed`` and there is a GPU, else in float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16" if mixed and _on_gpu() else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def halve_kernels(model: keras.Model) -> None:
    """On a CPU, let ``model`` multiply in bfloat16, which units for matrices (AMX) do many times faster.

    All but the first kernel, whose inputs are no spikes, and kernels with an activation of their own. Spikes are exact in
    bfloat16; norms, thresholds and variables stay float32. On a GPU nothing changes.
    """
    if _on_gpu():
        return
    for layer in kernel_layers(model)[1:]:
        if is_linear(layer):
            layer.dtype_policy = keras.DTypePolicy("mixed_bfloat16")


def use_all_gpus() -> None:
    """Share each batch among the GPUs, where there are several."""
    devices = keras.distribution.list_devices()
    if len(devices) > 1 and devices[0].startswith("gpu"):
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))


def _on_gpu() -> bool:
    return keras.distribution.list_devices()[0].startswith("gpu")
