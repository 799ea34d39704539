"""The network as a drawing: a box a layer, from the input above to the outputs below."""

from __future__ import annotations

from html import escape
from math import prod

from whetgen.ir import Graph
from whetgen.layers import layer_graph
from whetgen.report.inspection import LayerFacts, layers
from whetgen.report.svg import n, picture, text
from whetgen.wording import counted, plural

_BOX, _GAP, _TALL, _ROW = 210, 24, 54, 86
_LONGEST = 28  # letters in a box


def drawing(graph: Graph) -> str:
    """SVG text. Boxes of layers whose cards are on the page lead there."""
    found = layer_graph(graph)
    facts = dict(zip((t.name for t in found.tensors), layers(graph), strict=True))
    rows = _rows({layer.result.name: [t.name for t in layer.sources] for layer in found.layers}, found.input.name)
    most = max(len(row) for row in rows)
    width = max(most * (_BOX + _GAP), 320)
    places = {
        name: (width / 2 + (k - (len(row) - 1) / 2) * (_BOX + _GAP), y * _ROW + 4)
        for y, row in enumerate(rows)
        for k, name in enumerate(row)
    }
    arrows = [
        _arrow(places[source.name], places[layer.result.name], facts[source.name])
        for layer in found.layers
        for source in layer.sources
    ]
    boxes = [
        _box(x, y, facts[name], number) for number, (name, (x, y)) in enumerate((name, places[name]) for name in facts)
    ]
    told = f"{counted(len(found.layers), 'layer')}, from {', '.join(fact.name for fact in facts.values())}"
    return picture(len(rows) * _ROW - _ROW + _TALL + 10, told, [*arrows, *boxes], width, _size(width, most))


def _size(width: float, columns: int) -> str:
    """CSS: boxes side by side are rather scrolled than too small to read."""
    least = f"min-width: {n(width)}px; " if columns > 1 else ""
    return f"{least}max-width: {n(1.2 * width)}px"


def anchor(number: int) -> str:
    """Of the card of a layer, the input being 0."""
    return f"layer-{number}"


def _rows(sources: dict[str, list[str]], entry: str) -> list[list[str]]:
    """Names row by row: each below all that it reads."""
    depth = {entry: 0}
    for name, read in sources.items():
        depth[name] = 1 + max(depth[source] for source in read)
    return [[name for name, at in depth.items() if at == row] for row in range(max(depth.values()) + 1)]


def _arrow(start: tuple[float, float], end: tuple[float, float], fact: LayerFacts) -> str:
    """From the bottom of a box to the top of another; one that passes rows swings out to the left."""
    (x, y), (to_x, to_y) = start, end
    y += _TALL
    told = f"{'x'.join(map(str, fact.shape))}, {counted(fact.value_bits, 'bit')}"
    if to_y - y < _ROW:
        line = f"M{n(x)} {n(y)}L{n(to_x)} {n(to_y - 5)}"
        return f'<path class="arrow" d="{line}"/>' + text((x + to_x) / 2 + 6, (y + to_y) / 2 + 3, told, "small")
    out = min(x, to_x) - _BOX / 2 - _GAP / 2
    line = f"M{n(x)} {n(y)}C{n(out)} {n(y + 24)} {n(out)} {n(to_y - 30)} {n(to_x - 30)} {n(to_y - 5)}"
    return f'<path class="arrow" d="{line}"><title>{escape(told)}</title></path>'


def _box(x: float, y: float, fact: LayerFacts, number: int) -> str:
    left = x - _BOX / 2
    wide = "" if fact.weight_bits is None else f", weights {fact.weight_bits} bit"
    amount = counted(prod(fact.shape), "value") if fact.synapses is None else f"{fact.synapses:,} {plural('synapse')}"
    inside = [
        f'<title>{escape(fact.name)}</title><rect class="box" x="{n(left)}" y="{n(y)}" width="{_BOX}" height="{_TALL}" rx="6"/>',
        text(x, y + 16, _short(fact.name), "name", "middle"),
        text(x, y + 31, _short(fact.kind), "small", "middle"),
        text(x, y + 46, amount + wide, "small", "middle"),
    ]
    return f'<a href="#{anchor(number)}">{"".join(inside)}</a>'


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"
