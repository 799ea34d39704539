"""Chooses each layer's setting: the smallest, by the cost model, that keeps a common pace."""

from __future__ import annotations

from collections.abc import Callable

from whetgen.backends.hardware.folding import MAX_BUFFER_WORD, check_layers, check_pace, illegal_folding, lcm
from whetgen.backends.hardware.options import DEFAULT_LANES
from whetgen.backends.hardware.steps import Linear, Step, Steps
from whetgen.backends.verilog.folded.cost import ENDS, luts
from whetgen.backends.verilog.folded.setting import Setting, cycles, legal_settings, read_elements, reuse
from whetgen.backends.verilog.options import VerilogOptions
from whetgen.errors import BadInput
from whetgen.wording import counted

Settings = dict[str, Setting]


def choose_settings(steps: Steps, input_word: int, options: VerilogOptions) -> Settings:
    """Setting of each step by its layer's name.

    Raises:
        BadInput: a layer, a folding, a reuse or a pace that is not possible; the message lists what is.
    """
    check_layers(steps, options)
    found = {step.layer: _allowed(step, options) for step in steps.steps}
    if options.reuse is not None:
        _restrict_to_reuse(steps, found, options)
    fastest = {step.layer: min(cycles(step, s) for s in found[step.layer]) for step in steps.steps}
    slowest = max(fastest, key=fastest.get, default=None)
    if slowest is not None:
        check_pace(f"layer '{slowest}'", fastest[slowest], options, "lower --target-fps or raise --clock-mhz")

    def at_pace(pace: int) -> Settings:
        return _cheapest(steps, input_word, found, pace)

    if options.max_luts is None:
        return at_pace(options.most_cycles or _default_pace(steps, found, options))
    return _within(steps, input_word, found, at_pace, options)


def total_luts(steps: Steps, input_word: int, chosen: Settings) -> int:
    """Of all layers and the ends of the network."""
    words, total = {steps.input.name: input_word}, float(ENDS)
    for step in steps.steps:
        total += luts(step, chosen[step.layer], words)
        words[step.result.name] = chosen[step.layer].pe * step.result.width
    return round(total)


def _allowed(step: Step, options: VerilogOptions) -> list[Setting]:
    """What the user asked for, else every legal setting."""
    legal = legal_settings(step)
    if step.layer in options.folding:
        asked = tuple(options.folding[step.layer])
        match = [s for s in legal if (s.pe, s.simd, s.planes) == (*asked, 1)[:3]]
        if not match:
            listed = [s.folding if s.planes == 1 else (*s.folding, s.planes) for s in legal]
            raise illegal_folding(step.layer, asked, listed)
        return match
    return legal


def _default_pace(steps: Steps, found: dict[str, list[Setting]], options: VerilogOptions) -> int:
    """Cycles a frame where none are asked for: what the slowest layer reaches in reasonable width."""

    def reached(step: Step) -> int:
        few = [s for s in found[step.layer] if s.pe * s.simd <= DEFAULT_LANES] or found[step.layer][:1]
        return min(cycles(step, s) for s in few)

    return max([options.target_cycles, *map(reached, steps.steps)])


def _restrict_to_reuse(steps: Steps, found: dict[str, list[Setting]], options: VerilogOptions) -> None:
    """Keep the settings in which each multiplier works ``options.reuse`` times for a position."""
    linear = [s for s in steps.steps if isinstance(s, Linear) and s.layer not in options.folding]
    values = [{reuse(s, setting) for setting in found[s.layer] if setting.planes == 1} for s in linear]
    legal = sorted(set.intersection(*values)) if values else []
    if options.reuse not in legal:
        possible = ", ".join(map(str, legal))
        if not legal:
            own = (f"'{s.layer}' takes {', '.join(map(str, sorted(v)))}" for s, v in zip(linear, values, strict=True))
            possible = f"none for all layers at once; {'; '.join(own)}; use --fold"
        raise BadInput(f"--reuse {options.reuse}: not possible for this network; legal values: {possible}")
    for step in linear:
        found[step.layer] = [s for s in found[step.layer] if s.planes == 1 and reuse(step, s) == options.reuse]


def _cheapest(steps: Steps, input_word: int, found: dict[str, list[Setting]], pace: int) -> Settings:
    words, chosen = {steps.input.name: input_word}, {}
    for step in steps.steps:
        chosen[step.layer] = min(found[step.layer], key=lambda s, step=step: _rank(step, s, words, pace))
        words[step.result.name] = chosen[step.layer].pe * step.result.width
    return chosen


def _rank(step: Step, setting: Setting, words: dict[str, int], pace: int) -> tuple:
    joint = max(lcm(words[t.name], read_elements(step, setting) * t.width) for t in step.sources)
    late = max(cycles(step, setting) - pace, 0)
    return late, joint > MAX_BUFFER_WORD, luts(step, setting, words), joint, setting.pe, setting.simd


def _within(
    steps: Steps,
    input_word: int,
    found: dict[str, list[Setting]],
    at_pace: Callable[[int], Settings],
    options: VerilogOptions,
) -> Settings:
    """The fastest balanced settings of at most ``options.max_luts``."""
    paces = sorted({cycles(step, s) for step in steps.steps for s in found[step.layer]})
    slowest = max(min(cycles(step, s) for s in found[step.layer]) for step in steps.steps)
    paces = [p for p in paces if p >= slowest and p <= (options.most_cycles or p)] or [slowest]
    low, high = 0, len(paces) - 1
    smallest = total_luts(steps, input_word, at_pace(paces[high]))
    if smallest > options.max_luts:
        raise BadInput(
            f"--max-luts {options.max_luts}: about {counted(smallest, 'LUT')} are the smallest possible; ask for more"
        )
    while low < high:
        middle = (low + high) // 2
        if total_luts(steps, input_word, at_pace(paces[middle])) <= options.max_luts:
            high = middle
        else:
            low = middle + 1
    return at_pace(paces[low])
