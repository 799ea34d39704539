"""How many neurons and inputs of a layer the hardware computes at once, and the clock cycles that the layer then takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TypeGuard

from whetgen.layers import Blend, Layer, Linear, Move, Pool, Window
from whetgen.targets.streams.thresholds import summed
from whetgen.wording import counted

Folding = tuple[int, int]


@dataclass(frozen=True)
class Setting:
    """``pe`` neurons (processing elements) and ``simd`` inputs of each at once.

    ``planes``: 1 where an input comes whole; else its bits, which come one a cycle.
    """

    pe: int
    simd: int
    planes: int = 1

    def __str__(self) -> str:
        planes = f", {counted(self.planes, 'plane')}" if self.planes > 1 else ""
        return f"PE {self.pe}, SIMD {self.simd}{planes}"

    @property
    def folding(self) -> Folding:
        return self.pe, self.simd


@dataclass(frozen=True)
class LayerCycles:
    """Cycles of a layer, and its PE and SIMD where it is folded.

    What it adds to the latency of Verilog, the trips of its slowest loop in HLS.
    """

    layer: str
    cycles: int
    pe: int | None = None
    simd: int | None = None


def divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


@singledispatch
def legal_settings(layer: object) -> list[Setting]:
    """Every setting that the hardware can be built in: PE divides the neurons, SIMD the channels; pools and blends have PE = SIMD.

    A window that slides may have a SIMD of several whole pixels, too, whose number divides its taps.
    """
    raise TypeError(f"no hardware for {type(layer).__name__}")


@legal_settings.register
def _(layer: Linear) -> list[Setting]:
    w = layer.window
    pixels = [] if w.trivial else [w.channels * n for n in divisors(w.taps)[1:]]
    return [
        Setting(pe, simd, planes)
        for planes in sorted({1, layer.source.width})
        for pe in divisors(layer.neurons)
        for simd in (*divisors(w.channels), *pixels)
    ]


@legal_settings.register
def _(layer: Pool) -> list[Setting]:
    return [Setting(n, n) for n in divisors(layer.window.channels)]


@legal_settings.register
def _(layer: Blend) -> list[Setting]:
    return [Setting(n, n) for n in divisors(layer.period)]


@legal_settings.register
def _(layer: Move) -> list[Setting]:
    return [Setting(1, 1)]


def cycles(layer: Layer, setting: Setting) -> int:
    """Cycles a frame keeps the layer of folded Verilog busy; the next frame follows without a gap."""
    if isinstance(layer, Move):
        return layer.result.count + 1
    waits = places(layer.window) if slides(layer, setting) else 0
    return engine_cycles(layer, setting) + waits


@singledispatch
def engine_cycles(layer: object, setting: Setting) -> int:
    """Cycles of a frame in which the layer takes inputs, as if it never had to wait for one."""
    raise TypeError(f"no hardware for {type(layer).__name__}")


@engine_cycles.register
def _(layer: Linear, setting: Setting) -> int:
    turns = layer.neurons // setting.pe * setting.planes
    return layer.window.positions * turns * walk_words(layer, setting)


@engine_cycles.register
def _(layer: Pool, setting: Setting) -> int:
    return layer.window.positions * layer.window.taps * (layer.window.channels // setting.simd)


@engine_cycles.register
def _(layer: Blend, setting: Setting) -> int:
    return layer.result.count // setting.simd


def reuse(layer: Linear, setting: Setting) -> int:
    """How often each of the PE x SIMD multipliers works for one position of the window."""
    return layer.weights.size // (setting.pe * setting.simd)


def walk_words(layer: Linear, setting: Setting) -> int:
    """How many words of SIMD inputs a window is read in."""
    return len(layer.weights) // setting.simd


def slides(layer: Layer, setting: Setting) -> TypeGuard[Linear]:
    """Whether the layer takes several pixels of a window at once, out of registers."""
    return isinstance(layer, Linear) and setting.simd > layer.window.channels


def sliding(window: Window) -> dict[str, int]:
    """How the window moves, under the names that the libraries' parameters have."""
    return {
        "OUT_HEIGHT": window.out_height,
        "OUT_WIDTH": window.out_width,
        "KERNEL_Y": window.kernel[0],
        "KERNEL_X": window.kernel[1],
        "STRIDE_Y": window.stride[0],
        "STRIDE_X": window.stride[1],
        "DILATION_Y": window.dilation[0],
        "DILATION_X": window.dilation[1],
        "PAD_TOP": window.before[0],
        "PAD_LEFT": window.before[1],
    }


def places(window: Window) -> int:
    """Cycles of a frame in which a sliding window takes in a pixel or padding, but is not complete and gives no result."""
    height, width = window.touched
    return height * width - window.positions


def read_elements(layer: Layer, setting: Setting) -> int:
    """How many elements the layer reads in a cycle."""
    return layer.window.channels if slides(layer, setting) else setting.simd


def widest_word(layer: Layer, setting: Setting) -> int:
    """Bits of the widest word that the layer takes or gives."""
    element = layer.operand_width if isinstance(layer, Blend) else max(t.width for t in layer.sources)
    written = summed(layer).result if isinstance(layer, Linear | Blend) else layer.result
    return max(setting.pe * written.width, setting.simd * element)


def in_order(layer: Layer, setting: Setting) -> bool:
    """Whether the layer reads every word of its sources once, as they come."""
    if isinstance(layer, Blend) or slides(layer, setting):
        return True
    if not isinstance(layer, Linear):
        return False
    return layer.neurons == setting.pe and setting.planes == 1 and layer.window.in_order
