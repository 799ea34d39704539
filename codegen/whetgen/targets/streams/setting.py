"""What a layer may be folded to, and the cycles that it then takes."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.layers.graph import Blend, Geometry, Linear, Move, Pool, Step
from whetgen.wording import counted

Folding = tuple[int, int]


@dataclass(frozen=True)
class Setting:
    """``pe`` neurons and ``simd`` inputs at once; ``planes`` 1, or the bits of an input that come one by one."""

    pe: int
    simd: int
    planes: int = 1

    def __str__(self) -> str:
        planes = f", {counted(self.planes, 'plane')}" if self.planes > 1 else ""
        return f"PE {self.pe}, SIMD {self.simd}{planes}"

    @property
    def folding(self) -> Folding:
        return self.pe, self.simd


def divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


def legal_settings(step: Step) -> list[Setting]:
    """Every setting: PE divides the neurons, SIMD the channels; pools and blends have PE = SIMD.

    A window that slides may have a SIMD of several whole pixels, too, whose number divides its taps.
    """
    if isinstance(step, Linear):
        g = step.geometry
        pixels = [] if g.trivial else [g.channels * n for n in divisors(g.taps)[1:]]
        return [
            Setting(pe, simd, planes)
            for planes in sorted({1, step.source.width})
            for pe in divisors(step.neurons)
            for simd in (*divisors(g.channels), *pixels)
        ]
    if isinstance(step, Pool):
        return [Setting(n, n) for n in divisors(step.geometry.channels)]
    if isinstance(step, Blend):
        return [Setting(n, n) for n in divisors(len(step.levels))]
    return [Setting(1, 1)]


def cycles(step: Step, setting: Setting) -> int:
    """Cycles a frame keeps the layer busy; the next frame follows without a gap."""
    if isinstance(step, Linear):
        each = (step.neurons // setting.pe) * setting.planes * walk_words(step, setting)
        return step.geometry.positions * each + (places(step.geometry) if slides(step, setting) else 0)
    if isinstance(step, Pool):
        return step.geometry.positions * (step.geometry.channels // setting.simd) * step.geometry.taps
    if isinstance(step, Move):
        return step.result.count + 1
    return step.result.count // setting.simd


def reuse(step: Linear, setting: Setting) -> int:
    """How often each of the PE x SIMD multipliers works for one position of the window."""
    return step.weights.size // (setting.pe * setting.simd)


def walk_words(step: Linear, setting: Setting) -> int:
    """Words of a window."""
    return len(step.weights) // setting.simd


def slides(step: Step, setting: Setting) -> bool:
    """Whether the layer takes several pixels of a window at once, out of registers."""
    return isinstance(step, Linear) and setting.simd > step.geometry.channels


def touched(geometry: Geometry) -> tuple[int, int]:
    """Height and width of the map with the padding that windows touch."""
    far = (
        (out - 1) * stride + (kernel - 1) * dilation + 1
        for out, stride, kernel, dilation in zip(
            (geometry.out_height, geometry.out_width), geometry.stride, geometry.kernel, geometry.dilation, strict=True
        )
    )
    sizes = (geometry.height, geometry.width)
    return tuple(max(f, b + size) for f, b, size in zip(far, geometry.before, sizes, strict=True))


def places(geometry: Geometry) -> int:
    """Cycles in which registers take a pixel or padding and no window is complete."""
    height, width = touched(geometry)
    return height * width - geometry.positions


def read_elements(step: Step, setting: Setting) -> int:
    """Elements of a word that the layer reads."""
    return step.geometry.channels if slides(step, setting) else setting.simd


def widest_word(step: Step, setting: Setting) -> int:
    """Bits of the widest word that the layer takes or gives."""
    element = step.operand_width if isinstance(step, Blend) else max(t.width for t in step.sources)
    return max(setting.pe * step.result.width, setting.simd * element)


def in_order(step: Step, setting: Setting) -> bool:
    """Whether the layer reads every word of its sources once, as they come."""
    if isinstance(step, Blend):
        return True
    if slides(step, setting):
        return True
    if not isinstance(step, Linear) or step.neurons != setting.pe or setting.planes > 1:
        return False
    g = step.geometry
    pixels = g.kernel == g.stride == (1, 1) and g.before == (0, 0) and g.positions == g.height * g.width
    return g.trivial or pixels
