"""Records of the runtime as C text; ``whetgen_runtime.h`` alone says which members a record has, and in which lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from whetgen.assets import assets
from whetgen.targets.c.arrays import ConstArray
from whetgen.targets.c.elements import Elements

Value: TypeAlias = "int | str | ConstArray | Elements | Record | tuple[int, ...] | tuple[Record, ...] | None"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NAME = re.compile(r"(\w+)(?:\[\d+\])?$")
_ONE_LINE = 80


@dataclass(frozen=True)
class Record:
    """A value of the struct ``ctype``: its members by name.

    A member is a number, a name of the runtime, an array (the address of its first element), null, or a record or
    several; those stand in an array of their own, whose address is the member. No records at all: null, and left out.
    """

    ctype: str
    members: dict[str, Value]

    @property
    def arrays(self) -> tuple[ConstArray, ...]:
        """All that the members point to."""
        return tuple(value for value in self._leaves() if isinstance(value, ConstArray))

    @property
    def functions(self) -> tuple[str, ...]:
        """Functions and tables of functions of the runtime among the members."""
        names = (value.removeprefix("&") for value in self._leaves() if isinstance(value, str))
        return tuple(name for name in names if name.startswith("wg_"))

    @property
    def lines(self) -> tuple[str, ...]:
        """The initialiser, between its braces: a line for each declaration of the header."""
        every = []
        for names in _declarations(self.ctype):
            written = [_member(name, self.members[name]) for name in names if self.members[name] != ()]
            if written:
                *before, last = written
                every += [" ".join([*(" ".join(lines) for lines in before), last[0]]), *last[1:]]
        return tuple(every)

    def _leaves(self) -> Iterator[Value]:
        for value in self.members.values():
            for part in value if isinstance(value, tuple) else (value,):
                yield from part._leaves() if isinstance(part, Record) else (part,)


def record(ctype: str, **members: Value) -> Record:
    """A record with all its members; one that is a keyword of Python has a ``_`` behind it.

    Raises:
        TypeError: the header has other members.
    """
    given = {name.rstrip("_"): value for name, value in members.items()}
    wanted = [name for names in _declarations(ctype) for name in names]
    if given.keys() != set(wanted):
        raise TypeError(f"{ctype} has the members {', '.join(wanted)}; given are {', '.join(given)}")
    return Record(ctype, {name: given[name] for name in wanted})


def array_record(array: ConstArray | None) -> Record:
    """A ``wg_table``; None: all of it is zero, and nothing is stored."""
    return record("wg_table", data=array, elements=array.elements if array else Elements("WG_I8"))


@cache
def _declarations(ctype: str) -> tuple[tuple[str, ...], ...]:
    """Names of the members, those of one declaration together."""
    header = _COMMENT.sub("", (assets() / "firmware" / "runtime" / "whetgen_runtime.h").read_text(encoding="utf-8"))
    found = re.search(rf"struct \{{([^{{}}]*)\}} {ctype};|struct {ctype} \{{([^{{}}]*)\}};", header)
    if found is None:
        raise TypeError(f"whetgen_runtime.h has no record {ctype}")
    declarations = (found[1] or found[2]).split(";")[:-1]
    return tuple(tuple(_NAME.findall(name)[0] for name in declaration.split(",")) for declaration in declarations)


def _member(name: str, value: Value) -> list[str]:
    """One line where it is short, else a line for each part."""
    if isinstance(value, tuple) and isinstance(value[0], Record):
        rows = [f"    {_text(row)}," for row in value]
        return [f".{name} = (const {value[0].ctype}[]){{", *rows, "},"]
    if isinstance(value, Record) and len(_text(value)) > _ONE_LINE:
        return [f".{name} = {{", *(f"    {line}" for line in value.lines), "},"]
    return [f".{name} = {_text(value)},"]


def _text(value: Value) -> str:
    if isinstance(value, Record):
        return "{" + ", ".join(f".{name} = {_text(part)}" for name, part in value.members.items()) + "}"
    if isinstance(value, Elements):
        return f"{{{value.kind}, {value.words}}}"
    if isinstance(value, tuple):
        return "{" + ", ".join(map(str, value)) + "}"
    return value.name if isinstance(value, ConstArray) else str(value or 0)
