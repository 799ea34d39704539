"""What a page is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """An SVG with its title and a line below it."""

    title: str
    svg: str
    caption: str


@dataclass(frozen=True)
class PageTable:
    """Rows of cells under a head. ``caption``: a line above it; ``folded``: shown when asked for; ``sortable``: by any column."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    folded: bool = False
    sortable: bool = False


@dataclass(frozen=True)
class Tile:
    """One figure of the headline: ``value`` of ``label``, and how it is known."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class ExampleFrame:
    """A frame of the data as a picture. ``number``: its place among those of the page; ``image``: a data URI; ``wrong``:
    it has a label and the network says another class."""

    number: int
    image: str
    caption: str
    wrong: bool = False


@dataclass(frozen=True)
class Gallery:
    """Examples under a title, with a line above them."""

    title: str
    lead: str
    examples: tuple[ExampleFrame, ...]


@dataclass(frozen=True)
class Card:
    """A layer: facts as (what, value), then pictures."""

    name: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Cell:
    """Of a matrix: its number, how dark it is in percent, and whether it stands for what is right."""

    text: str
    dark: int
    right: bool


@dataclass(frozen=True)
class Matrix:
    """Labels down, classes across. ``named``: the classes have names, which stand upright above the columns."""

    caption: str
    classes: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    named: bool = False


@dataclass(frozen=True)
class Bar:
    """Of a diagram of times: from ``left`` for ``width``, both in percent of the whole; ``again``: of a later frame."""

    left: float
    width: float
    again: bool = False


@dataclass(frozen=True)
class Lane:
    """One layer's bars, and what they say in words."""

    name: str
    told: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Timeline:
    """Lanes one below the other, over one axis of ``cycles``."""

    caption: str
    cycles: str
    lanes: tuple[Lane, ...]
