"""``--classes``: what the classes are called, and how C writes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from whetgen.errors import BadInput
from whetgen.foreign.text import read_text
from whetgen.wording import counted

if TYPE_CHECKING:
    from whetgen.ir import Graph


def read_names(path: str) -> tuple[str, ...]:
    """The names in a file, one a line, in the order of the classes.

    Raises:
        BadInput: it cannot be read as text.
    """
    try:
        return tuple(line.strip() for line in read_text(Path(path)).splitlines())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise BadInput(f"--classes {path}: {reason}; give a file with a name for each class, one a line") from error


def check_names(names: tuple[str, ...]) -> None:
    """Refuse names that nobody could tell apart.

    Raises:
        BadInput: one is empty, is not one line of printable text, or stands there twice.
    """
    for number, name in enumerate(names, start=1):
        if not name or not name.isprintable():
            raise BadInput(f"--classes: name {number} is {name!r}; give a line of printable text for each class")
        if name in names[: number - 1]:
            raise BadInput(f"--classes: name {number}, {name!r}, stands there twice; give each class its own")


def check_count(names: tuple[str, ...], graph: Graph) -> None:
    """Refuse names that are not one for each class.

    Raises:
        BadInput: the network tells no class, or another number of them.
    """
    if not graph.is_classifier:
        raise BadInput("--classes: this network tells no class; leave it out")
    classes = graph.classes(graph.outputs[0])
    if len(names) != classes:
        raise BadInput(
            f"--classes: there are {counted(len(names), 'name')}, the network has {classes} classes; give one each"
        )


def c_text(text: str) -> str:
    """As a C string: UTF-8, all that is not plain ASCII in octal, which no letter behind it can lengthen."""
    plain = set(range(32, 127)) - set(b'"\\?')
    return '"' + "".join(chr(byte) if byte in plain else f"\\{byte:03o}" for byte in text.encode("utf-8")) + '"'
