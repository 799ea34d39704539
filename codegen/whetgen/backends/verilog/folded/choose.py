"""Chooses each layer's setting: the fewest lanes that keep up with the slowest layer."""

from __future__ import annotations

from whetgen.backends.hardware.folding import MAX_BUFFER_WORD, Folding, check_pace, lcm
from whetgen.backends.hardware.options import MAX_LANES, HardwareOptions
from whetgen.backends.hardware.steps import Linear, Step, Steps
from whetgen.backends.verilog.folded.setting import Setting, cycles, legal_settings
from whetgen.errors import BadInput


def choose_settings(steps: Steps, input_word: int, options: HardwareOptions) -> dict[str, Setting]:
    """Setting of each step by its layer's name."""
    check_layers(steps, options)
    pace = _pace(steps, options)
    words = {steps.input.name: input_word}
    chosen: dict[str, Setting] = {}
    for step in steps.steps:
        chosen[step.layer] = _choose(step, words, pace, options)
        words[step.result.name] = chosen[step.layer].pe * step.result.width
    return chosen


def check_layers(steps: Steps, options: HardwareOptions) -> None:
    """Refuse a folding of what is no layer."""
    layers = [s.layer for s in steps.steps]
    unknown = sorted(set(options.folding) - set(layers))
    if unknown:
        raise BadInput(f"folding names {unknown[0]!r}, which is no layer; layers are {', '.join(layers)}")


def _pace(steps: Steps, options: HardwareOptions) -> int:
    """Cycles a frame to which the layers are balanced."""
    fastest = {step.layer: min(cycles(step, s) for s in affordable(step, options)) for step in steps.steps}
    if options.most_cycles is None:
        return max([options.target_cycles, *fastest.values()])
    slowest = max(fastest, key=fastest.get)
    check_pace(f"layer '{slowest}'", fastest[slowest], options, "lower --target-fps or raise --clock-mhz")
    return options.most_cycles


def affordable(step: Step, options: HardwareOptions) -> list[Setting]:
    """What the user asked for, else every legal setting of reasonable width."""
    legal = [s for s in legal_settings(step) if s.planes == 1]
    if step.layer in options.folding:
        asked: Folding = tuple(options.folding[step.layer])
        found = [s for s in legal if s.folding == asked]
        if not found:
            raise BadInput(
                f"folding {asked} of layer '{step.layer}' is not possible; legal (PE, SIMD): {[s.folding for s in legal]}"
            )
        return found
    return [s for s in legal if s.pe * s.simd <= MAX_LANES] or legal[:1]


def _choose(step: Step, words: dict[str, int], pace: int, options: HardwareOptions) -> Setting:
    def cost(setting: Setting):
        joint = max(lcm(words[t.name], setting.simd * t.width) for t in step.sources)
        lanes = setting.pe * setting.simd if isinstance(step, Linear) else setting.pe
        return joint > MAX_BUFFER_WORD, max(cycles(step, setting) - pace, 0), lanes, joint, setting.folding

    return min(affordable(step, options), key=cost)
