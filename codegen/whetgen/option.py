"""An option in one place: the field of a dataclass, with its help and how the command line spells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import Field, dataclass, field, fields
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from whetgen.errors import BadInput
from whetgen.foreign.typed import mismatch
from whetgen.wording import unknown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class OnCommandLine:
    """What the command line knows of an option beside its field's name, type and default.

    ``help``: a phrase that ends in a full stop. ``flag``: where it is not the field's name. ``written``: the type in which
    the command line takes it, where that is not the field's, and ``read`` makes the field's value of it. ``words``: those
    that a field of text takes, where its type does not say so.
    """

    help: str
    flag: str | None = None
    written: type | None = None
    read: Callable[[Any], object] | None = None
    words: Callable[[], Sequence[str]] | None = None


def option(
    help: str,
    default: object = None,
    *,
    flag: str | None = None,
    written: type | None = None,
    read: Callable[[Any], object] | None = None,
    words: Callable[[], Sequence[str]] | None = None,
) -> Any:
    """A field that is an option of the command line as well; see ``OnCommandLine``."""
    told = OnCommandLine(help, flag, written, read, words)
    return field(default=default, metadata={OnCommandLine: told})


def on_command_line(own: Field[Any]) -> OnCommandLine | None:
    """None for an option that only Python code can give."""
    return own.metadata.get(OnCommandLine)


def flag_of(own: Field[Any]) -> str:
    """E.g. ``--bus-bits`` of ``bus_bits``."""
    told = on_command_line(own)
    return (told and told.flag) or "--" + own.name.replace("_", "-")


def check_types(options: DataclassInstance) -> None:
    """Refuse a field of a dataclass that is not of its type.

    Text where the type is one of several words is left to ``check_words``, which says which one is alike. NaN and
    infinities are left to those who know the range.

    Raises:
        BadInput: with the field's name.
    """
    for own, value, kinds in _values(options):
        words = isinstance(value, str) and _are_words(kinds)
        number = isinstance(value, float) and float in kinds
        if not words and not number and (found := mismatch(value, reduce(or_, kinds), own.name)):
            raise BadInput(f"{type(options).__name__}: {found}")


def check_words(options: DataclassInstance) -> None:
    """Refuse a text that is none of the words that its option takes.

    Raises:
        BadInput: with the option's flag, and the word that is alike.
    """
    for own, value, kinds in _values(options):
        words = _words(own, kinds)
        if words and value not in words:
            raise unknown(flag_of(own), value, words)


def _words(own: Field[Any], kinds: list[Any]) -> Sequence[str]:
    told = on_command_line(own)
    if told and told.words:
        return told.words()
    return [word for kind in kinds for word in get_args(kind)] if _are_words(kinds) else ()


def _values(options: DataclassInstance) -> Iterator[tuple[Field[Any], Any, list[Any]]]:
    """Field, value, and the types that it may have; not those that hold the None that they allow."""
    hints = get_type_hints(type(options))
    for own in fields(options):
        kind, value = hints[own.name], getattr(options, own.name)
        kinds = [k for k in get_args(kind) if k is not type(None)] or [kind]
        if value is not None or type(None) not in get_args(kind):
            yield own, value, kinds


def _are_words(kinds: list[Any]) -> bool:
    return all(get_origin(kind) is Literal for kind in kinds)
