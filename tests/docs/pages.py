"""The pages of the documentation, and the blocks of code in them.

A comment in front of a block says what becomes of it in tests: ``<!-- not run: REASON -->``, or ``<!-- run as: COMMAND -->`` for a cheaper
command in its place.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "firmware").rglob("*.md"),
    ]
)
SHELL, PYTHON = ("sh", "bash", "console"), ("python",)

REASONS = (
    "installs packages",
    "CI begins with it",
    "needs a board",
    "needs place and route",
    "needs vendor tools",
    "needs files of the reader's",
    "needs another machine",
    "hours",
    "minutes",
    "the same simulation once more",
    "a test of its own",
)
"""How a reason not to run a block may begin."""

_BLOCK = re.compile(r"(?:^<!-- (not run|run as): (.*?) -->\n)?^```([\w-]*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(whetgen [^`]+)`", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """``text`` as it stands in the page; ``skipped``: why it is not run; ``instead``: the command that is."""

    language: str
    text: str
    skipped: str | None = None
    instead: str | None = None

    @property
    def commands(self) -> list[str]:
        """The lines of a shell, comments left out, continued ones joined."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def blocks(page: Path) -> list[Block]:
    found = []
    for kind, note, language, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        found.append(Block(language, text, note if kind == "not run" else None, note if kind == "run as" else None))
    return found


def whetgen_lines(page: Path) -> Iterator[str]:
    """All that begins with ``whetgen`` in blocks of a shell, and between backticks."""
    for block in blocks(page):
        if block.language in (*SHELL, ""):
            yield from (line for line in (*block.commands, block.instead or "") if line.startswith("whetgen "))
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    yield from (" ".join(line.split()) for line in _INLINE.findall(text))


def words(line: str) -> list[str]:
    """Of a command, without the program's name, comments and what the shell takes."""
    return shlex.split(re.split(r" [>|;&]", line)[0], comments=True)[1:]
