"""The adders of a layer whose inputs have several bits and come whole: words, added by carry chains.

Each input times each digit of its weight is a row. Weights of -1, 0 and 1 have one digit, and the row is the input, plain, inverted
or masked; others are recoded into digits of -2 to 2 (``wg_booth``). Rows of the same digit are added by fours; after a register
pairwise, until there is one word for each digit; and four times the word of the higher digits is added to the next lower one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from whetgen.targets.streams.weight_codes import Code, booth_digits
from whetgen.targets.verilog.constants import concatenation

_GROUP = 4


@dataclass(frozen=True)
class Addend:
    """A Verilog expression of ``width`` bits."""

    name: str
    width: int


@dataclass(frozen=True)
class Sum(Addend):
    """``wire [width-1:0] name = left + right``."""

    left: str
    right: str


@dataclass(frozen=True)
class SumRegister(Addend):
    """``reg [width-1:0] name``, which holds ``value``."""

    value: str


@dataclass(frozen=True, kw_only=True)
class WordAdders:
    """The module that adds up PE neurons' inputs, ``inputs`` of ``width`` bits with weights stored in ``weight_bits``.

    ``row``: what a row is where weights are not recoded; ``recoded``: where they are, the bits of which digit D takes three from bit
    2 D on. ``first``: sums in front of the ``groups``, which are registers; ``second``: those behind; the last of them is cut to the ``part``.
    ``unused``: wires of which not every bit is read.
    """

    template: ClassVar[str] = "word_sums.v.j2"

    module: str
    title: str
    inputs: int
    width: int
    weight_bits: int
    digits: int
    row: str
    recoded: str
    row_bits: int
    first: tuple[Sum, ...]
    groups: tuple[SumRegister, ...]
    second: tuple[Sum, ...]
    part: str
    part_bits: int
    unused: tuple[str, ...]

    @property
    def taps_bits(self) -> int:
        return self.inputs * self.width

    @property
    def weights_bits(self) -> int:
        return self.inputs * self.weight_bits


def word_adders(module: str, title: str, simd: int, width: int, code: Code, limit: int) -> WordAdders:
    """Adders for ``simd`` inputs of ``width`` bits; sums are cut to ``limit`` bits."""
    recoded = booth_digits(code)
    digits, row_bits = (recoded, width + 2) if recoded else (1, width)
    most = simd * ((1 << row_bits) - 1) * sum(4**digit for digit in range(digits))
    first, second = _Sums("pair", most.bit_length()), _Sums("sum", min(limit, most.bit_length()))
    groups: list[SumRegister] = []
    words = []
    for digit in range(digits):
        rows = [Addend(f"rows[{(digit * simd + i) * row_bits} +: {row_bits}]", row_bits) for i in range(simd)]
        values = [first.total(rows[k : k + _GROUP]) for k in range(0, simd, _GROUP)]
        mine = [SumRegister(f"group_{digit}_{k}_reg", value.width, value.name) for k, value in enumerate(values)]
        groups += mine
        words.append(second.total(mine))
    total = words.pop()
    while words:
        total = second.sum(total, words.pop(), shift=2)
    return WordAdders(
        module=module,
        title=title,
        inputs=simd,
        width=width,
        weight_bits=code.bits,
        digits=digits,
        row="" if recoded else _row(code, width),
        recoded=_recoded(code, digits) if recoded else "",
        row_bits=row_bits,
        first=tuple(first.made),
        groups=tuple(groups),
        second=tuple(second.made),
        part=second.of_width(total, second.limit),
        part_bits=second.limit,
        unused=tuple(second.unused),
    )


@dataclass
class _Sums:
    """Sums of words, exact up to ``limit`` bits, named ``name`` and a number."""

    name: str
    limit: int
    made: list[Sum] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def total(self, words: Sequence[Addend]) -> Addend:
        """Pair by pair."""
        while len(words) > 1:
            pairs = [self.sum(words[k], words[k + 1]) for k in range(0, len(words) - 1, 2)]
            words = [*pairs, *words[len(words) - len(words) % 2 :]]
        return words[0]

    def sum(self, left: Addend, right: Addend, shift: int = 0) -> Sum:
        """``left`` times 2 ** ``shift``, and ``right``."""
        width = min(self.limit, max(left.width + shift, right.width) + 1)
        made = Sum(
            f"{self.name}_{len(self.made)}", width, self.of_width(left, width, shift), self.of_width(right, width)
        )
        self.made.append(made)
        return made

    def of_width(self, word: Addend, width: int, shift: int = 0) -> str:
        """The word times 2 ** ``shift`` in ``width`` bits, cut or with zeros in front."""
        kept = min(word.width, width - shift)
        if kept < word.width:
            self.unused.append(word.name)
        zeros = width - shift - kept
        parts = [
            *([f"{zeros}'d0"] if zeros else []),
            word.name if kept == word.width else f"{word.name}[{kept - 1}:0]",
            *([f"{shift}'d0"] if shift else []),
        ]
        return parts[0] if len(parts) == 1 else "{" + ", ".join(parts) + "}"


def _row(code: Code, width: int) -> str:
    """What stands for an input times its weight of -1, 0 or 1."""
    row = f"number ~^ {{{width}{{weight[0]}}}}"
    return row if code.kind == "sign" else f"({row}) & {{{width}{{weight[1]}}}}"


def _recoded(code: Code, digits: int) -> str:
    """A weight between a zero and as many copies of its sign as make the digits complete."""
    sign = "1'b0" if code.kind == "unsigned" else f"weight[{code.bits - 1}]"
    return concatenation(["1'b0", "weight", *[sign] * (2 * digits - code.bits)])
