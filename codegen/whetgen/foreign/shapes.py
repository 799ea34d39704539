"""The shapes that layers make: without the batch axis, None for a size that the configuration leaves open.

Each function takes the layer's settings and the shapes that it reads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

OpenShape = tuple[int | None, ...]


def same(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    return shapes[0]


def broadcast(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple(_widest(sizes) for sizes in zip(*padded, strict=True))


def _widest(sizes: tuple[int | None, ...]) -> int | None:
    known = [size for size in sizes if size is not None]
    return max(known) if len(known) == len(sizes) else None


def units(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    return (*shapes[0][:-1], settings["units"])


def convolved(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    return _windowed(settings, shapes[0], settings["kernel_size"], settings["filters"])


def tabled(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    strided = {**settings, "strides": settings["stride"]}
    return _windowed(strided, shapes[0], settings["size"], settings["kernels"])


def depthwise(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    channels = split(settings, shapes[0])[1]
    return _windowed(settings, shapes[0], settings["kernel_size"], times(channels, settings.get("depth_multiplier", 1)))


def pooled(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    strided = {**settings, "strides": settings.get("strides") or settings["pool_size"]}
    return _windowed(strided, shapes[0], settings["pool_size"], split(settings, shapes[0])[1])


def _windowed(settings: dict, shape: OpenShape, window: int | list[int], channels: int | None) -> OpenShape:
    places = split(settings, shape)[0]
    window, stride, dilation = (
        each(v, len(places)) for v in (window, settings.get("strides", 1), settings.get("dilation_rate", 1))
    )
    valid = settings.get("padding", "valid") == "valid"
    extents = [(k - 1) * d + 1 if valid else 1 for k, d in zip(window, dilation, strict=True)]
    made = [None if n is None else (n - e) // s + 1 for n, e, s in zip(places, extents, stride, strict=True)]
    return joined(settings, made, channels)


def globally_pooled(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    places, channels = split(settings, shapes[0])
    return joined(settings, [1] * len(places), channels) if settings.get("keepdims") else (channels,)


def framed(key: str, direction: int) -> Callable[[dict, list[OpenShape]], OpenShape]:
    def shape(settings: dict, shapes: list[OpenShape]) -> OpenShape:
        places, channels = split(settings, shapes[0])
        frame = settings[key]
        pairs = [each(pair, 2) for pair in (each(frame, len(places)) if len(places) > 1 else [frame])]
        sums = [None if n is None else n + direction * sum(pair) for n, pair in zip(places, pairs, strict=True)]
        return joined(settings, sums, channels)

    return shape


def up_sampled(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    places, channels = split(settings, shapes[0])
    made = [times(n, factor) for n, factor in zip(places, each(settings["size"], len(places)), strict=True)]
    return joined(settings, made, channels)


def flat(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    return (times(*shapes[0]),)


def reshaped(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    target = tuple(settings["target_shape"]) if "target_shape" in settings else tuple(settings["newshape"])[1:]
    open_axes, rest = target.count(-1), math.prod(n for n in target if n != -1)
    whole = times(*shapes[0])
    filled = whole // rest if open_axes and whole is not None and rest else None
    return tuple(filled if n == -1 else n for n in target)


def permuted(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    return tuple(shapes[0][axis - 1] for axis in settings["dims"])


def concatenated(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    axis = settings.get("axis", -1)
    place = axis - 1 if axis > 0 else axis % len(shapes[0])
    sizes = [shape[place] for shape in shapes]
    return tuple((None if None in sizes else sum(sizes)) if n == place else size for n, size in enumerate(shapes[0]))


def decoded(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    return (*shapes[0][:-1], classes(settings))


def levels(settings: dict, shapes: list[OpenShape]) -> OpenShape:
    return (*shapes[0][:-1], times(shapes[0][-1], count(settings["thresholds"])))


# What several share


def split(settings: dict, shape: OpenShape) -> tuple[OpenShape, int | None]:
    """(places, channels)."""
    if settings.get("data_format") == "channels_first":
        return shape[1:], shape[0]
    return shape[:-1], shape[-1]


def joined(settings: dict, places: Iterable[int | None], channels: int | None) -> OpenShape:
    return (channels, *places) if settings.get("data_format") == "channels_first" else (*places, channels)


def each(value: int | list[int], count: int) -> list[int]:
    """A setting for each of ``count`` axes."""
    if isinstance(value, int):
        return [value] * count
    if len(value) != count:
        raise ValueError(f"{value} is not {count} numbers")
    return list(value)


def times(*numbers: int | None) -> int | None:
    known = [number for number in numbers if number is not None]
    return math.prod(known) if len(known) == len(numbers) else None


def count(values: object) -> int:
    return len(values) if isinstance(values, list) else 1


def classes(settings: dict) -> int | None:
    """Rows of the key in the configuration, if it is there."""
    key = settings.get("key")
    key = key.get("value") if isinstance(key, dict) else key
    return len(key) if isinstance(key, list) else None
