"""What codes and results mean, in words: for headers, reports and the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from whetgen.ir import Graph, Output

_LONGEST = 10**7  # a number that people still read


def input_words(graph: Graph) -> str:
    """What an input code stands for: ``code q, uint8 0..255, means q / 255``."""
    kind, meaning = graph.input.type, graph.meaning
    return f"code q, {kind.name} {kind.lo}..{kind.hi}, means {_real('q', meaning.scale, meaning.offset)}"


def output_words(graph: Graph, output: Output) -> str:
    """What an output holds, and how the class follows from it where it tells one."""
    shape = "x".join(map(str, graph.shapes[output.source]))
    return f"'{output.name}': {shape} {output.kind}; {_told(graph, output)}"


def class_names(manifest: Mapping | None) -> tuple[str, ...]:
    """Those of ``--classes`` in ``whetgen.json``; none without, or where there is no folder."""
    return tuple((manifest or {}).get("options", {}).get("classes") or ())


def class_words(number: int, names: Sequence[str]) -> str:
    """A class as people read it: ``3``, or ``3: three`` where the classes have names."""
    return f"{number}: {names[number]}" if names else str(number)


def _told(graph: Graph, output: Output) -> str:
    if not output.classifier:
        return "each 0 or 1" if output.kind == "spikes" else f"n means {_real('n', output.scale, output.offset)}"
    if graph.size(output.source) > 1:
        return "the class is the index of the largest, the lowest of equals"
    if output.kind == "spikes":
        return "it is the class"
    return f"class 1 where it is {output.level} or more (its real value is 0 or more), else 0"


def _real(code: str, scale: Fraction, offset: Fraction) -> str:
    if max(scale.numerator, scale.denominator, abs(offset.numerator), offset.denominator) > _LONGEST:
        shift = f" {'-' if offset < 0 else '+'} {abs(float(offset)):.9g}" if offset else ""
        return f"about {code} * {float(scale):.9g}{shift}"
    times = f" * {scale.numerator}" if scale.numerator != 1 else ""
    over = f" / {scale.denominator}" if scale.denominator != 1 else ""
    return f"{code}{times}{over}" + (f" {'-' if offset < 0 else '+'} {abs(offset)}" if offset else "")
