"""What is tried: a command line over files of which one is damaged or hostile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.broken.sources import KINDS


@dataclass(frozen=True)
class Trial:
    """``prepare`` changes a copy of the whole files; {file} of the command is then ``file`` in it."""

    name: str
    command: str
    file: str
    prepare: Callable[[Path], object]


@dataclass(frozen=True)
class Mutants:
    """``count`` mutants of a kind of file from number ``first`` on: the same number of the same seed is the same file."""

    kind: str
    seed: int
    first: int
    count: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.seed}:{self.first}:{self.count}"

    @staticmethod
    def read(text: str) -> Mutants:
        kind, *numbers = text.split(":")
        return Mutants(kind, *map(int, numbers))

    def trials(self) -> Iterator[Trial]:
        found = KINDS[self.kind]
        for number in range(self.first, self.first + self.count):
            command = found.commands[number % len(found.commands)]
            name = str(Mutants(self.kind, self.seed, number, 1))
            yield Trial(name, command, found.file, self._damage(1_000_003 * self.seed + number))

    def _damage(self, own: int) -> Callable[[Path], object]:
        found = KINDS[self.kind]
        return lambda folder: (folder / found.file).write_bytes(found.damage((folder / found.file).read_bytes(), own))


def whole(kind: str) -> Iterator[Trial]:
    """Each command with nothing damaged: it has to succeed."""
    for command in dict.fromkeys(KINDS[kind].commands):
        yield Trial(f"whole {kind}", command, KINDS[kind].file, lambda _: None)
