"""Options that Python code gives, compared with the type hints of the dataclass that holds them."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Literal, get_args, get_origin, get_type_hints

from whetgen.errors import BadInput
from whetgen.foreign.typed import mismatch


def check_types(options: object) -> None:
    """Refuse a field of a dataclass that is not of its type.

    Text where the type is one of several words is left to those who know them: they say which one is alike. NaN and
    infinities are left to those who know the range.

    Raises:
        BadInput: with the field's name.
    """
    for name, kind in get_type_hints(type(options)).items():
        value = getattr(options, name)
        kinds = [k for k in get_args(kind) if k is not type(None)] or [kind]
        if (value is None and kind not in kinds) or (
            isinstance(value, str) and all(get_origin(k) is Literal for k in kinds)
        ):
            continue
        if float in kinds and isinstance(value, float):
            continue
        if found := mismatch(value, reduce(or_, kinds), name):
            raise BadInput(f"{type(options).__name__}: {found}")
