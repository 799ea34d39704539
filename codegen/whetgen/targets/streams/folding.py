"""Chooses each layer's setting, for every target: the smallest, by the cost model, that keeps a common pace."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from math import lcm, log

from whetgen.errors import BadInput
from whetgen.layers import Layer, LayerGraph
from whetgen.targets.streams.cost import ENDS, luts
from whetgen.targets.streams.options import DEFAULT_LANES, HardwareOptions
from whetgen.targets.streams.setting import Setting, cycles, legal_settings, read_elements, reuse, widest_word
from whetgen.wording import counted, meant

MAX_BUFFER_WORD = 16_384
_NEAREST = 4  # legal foldings that a refusal names
Settings = dict[str, Setting]
Cycles = Callable[[Layer, Setting], int]


def choose_settings(
    graph: LayerGraph, input_word: int, options: HardwareOptions, taken: Cycles, max_luts: int | None = None
) -> Settings:
    """Setting of each layer by its name; the same for every target, but where its form would miss an asked pace.

    ``taken``: cycles that a frame takes in the target's form of a layer. ``max_luts``: the fastest balanced settings of
    that size by the cost model.

    Raises:
        BadInput: a layer, a folding, a reuse or a pace that is not possible; the message lists what is.
    """
    _check_layers(graph, options)
    found = {layer.name: _allowed(layer, options) for layer in graph.layers}
    if options.reuse is not None:
        _restrict_to_reuse(graph, found, options)
    if options.most_cycles is not None:
        _restrict_to_pace(graph, found, options, options.most_cycles, taken)

    def at_pace(pace: int) -> Settings:
        return _cheapest(graph, input_word, found, pace)

    if max_luts is None:
        return at_pace(options.most_cycles or _default_pace(graph, found, options))
    return _within(graph, input_word, found, at_pace, max_luts, options.most_cycles)


def check_pace(what: str, least: int, options: HardwareOptions, remedy: str) -> None:
    """Refuse what cannot keep the pace that was asked for."""
    if options.most_cycles is not None and least > options.most_cycles:
        raise BadInput(
            f"--target-fps: {what} takes {counted(least, 'cycle')} a frame at least, {options.most_cycles:,} are left; {remedy}"
        )


def total_luts(graph: LayerGraph, input_word: int, chosen: Settings) -> int:
    """Of all layers and the ends of the network."""
    return round(sum(_layer_luts(graph, input_word, chosen).values(), float(ENDS)))


def layer_luts(graph: LayerGraph, input_word: int, chosen: Settings) -> dict[str, int]:
    """Of each layer, by its name."""
    return {name: round(taken) for name, taken in _layer_luts(graph, input_word, chosen).items()}


def _layer_luts(graph: LayerGraph, input_word: int, chosen: Settings) -> dict[str, float]:
    words, taken = {graph.input.name: input_word}, {}
    for layer in graph.layers:
        taken[layer.name] = luts(layer, chosen[layer.name], words)
        words[layer.result.name] = chosen[layer.name].pe * layer.result.width
    return taken


def _check_layers(graph: LayerGraph, options: HardwareOptions) -> None:
    layers = [layer.name for layer in graph.layers]
    for name in sorted(set(options.folding or {}) - set(layers)):
        raise BadInput(f"--fold {name}: {meant(name, layers)}there is no such layer; layers are {', '.join(layers)}")


def _allowed(layer: Layer, options: HardwareOptions) -> list[Setting]:
    """What the user asked for, else every legal setting whose words the target has."""
    legal = legal_settings(layer)
    if options.max_word_bits is not None:
        legal = [s for s in legal if widest_word(layer, s) <= options.max_word_bits] or legal[:1]
    if options.folding and layer.name in options.folding:
        asked = options.folding[layer.name]
        match = [s for s in legal if (s.pe, s.simd, s.planes) == (*asked, 1)[:3]]
        if not match:
            listed = [s.folding if s.planes == 1 else (*s.folding, s.planes) for s in legal]
            raise _illegal_folding(layer.name, asked, listed)
        return match
    return legal


def _illegal_folding(layer: str, asked: tuple[int, ...], legal: Sequence[tuple[int, ...]]) -> BadInput:
    """What to raise for a folding that is none of the ``legal`` ones: it names the nearest of them."""
    alike = [found for found in legal if len(found) == len(asked)] or legal
    near = sorted(
        alike, key=lambda found: (sum(abs(log(max(a, 1) / b)) for a, b in zip(asked, found, strict=False)), found)
    )
    nearest = ", ".join("x".join(map(str, found)) for found in near[:_NEAREST])
    return BadInput(
        f"--fold {layer}={'x'.join(map(str, asked))}: not possible; the nearest legal ones are {nearest} "
        f"(whetgen inspect MODEL --foldings lists all {len(legal)})"
    )


def _default_pace(graph: LayerGraph, found: dict[str, list[Setting]], options: HardwareOptions) -> int:
    """Cycles a frame where none are asked for: what the slowest layer reaches in reasonable width."""

    def reached(layer: Layer) -> int:
        few = [s for s in found[layer.name] if s.pe * s.simd <= DEFAULT_LANES] or found[layer.name][:1]
        return min(cycles(layer, s) for s in few)

    return max([options.target_cycles, *map(reached, graph.layers)])


def _restrict_to_reuse(graph: LayerGraph, found: dict[str, list[Setting]], options: HardwareOptions) -> None:
    """Keep the settings in which each multiplier works ``options.reuse`` times for a position."""
    linear = [layer for layer in graph.linear if layer.name not in (options.folding or {})]
    values = [{reuse(layer, s) for s in found[layer.name] if s.planes == 1} for layer in linear]
    legal = sorted(set.intersection(*values)) if values else []
    if options.reuse not in legal:
        possible = ", ".join(map(str, legal))
        if not legal:
            own = (f"'{n.name}' takes {', '.join(map(str, sorted(v)))}" for n, v in zip(linear, values, strict=True))
            possible = f"none for all layers at once; {'; '.join(own)}; use --fold"
        raise BadInput(f"--reuse {options.reuse}: not possible for this network; legal values: {possible}")
    for layer in linear:
        found[layer.name] = [s for s in found[layer.name] if s.planes == 1 and reuse(layer, s) == options.reuse]


def _restrict_to_pace(
    graph: LayerGraph, found: dict[str, list[Setting]], options: HardwareOptions, most_cycles: int, taken: Cycles
) -> None:
    """Keep the settings in which the target's form of the layer takes ``most_cycles`` at most."""
    fastest = {layer.name: min(taken(layer, s) for s in found[layer.name]) for layer in graph.layers}
    if fastest:
        slowest = max(fastest, key=lambda name: fastest[name])
        check_pace(f"layer '{slowest}'", fastest[slowest], options, "lower --target-fps or raise --clock-mhz")
    for layer in graph.layers:
        found[layer.name] = [s for s in found[layer.name] if taken(layer, s) <= most_cycles]


def _cheapest(graph: LayerGraph, input_word: int, found: dict[str, list[Setting]], pace: int) -> Settings:
    words, chosen = {graph.input.name: input_word}, Settings()
    for layer in graph.layers:
        chosen[layer.name] = min(found[layer.name], key=partial(_rank, layer, words, pace))
        words[layer.result.name] = chosen[layer.name].pe * layer.result.width
    return chosen


def _rank(layer: Layer, words: dict[str, int], pace: int, setting: Setting) -> tuple[float, ...]:
    joint = max(lcm(words[t.name], read_elements(layer, setting) * t.width) for t in layer.sources)
    late = max(cycles(layer, setting) - pace, 0)
    return late, joint > MAX_BUFFER_WORD, luts(layer, setting, words), joint, setting.pe, setting.simd


def _within(
    graph: LayerGraph,
    input_word: int,
    found: dict[str, list[Setting]],
    at_pace: Callable[[int], Settings],
    max_luts: int,
    most_cycles: int | None,
) -> Settings:
    """The fastest balanced settings of at most ``max_luts``."""
    paces = sorted({cycles(layer, s) for layer in graph.layers for s in found[layer.name]})
    slowest = max(min(cycles(layer, s) for s in found[layer.name]) for layer in graph.layers)
    paces = [p for p in paces if p >= slowest and p <= (most_cycles or p)] or [slowest]
    smallest = total_luts(graph, input_word, at_pace(paces[-1]))
    if smallest > max_luts:
        raise BadInput(
            f"--max-luts {max_luts}: about {counted(smallest, 'LUT')} are the smallest possible; ask for more"
        )

    def fits(pace: int) -> bool:
        return total_luts(graph, input_word, at_pace(pace)) <= max_luts

    return at_pace(paces[bisect_left(paces[:-1], True, key=fits)])
