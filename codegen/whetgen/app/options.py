"""Command lines made of dataclasses: each field that is an option becomes one of the command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args, get_type_hints

import typer

from whetgen.option import OnCommandLine, flag_of, on_command_line
from whetgen.targets.registry import TARGETS


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer shall see it: a parameter whose type is a dataclass stands for the options of that.

    The help of an option begins with the targets that have it, where not all do.
    """
    spread: dict[str, type] = {}
    parameters: list[Parameter] = []
    for parameter in signature(command, eval_str=True).parameters.values():
        kind = parameter.annotation
        if isinstance(kind, type) and is_dataclass(kind):
            spread[parameter.name] = kind
            parameters += [_parameter(kind, own, told) for own, told in _options(kind)]
        else:
            parameters.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))

    @wraps(command)
    def called(**given: Any) -> None:
        made = {name: kind(**_taken(kind, given)) for name, kind in spread.items()}
        command(**made, **given)

    called.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # typeshed knows it of no function
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called


def beginning(words: Iterable[str]) -> Callable[[str], list[str]]:
    """For the shell's completion: the ``words`` that begin with what stands there."""
    known = tuple(words)

    def found(incomplete: str) -> list[str]:
        return [word for word in known if word.startswith(incomplete)]

    return found


def _options(kind: type) -> Iterator[tuple[Field[Any], OnCommandLine]]:
    yield from ((own, told) for own in fields(kind) if (told := on_command_line(own)))


def _parameter(kind: type, own: Field[Any], told: OnCommandLine) -> Parameter:
    asked: Any = told.written or _asked(get_type_hints(kind)[own.name])
    if own.default is None:
        asked |= None
    annotation: Any = Annotated[asked, typer.Option(flag_of(own), help=_titles(own) + told.help)]
    return Parameter(_name(own), Parameter.KEYWORD_ONLY, default=own.default, annotation=annotation)


def _asked(hint: Any) -> type:
    """What the command line takes for a field of this type: its class, text for one of several words."""
    kinds = [kind for kind in get_args(hint) if kind is not type(None)] or [hint]
    return kinds[0] if isinstance(kinds[0], type) else str


def _titles(own: Field[Any]) -> str:
    having = [t.title for t in TARGETS.values() if own.name in {field.name for field in fields(t.options)}]
    return f"{', '.join(having)}: " if 0 < len(having) < len(TARGETS) else ""


def _name(own: Field[Any]) -> str:
    return flag_of(own).removeprefix("--").replace("-", "_")


def _taken(kind: type, given: dict[str, Any]) -> dict[str, Any]:
    """The values of the fields, out of what was given."""
    found = {}
    for own, told in _options(kind):
        value = given.pop(_name(own))
        found[own.name] = told.read(value) if told.read and value else value
    return found
