"""Chooses how many neurons (PE) and inputs (SIMD) each layer handles in a cycle."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, log

import numpy as np

from whetgen.backends.hardware.options import DEFAULT_LANES, HardwareOptions
from whetgen.backends.hardware.steps import Blend, Linear, Pool, Step, Steps
from whetgen.errors import BadInput
from whetgen.wording import counted, meant

MAX_BUFFER_WORD = 16_384
_NEAREST = 4  # legal foldings that a refusal names
Folding = tuple[int, int]


def divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


def lcm(a: int, b: int) -> int:
    return a * b // gcd(a, b)


def stage_cycles(step: Step, folding: Folding) -> int:
    """Cycles from a frame's last word coming in to its last word going out; also the interval."""
    pe, simd = folding
    if isinstance(step, Linear):
        g = step.geometry
        return g.positions * g.taps * (g.channels // simd) * (step.neurons // pe) + 6
    if isinstance(step, Pool):
        g = step.geometry
        return g.positions * g.taps * (g.channels // simd) + 4
    return step.result.count // simd + 4


def legal_foldings(step: Step) -> list[Folding]:
    """Every (PE, SIMD): PE divides the neurons, SIMD the channels; pools and blends have PE = SIMD."""
    if isinstance(step, Linear):
        return [(pe, simd) for pe in divisors(step.neurons) for simd in divisors(step.geometry.channels)]
    if isinstance(step, Pool):
        return [(n, n) for n in divisors(step.geometry.channels)]
    if isinstance(step, Blend):
        return [(n, n) for n in divisors(len(step.levels))]
    return [(1, 1)]


def choose_foldings(steps: Steps, input_word: int, options: HardwareOptions) -> dict[str, Folding]:
    """Folding of each step by its layer's name: the fewest lanes that keep up with the slowest layer."""
    check_layers(steps, options)
    pace = _pace(steps, options)
    words = {steps.input.name: input_word}
    chosen: dict[str, Folding] = {}
    for step in steps.steps:
        chosen[step.layer] = _choose(step, words, pace, options)
        words[step.result.name] = chosen[step.layer][0] * step.result.width
    return chosen


def check_layers(steps: Steps, options: HardwareOptions) -> None:
    """Refuse a folding of what is no layer."""
    layers = [s.layer for s in steps.steps]
    for name in sorted(set(options.folding) - set(layers)):
        raise BadInput(f"--fold {name}: {meant(name, layers)}there is no such layer; layers are {', '.join(layers)}")


def illegal_folding(layer: str, asked: tuple[int, ...], legal: Sequence[tuple[int, ...]]) -> BadInput:
    """What to raise for a folding that is none of the ``legal`` ones: it names the nearest of them."""
    alike = [found for found in legal if len(found) == len(asked)] or legal
    near = sorted(alike, key=lambda found: (sum(abs(log(max(a, 1) / b)) for a, b in zip(asked, found, strict=False)), found))
    nearest = ", ".join("x".join(map(str, found)) for found in near[:_NEAREST])
    return BadInput(
        f"--fold {layer}={'x'.join(map(str, asked))}: not possible; the nearest legal ones are {nearest} "
        f"(whetgen inspect MODEL --foldings lists all {len(legal)})"
    )


def _pace(steps: Steps, options: HardwareOptions) -> int:
    """Cycles a frame to which the layers are balanced."""
    if options.most_cycles is None:
        few = (within_lanes(_affordable(step, options)) for step in steps.steps)
        fastest = (min(stage_cycles(s, f) for f in found) for s, found in zip(steps.steps, few, strict=True))
        return max([options.target_cycles, *fastest])
    fastest = {s.layer: min(stage_cycles(s, f) for f in _affordable(s, options)) for s in steps.steps}
    slowest = max(fastest, key=fastest.get)
    check_pace(f"layer '{slowest}'", fastest[slowest], options, "lower --target-fps or raise --clock-mhz")
    return options.most_cycles


def check_pace(what: str, cycles: int, options: HardwareOptions, remedy: str) -> None:
    """Refuse what cannot keep the pace that was asked for."""
    if options.most_cycles is not None and cycles > options.most_cycles:
        raise BadInput(
            f"--target-fps: {what} takes {counted(cycles, 'cycle')} a frame at least, {options.most_cycles:,} are left; {remedy}"
        )


def within_lanes(foldings: Sequence[Folding]) -> Sequence[Folding]:
    """Those of reasonable width; where none is, the first."""
    return [f for f in foldings if f[0] * f[1] <= DEFAULT_LANES] or foldings[:1]


def _affordable(step: Step, options: HardwareOptions) -> list[Folding]:
    if step.layer in options.folding:
        asked = tuple(options.folding[step.layer])
        if asked not in legal_foldings(step):
            raise illegal_folding(step.layer, asked, legal_foldings(step))
        return [asked]
    return [f for f in legal_foldings(step) if _fits(step, f, options.max_word_bits)] or [(1, 1)]


def _fits(step: Step, folding: Folding, max_word_bits: int | None) -> bool:
    widest = max(folding[0] * step.result.width, *(folding[1] * t.width for t in step.sources))
    return max_word_bits is None or widest <= max_word_bits


def _choose(step: Step, words: dict[str, int], pace: int, options: HardwareOptions) -> Folding:
    def cost(folding: Folding):
        joint = max(lcm(words[t.name], folding[1] * t.width) for t in step.sources)
        cycles = stage_cycles(step, folding)
        lanes = folding[0] * folding[1] if isinstance(step, Linear) else folding[0]
        return joint > MAX_BUFFER_WORD, max(cycles - pace, 0), lanes, joint, folding

    return min(_affordable(step, options), key=cost)


def weight_blocks(step: Linear, folding: Folding) -> np.ndarray:
    """Weights in the order of the walk: (pass * steps + step, PE, SIMD); a step is a chunk of a tap."""
    (pe, simd), (inputs, neurons) = folding, step.weights.shape
    blocks = step.weights.reshape(inputs // simd, simd, neurons // pe, pe)
    return blocks.transpose(2, 0, 3, 1).reshape(-1, pe, simd)
