"""Values are of a type or the line says where they are not."""

import re
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import numpy as np
import pytest

from whetgen.foreign.typed import mismatch


class Row(TypedDict):
    layer: str
    cycles: NotRequired[Annotated[int, range(0, 10)]]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1, int), (1, float), (1.5, float), (True, bool), ("a", str), (None, None), (None, int | None), (2, int | None),
        ("a", Literal["a", "b"]), ([1, 2], list[int]), ((1, 2), tuple[int, ...]), ([1, 2], tuple[int, int]),
        ({"a": 1}, dict[str, int]), (np.zeros(2), np.ndarray), (object(), Any), ({"layer": "a", "more": 1}, Row),
        ({"layer": "a", "cycles": 9}, Row), ("ab", Annotated[str, re.compile("a."), "two letters"]), (((1, 2), (3, 4)), tuple[tuple[int, int], ...]),
    ],
)  # fmt: skip
def test_what_fits(value, kind):
    assert mismatch(value, kind) is None


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (True, int, "it is True, not a whole number"),
        (1.0, int, "it is 1.0, not a whole number"),
        (0, bool, "it is 0, not true or false"),
        (float("nan"), float, "it is nan, not a number"),
        ("1", int | None, "it is '1', not a whole number"),
        ("1", int | list[int], "it is '1', not a whole number or a list"),
        ("c", Literal["a", "b"], "it is 'c', not a or b"),
        (1, Literal[True], "it is 1, not True"),
        ([1, "2"], list[int], "[1] is '2', not a whole number"),
        ((1, 2, 3), tuple[int, int], "it is (1, 2, 3), not a list of 2"),
        ([], dict[str, int], "it is [], not an object"),
        ({"a": {"b": "c"}}, dict[str, dict[str, int]], "['a']['b'] is 'c', not a whole number"),
        ({}, Row, "it has no 'layer'"),
        ({"layer": "a", "cycles": 10}, Row, "cycles is 10, not in 0..9"),
        ([{"layer": 7}], list[Row], "[0].layer is 7, not text"),
        ("b" * 99, Annotated[str, re.compile("a"), "an a"], f"it is '{'b' * 59}..., not an a"),
        (7, np.ndarray, "it is 7, not ndarray"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(value, kind, message):
    assert mismatch(value, kind) == message
