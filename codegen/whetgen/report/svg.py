"""Small charts as SVG text: 320 units wide, so that their letters can be read on a phone; colours come from the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

WIDTH = 320
_LEFT, _RIGHT, _TOP = 42, 8, 8
_CLOSE = 24  # numbers of points that are nearer would overlap
_DASHES = ("", "6 3", "2 2", "8 2 2 2", "1 3", "10 4")


def picture(height: float, told: str, elements: Iterable[str], width: float = WIDTH, style: str = "") -> str:
    """The whole SVG. ``told``: what a screen reader says of it; ``style``: its CSS, where the page's is not enough."""
    body, own = "\n".join(elements), f' style="{style}"' if style else ""
    return f'<svg viewBox="0 0 {n(width)} {n(height)}" role="img" aria-label="{escape(told)}"{own}>\n{body}\n</svg>'


def n(value: float) -> str:
    """A coordinate: two digits behind the point at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{n(x)}" y="{n(y)}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def histogram(counts: Sequence[int], marks: Sequence[tuple[float, str]], told: str) -> str:
    """Upright bars side by side. ``marks``: words below the axis, at a place from 0 (left) to ``len(counts)`` (right)."""
    wide, tall, bottom = WIDTH - 2 * _RIGHT, 80, _TOP + 80
    most, step = max([*counts, 1]), wide / max(len(counts), 1)
    bars = [
        f'<rect class="bar" x="{n(_RIGHT + k * step)}" y="{n(bottom - tall * count / most)}" '
        f'width="{n(max(step - min(1, step / 4), 0.5))}" height="{n(tall * count / most)}"/>'
        for k, count in enumerate(counts)
        if count
    ]
    axis = f'<path class="axis" d="M{_RIGHT} {bottom}H{WIDTH - _RIGHT}"/>'
    words = [text(_RIGHT + at * step, bottom + 14, word, "small", _anchor(at, len(counts))) for at, word in marks]
    return picture(bottom + 20, told, [*bars, axis, *words])


def _anchor(at: float, count: float) -> str:
    """Words at an end of the axis stay inside."""
    return "start" if at <= count / 8 else "end" if at >= count * 7 / 8 else "middle"


@dataclass(frozen=True)
class Curve:
    """Points (x, y), and the range of y at each where there is one."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    lowest: Sequence[float] = ()
    highest: Sequence[float] = ()


def lines(curves: Sequence[Curve], across: str, logarithmic: bool = False) -> str:
    """Lines of values from 0 to 1, each dashed in its own way; a band from the lowest to the highest values."""
    xs = [_place(x, logarithmic) for curve in curves for x in curve.xs]
    first, span = min(xs), (max(xs) - min(xs)) or 1.0
    wide, tall = WIDTH - _LEFT - _RIGHT, 130
    bottom = _TOP + tall

    def at(x: float, y: float) -> str:
        return f"{n(_LEFT + wide * (_place(x, logarithmic) - first) / span)} {n(bottom - tall * min(max(y, 0), 1))}"

    drawn = [_grid(bottom, tall)]
    for k, curve in enumerate(curves):
        if curve.lowest:
            up = [at(x, y) for x, y in zip(curve.xs, curve.highest, strict=True)]
            down = [at(x, y) for x, y in zip(curve.xs, curve.lowest, strict=True)]
            drawn.append(f'<path class="band" d="M{"L".join([*up, *down[::-1]])}Z"/>')
        points = "L".join(at(x, y) for x, y in zip(curve.xs, curve.ys, strict=True))
        drawn.append(f'<path class="line" stroke-dasharray="{_DASHES[k % len(_DASHES)]}" d="M{points}"/>')
    drawn += [
        text(
            _LEFT + wide * share,
            bottom + 14,
            f"{_unplace(first + span * share, logarithmic):g}",
            "small",
            _anchor(share, 1),
        )
        for share in _ticks(first, span, logarithmic)
    ]
    drawn.append(text(_LEFT + wide / 2, bottom + 28, across, "small", "middle"))
    height, legend = _legend([curve.name for curve in curves], bottom + 48)
    return picture(
        height, f"{', '.join(curve.name for curve in curves)}, from 0 to 1, over {across}", [*drawn, *legend]
    )


def _ticks(first: float, span: float, logarithmic: bool) -> list[float]:
    """Where numbers stand below an axis, from 0 to 1: at its ends and, of a logarithmic one, at powers of ten that leave those room."""
    powers = [(power - first) / span for power in range(ceil(first), ceil(first + span))] if logarithmic else []
    return [0.0, *(share for share in powers if 0.12 < share < 0.85), 1.0]


def _grid(bottom: float, tall: float) -> str:
    rows = "".join(f"M{_LEFT} {n(bottom - tall * k / 4)}H{WIDTH - _RIGHT}" for k in range(5))
    words = (text(_LEFT - 4, bottom - tall * k / 4 + 4, f"{25 * k} %", "small", "end") for k in range(5))
    return f'<path class="grid" d="{rows}"/>' + "".join(words)


def _legend(names: Sequence[str], top: float) -> tuple[float, list[str]]:
    """The height of the picture with it, and a dashed sample and a name each, two in a row."""
    found = []
    for k, name in enumerate(names):
        x, y = _LEFT + (k % 2) * 145, top + (k // 2) * 16
        found.append(f'<path class="line" stroke-dasharray="{_DASHES[k % len(_DASHES)]}" d="M{x} {n(y - 4)}h22"/>')
        found.append(text(x + 28, y, name if len(name) < 20 else name[:18] + "…", "small"))
    return top + ceil(len(names) / 2) * 16 - 8, found


def _place(x: float, logarithmic: bool) -> float:
    return log10(x) if logarithmic else x


def _unplace(x: float, logarithmic: bool) -> float:
    return 10**x if logarithmic else x


@dataclass(frozen=True)
class Dot:
    """A point with its name. ``best``: nothing is better in both directions."""

    name: str
    x: float
    y: float
    best: bool


def _ends(dots: Sequence[Dot]) -> list[Dot]:
    """The lowest and the highest, one where they are the same."""
    lowest, highest = (choose(dots, key=lambda dot: dot.y) for choose in (min, max))
    return [lowest] if lowest.y == highest.y else [lowest, highest]


def scatter(dots: Sequence[Dot], across: str, up: str, listed: bool = True) -> str:
    """Points over a logarithmic axis; the best ones filled and joined by steps.

    ``listed``: points are numbered, their names stand below; else each has its name beside it, where it has one.
    """
    wide, tall = WIDTH - _LEFT - _RIGHT, 170
    bottom = _TOP + 12 + tall
    xs, ys = [log10(dot.x) for dot in dots], [dot.y for dot in dots]
    across_span, up_span = (max(xs) - min(xs)) or 1.0, (max(ys) - min(ys)) or 1.0

    def at(dot: Dot) -> tuple[float, float]:
        return (
            _LEFT + 8 + (wide - 16) * (log10(dot.x) - min(xs)) / across_span,
            bottom - 8 - (tall - 24) * (dot.y - min(ys)) / up_span,
        )

    front = sorted(at(dot) for dot in dots if dot.best)
    steps = "".join(f"H{n(x)}V{n(y)}" for x, y in front[1:])
    drawn = [f'<path class="axis" d="M{_LEFT} {_TOP + 12}V{bottom}H{WIDTH - _RIGHT}"/>']
    drawn += [f'<path class="line" d="M{n(front[0][0])} {n(front[0][1])}{steps}"/>'] if front else []
    labels: dict[tuple[float, float], list[str]] = {}
    for k, dot in enumerate(dots, start=1):
        x, y = at(dot)
        if listed or dot.name:
            labels.setdefault((x, y), []).append(str(k) if listed else dot.name)
        drawn.append(f'<circle class="{"dot best" if dot.best else "dot"}" cx="{n(x)}" cy="{n(y)}" r="4"/>')
    drawn += [
        text(_LEFT, bottom + 14, f"{min(dot.x for dot in dots):,g}", "small"),
        text(WIDTH - _RIGHT, bottom + 14, f"{max(dot.x for dot in dots):,g}", "small", "end"),
        text(_LEFT + wide / 2, bottom + 14, across, "small", "middle"),
        text(4, _TOP + 4, up, "small"),
        *(text(_LEFT - 4, at(dot)[1] + 4, f"{dot.y:.1%}", "small", "end") for dot in _ends(dots)),
    ]
    above: list[tuple[float, float]] = []
    for (x, y), told in labels.items():
        beside = any(abs(x - other) < _CLOSE and abs(y - height) < _CLOSE for other, height in above)
        above += [] if beside else [(x, y)]
        drawn.append(text(x, y + (16 if beside else -7), ", ".join(told), "small", _anchor(x - _LEFT, wide)))
    names = [f"{k}  {dot.name}" for k, dot in enumerate(dots, start=1)] if listed else []
    drawn += [text(_LEFT, bottom + 37 + 15 * k, name, "small") for k, name in enumerate(names)]
    return picture(bottom + 30 + 15 * len(names), f"{up} over {across} of {len(dots)} networks", drawn)
