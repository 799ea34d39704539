"""``--harden``: the bits that stand above each word of a ROM, and the module that reads the word with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from whetgen.targets.verilog.constants import packed
from whetgen.wording import counted

MOST_DATA = 64  # bits that share check bits; a longer word has several such parts


@dataclass(frozen=True, kw_only=True)
class CheckBits:
    """Of words of ``width`` bits. ``module``: of the library, which checks them, with its ``parameters``.

    ``part``, ``columns``: bits of the word that share check bits, and which of these each belongs to, as a mask.
    ``corrects``: whether a single flip is corrected.
    """

    width: int
    part: int
    checks: int
    columns: tuple[int, ...]
    module: str
    parameters: Mapping[str, object]
    corrects: bool

    @property
    def bits(self) -> int:
        """Of all check bits of a word."""
        return self.checks * -(-self.width // self.part)

    @property
    def summary(self) -> str:
        return f"above them {counted(self.bits, 'check bit')}"

    def above(self, word: int) -> int:
        """The word with its check bits."""
        found = word
        for number, start in enumerate(range(0, self.width, self.part)):
            found |= self._of_part(word >> start & (1 << self.part) - 1) << self.width + number * self.checks
        return found

    def _of_part(self, data: int) -> int:
        check = 0
        for n, column in enumerate(self.columns):
            check ^= column if data >> n & 1 else 0
        return check


def parity(width: int) -> CheckBits:
    """One bit, which makes the number of ones even."""
    return CheckBits(
        width=width,
        part=width,
        checks=1,
        columns=(1,) * width,
        module="wg_parity",
        parameters={"WIDTH": width},
        corrects=False,
    )


def secded(width: int) -> CheckBits:
    """Hsiao's code (M. Y. Hsiao, IBM J. Res. Dev. 14, 1970): columns of an odd number of ones, three at least, few first."""
    part, checks = min(width, MOST_DATA), 4
    while len(columns := _odd_columns(checks)) < part:
        checks += 1
    columns = columns[:part]
    shape = {"WIDTH": width, "PART": part, "CHECKS": checks, "COLUMNS": packed(columns, checks)}
    return CheckBits(
        width=width,
        part=part,
        checks=checks,
        columns=columns,
        module="wg_secded",
        parameters=shape,
        corrects=True,
    )


CODES = {"parity": parity, "secded": secded}


def _odd_columns(checks: int) -> tuple[int, ...]:
    ones = (chosen for weight in range(3, checks + 1, 2) for chosen in combinations(range(checks), weight))
    return tuple(sum(1 << bit for bit in chosen) for chosen in ones)
