"""All sources of a network as one header: each file flattened, its own names kept apart by a prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

_LOCAL = re.compile(r'^#include "(\w+\.h)"\n', re.MULTILINE)
_GUARD = re.compile(r"^#ifndef (WG_\w+_H|WHETGEN_\w+_H)$", re.MULTILINE)
_COMMENT = re.compile(r"(/\*.*?\*/)", re.DOTALL)
_MACRO = re.compile(r"^ *# *define (\w+)", re.MULTILINE)
_STATIC_FUNCTION = re.compile(r"^(?:WG_APART )?static (?!const)[^=;(]*?\b(\w+)\(", re.MULTILINE)
_STATIC_DATA = re.compile(r"^static [^=;(]*?\b(\w+)(?:\[[^\]]*\])* ?[=;]", re.MULTILINE)


@dataclass(frozen=True)
class Unit:
    """One flattened file."""

    name: str
    text: str


def flatten(name: str, files: dict[str, str]) -> tuple[Unit, ...]:
    """Shared headers first, then every C file; ``files``: texts by path, the network's ``NAME.h`` is left out."""
    texts = {PurePosixPath(path).name: text for path, text in files.items()}
    shared = [file for file in _in_order(texts) if file != f"{name}.h"]
    units = [Unit(file, _without_includes(texts[file])) for file in shared]
    for file in sorted(texts):
        if file.endswith(".c"):
            units.append(Unit(file, _apart(PurePosixPath(file).stem, _expand(texts[file], texts))))
    return tuple(units)


def _in_order(texts: dict[str, str]) -> list[str]:
    """Headers with a guard, each behind those that it includes."""
    found: list[str] = []

    def visit(file: str) -> None:
        if file in found or not _GUARD.search(texts[file]):
            return
        for included in _LOCAL.findall(texts[file]):
            visit(included)
        found.append(file)

    for file in sorted(f for f in texts if f.endswith(".h")):
        visit(file)
    return found


def _expand(text: str, texts: dict[str, str]) -> str:
    """Headers without a guard, which stand for code, in the place of their includes; the others are there already."""

    def place(match: re.Match) -> str:
        included = texts[match[1]]
        return "" if _GUARD.search(included) else _expand(included, texts)

    return _LOCAL.sub(place, text)


def _without_includes(text: str) -> str:
    return _LOCAL.sub("", text)


def _apart(stem: str, text: str) -> str:
    """Static names of a file with its name in front, its macros undefined behind it."""
    names = sorted({*_STATIC_FUNCTION.findall(text), *_STATIC_DATA.findall(text)})
    parts = _COMMENT.split(text)
    for name in names:
        own = re.compile(rf"(?<![\w.>]){name}\b")  # not a member of a record
        parts[::2] = [own.sub(f"{stem}_{name}", part) for part in parts[::2]]
    return "".join(parts) + "".join(f"#undef {macro}\n" for macro in dict.fromkeys(_MACRO.findall(text)))
