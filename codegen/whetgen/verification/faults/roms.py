"""The ROMs of generated Verilog, read from its text, and the registers and memories that it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_WORD = re.compile(r"^\s*words\[(\d+)\] = \d+'h([0-9a-f]+);", re.MULTILINE)
_DECLARED = re.compile(r"^\s*(?:output\s+)?reg\b(?:\s+signed)?\s*(?:\[[^\]]*\])?\s*([^;=)\n]*)", re.MULTILINE)
_INSTANCE = re.compile(r"^\s*(\w+_rom) (\w+) \($", re.MULTILINE)
_COMMENT = re.compile(r"[ \t]*//.*")
_ROM = "_rom"  # ends the names of their modules; their variable is ``words``

RomBit = tuple[str, int, int]  # module, word, bit


def rtl_files(folder: Path) -> dict[str, str]:
    """Module -> text."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "rtl").glob("*.v"))}


def differing_bits(one: Mapping[str, str], other: Mapping[str, str]) -> list[RomBit] | None:
    """Of the ROMs of two designs, module -> text; None where anything else differs, too."""
    if {name: _frame(text) for name, text in one.items()} != {name: _frame(text) for name, text in other.items()}:
        return None
    return [
        (name, word, bit)
        for name, text in one.items()
        for word, xor in _differences(text, other[name])
        for bit in range(xor.bit_length())
        if xor >> bit & 1
    ]


def _frame(text: str) -> str:
    """A module without the contents of its ROM and comments."""
    return _COMMENT.sub("", _WORD.sub("word", text))


def _differences(one: str, other: str) -> Iterator[tuple[int, int]]:
    for (word, value), (_, changed) in zip(_WORD.findall(one), _WORD.findall(other), strict=True):
        if value != changed:
            yield int(word), int(value, 16) ^ int(changed, 16)


def rom_instances(top: str) -> dict[str, str]:
    """Instance -> module, of the ROMs in the text of the top module."""
    return {found[2]: found[1] for found in _INSTANCE.finditer(top)}


def is_rom(module: str, text: str) -> bool:
    return module.endswith(_ROM) and bool(_WORD.search(text))


def state(files: Mapping[str, str]) -> dict[str, list[str]]:
    """Module -> names of what is written at a clock edge, and of the words of a ROM."""
    found = {}
    for module, text in files.items():
        plain = _COMMENT.sub("", text)
        names = [name for names in _DECLARED.findall(plain) for name in _names(names) if _clocked(name, plain)]
        found[module] = [*dict.fromkeys(names), *(["words"] if is_rom(module, text) else [])]
    return {module: names for module, names in found.items() if names}


def _names(declared: str) -> Iterator[str]:
    """Of ``a_reg, b_reg`` and ``memory [0:7]``."""
    for part in declared.split(","):
        if name := re.match(r"\s*([A-Za-z]\w*)", part):
            yield name[1]


def _clocked(name: str, text: str) -> bool:
    return bool(re.search(rf"\b{name}\b\s*(?:\[[^;=]*\])?\s*<=", text))


def public_settings(files: Mapping[str, str]) -> str:
    """For Verilator: all of that can be read and written from outside."""
    rows = (f'public_flat_rw -module "{m}" -var "{name}"' for m, names in state(files).items() for name in names)
    return "\n".join(["`verilator_config", *rows, ""])
