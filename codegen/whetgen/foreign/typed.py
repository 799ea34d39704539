"""JSON that others may have edited, compared with Python's own type hints."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    type(None): "null",
}
_SHOWN = 60


def mismatch(value: object, kind: object, where: str = "") -> str | None:
    """Why ``value`` is not of ``kind``, e.g. ``cycles[0].layer is 7, not text``; None where it is.

    ``kind``: a class, None, Any, a union, Literal, list, tuple, dict, TypedDict (further keys are fine) or, for an object
    of its arguments, a dataclass (further keys are not). Annotated with a range bounds a
    number; with a compiled pattern, and words for it, text. A whole number is no bool, and a float only where one is asked for; floats are finite.
    """
    if kind is Any:
        return None
    if isinstance(kind, type) and is_typeddict(kind):
        return _object(value, kind, where)
    if isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict):
        return _arguments(value, kind, where)
    check = _CHECKS.get(get_origin(kind))
    return _plain(value, kind, where) if check is None else check(value, get_args(kind), where)


def _wrong(value: object, expected: str, where: str) -> str:
    text = repr(value)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return f"{where or 'it'} is {shown}, not {expected}"


def _plain(value: object, kind: object, where: str) -> str | None:
    kind = type(None) if kind is None else kind
    if kind is float:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    else:
        fits = isinstance(value, kind) if isinstance(kind, type) and kind not in _NAMES else type(value) is kind
    return None if fits else _wrong(value, _name(kind) or str(getattr(kind, "__name__", kind)), where)


def _name(kind: object) -> str | None:
    return _NAMES.get(kind) if isinstance(kind, type) else None


def _object(value: object, kind: type, where: str) -> str | None:
    if type(value) is not dict:
        return _wrong(value, "an object", where)
    for key, hint in get_type_hints(kind, include_extras=True).items():
        optional = get_origin(hint) is NotRequired
        if key not in value and not optional:
            return f"{where or 'it'} has no '{key}'"
        if key in value and (
            found := mismatch(value[key], get_args(hint)[0] if optional else hint, f"{where}.{key}".lstrip("."))
        ):
            return found
    return None


def _arguments(value: dict, kind: type, where: str) -> str | None:
    hints = get_type_hints(kind)
    if unknown := sorted(value.keys() - hints.keys()):
        return f"{where or 'it'} has '{unknown[0]}', which is not known to this version"
    needed = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
    if missing := [name for name in needed if name not in value]:
        return f"{where or 'it'} has no '{missing[0]}'"
    return _first(mismatch(item, hints[key], f"{where}.{key}".lstrip(".")) for key, item in value.items())


def _union(value: object, kinds: tuple, where: str) -> str | None:
    found = [mismatch(value, kind, where) for kind in kinds]
    if None in found:
        return None
    whole = [kind for kind in kinds if kind is not type(None)]
    if len(whole) == 1:
        return found[kinds.index(whole[0])]
    return _wrong(value, " or ".join(_name(k) or _words(k) for k in kinds), where)


def _words(kind: object) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(map(str, get_args(kind)))
    return "a list" if get_origin(kind) in (list, tuple) else "an object"


def _literal(value: object, choices: tuple, where: str) -> str | None:
    fits = any(type(value) is type(choice) and value == choice for choice in choices)
    return None if fits else _wrong(value, " or ".join(map(str, choices)), where)


def _annotated(value: object, parts: tuple, where: str) -> str | None:
    kind, bound, *words = parts
    found = mismatch(value, kind, where)
    if found is not None:
        return found
    if isinstance(bound, range):
        return None if value in bound else _wrong(value, f"in {bound.start}..{bound.stop - 1}", where)
    return None if bound.fullmatch(value) else _wrong(value, words[0], where)


def _list(value: object, kinds: tuple, where: str) -> str | None:
    if type(value) is not list:
        return _wrong(value, "a list", where)
    return _first(mismatch(item, kinds[0], f"{where}[{n}]") for n, item in enumerate(value))


def _tuple(value: object, kinds: tuple, where: str) -> str | None:
    if not isinstance(value, tuple | list):
        return _wrong(value, "a list", where)
    if kinds[1:] == (Ellipsis,):
        kinds = kinds[:1] * len(value)
    if len(value) != len(kinds):
        return _wrong(value, f"a list of {len(kinds)}", where)
    return _first(mismatch(item, k, f"{where}[{n}]") for n, (item, k) in enumerate(zip(value, kinds, strict=True)))


def _dict(value: object, kinds: tuple, where: str) -> str | None:
    if type(value) is not dict:
        return _wrong(value, "an object", where)
    names = (mismatch(key, kinds[0], f"a name in {where or 'it'}") for key in value)
    return _first(names) or _first(mismatch(item, kinds[1], f"{where}['{key}']") for key, item in value.items())


def _first(found: Iterable[str | None]) -> str | None:
    return next((line for line in found if line is not None), None)


_CHECKS = {
    Union: _union,
    UnionType: _union,
    Literal: _literal,
    Annotated: _annotated,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    Mapping: _dict,
}
