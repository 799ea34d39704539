"""Data that a network hardly means is told, and data that it means is not."""

from fractions import Fraction

import numpy as np
import pytest

from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning, Output
from whetgen.ir.nodes import Dense, Input
from whetgen.verification.doubts import doubts, is_chance, usual_span
from whetgen.verification.frames import Frames


def graph(element: str = "uint8", scale: Fraction = Fraction(1, 255)) -> Graph:
    nodes = (Input("x", (2,), ELEMENT_TYPES[element]), Dense("d", "x", np.ones((2, 10), int), np.zeros(10, int)))
    return Graph(nodes, (Output("y", "d", "scores", classifier=True),), InputMeaning(scale))


def codes(lo: int, hi: int) -> np.ndarray:
    return np.array([[lo, hi], [hi, lo]])


@pytest.mark.parametrize(
    ("element", "scale", "span"),
    [
        ("uint8", Fraction(1, 255), 255),
        ("uint8", Fraction(1, 16), 16),
        ("uint8", Fraction(1), 255),
        ("int8", Fraction(1, 127), 254),
        ("int8", Fraction(1, 1000), 255),
        ("int16", Fraction(1, 1000), 2000),
        ("bit", Fraction(1), 1),
    ],
)
def test_the_usual_span_is_that_of_the_type_or_of_the_scale(element, scale, span):
    assert usual_span(graph(element, scale)) == span


@pytest.mark.parametrize(
    ("element", "scale", "lo", "hi", "told"),
    [
        ("uint8", Fraction(1, 255), 0, 16, True),
        ("uint8", Fraction(1, 16), 0, 16, False),
        ("uint8", Fraction(1, 255), 10, 74, False),
        ("uint8", Fraction(1, 255), 10, 73, True),
        ("uint8", Fraction(1), 0, 1, True),
        ("int8", Fraction(1, 127), -128, 127, False),
        ("bit", Fraction(1), 0, 1, False),
        ("bit", Fraction(1), 0, 0, True),
    ],
)
def test_codes_that_use_less_than_a_quarter_are_told(element, scale, lo, hi, told):
    assert bool(doubts(graph(element, scale), Frames(codes(lo, hi)))) == told


def test_the_line_says_what_a_code_means():
    (line,) = doubts(graph(), Frames(codes(0, 16)))
    assert line == (
        "the data's codes reach from 0 to 16 only, uint8 from 0 to 255; were these the codes of the training? "
        "A code q, uint8 0..255, means q / 255 (--input-type, --input-scale)"
    )


LABELS = np.arange(450) % 10
RARE = np.where(np.arange(450) % 20 == 0, 1, 0)  # one of twenty
CLASSES = {
    "one class always": (np.full(450, 3), LABELS, True),
    "guessed": (np.random.default_rng(0).integers(0, 10, 450), LABELS, True),
    "twice as good as guessing": (np.where(np.arange(450) % 9 == 0, LABELS, (LABELS + np.arange(450) // 10) % 10), LABELS, False),
    "right": (LABELS, LABELS, False),
    "the frequent class always": (np.zeros(450, int), RARE, True),
    "half of the rare ones found": (np.where(np.arange(450) % 40 == 0, 1, 0), RARE, False),
    "always right, one label": (np.zeros(450, int), np.zeros(450, int), False),
    "too few frames to tell": (np.full(29, 3), LABELS[:29], False),
}  # fmt: skip


@pytest.mark.parametrize(
    ("scale", "frames", "right", "told"),
    [
        (Fraction(1), 40, True, 0),
        (Fraction(1), 40, False, 2),
        (Fraction(1), 29, True, 1),
        (Fraction(1, 255), 40, True, 1),
    ],
)
def test_few_codes_that_are_the_values_themselves_are_told_unless_the_classes_are_right(scale, frames, right, told):
    signs = np.tile([[-1, 1]], (frames, 1))
    classes = LABELS[:frames] if right else np.full(frames, 3)
    assert len(doubts(graph("int8", scale), Frames(signs, LABELS[:frames]), classes)) == told


@pytest.mark.parametrize("name", CLASSES)
def test_an_accuracy_of_chance_is_told_whatever_the_labels_frequencies(name):
    classes, labels, chance = CLASSES[name]
    assert is_chance(classes, labels) == chance


def test_the_accuracy_stands_in_the_line():
    frames = Frames(np.random.default_rng(0).integers(0, 256, (450, 2)), LABELS)
    (line,) = doubts(graph(), frames, np.full(450, 3))
    assert line.startswith(
        "accuracy 10.00% is that of chance; were these the codes of the training? A code q, uint8 0..255, "
    )
    assert doubts(graph(), frames, LABELS) == ()


def test_what_was_left_out_of_a_file_is_told_first():
    assert doubts(graph(), Frames(codes(0, 255), notes=("no labels",))) == ("no labels",)
