"""The page of the command line, from the options themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from whetgen.app.cli import app

_HEAD = """# Command line

Made from the options by the build; `whetgen COMMAND --help` says the same. Exit codes: 0 done; 1 a check failed; 2 bad input, or a check that
could not run (a tool is missing, was killed or refuses the sources, a full disk); 128 + N stopped by signal N. `--json` prints one JSON object
on stdout, `--quiet` errors only.
"""


def command_line_page() -> str:
    """Markdown: a section for each command, a row for each option."""
    root = typer.main.get_command(app)
    return "\n".join([_HEAD, *_sections("whetgen", root)])


def _sections(name: str, command: Any) -> Iterator[str]:
    children = getattr(command, "commands", {})
    if not children:
        yield f"## {name}\n\n{_plain(command.help)}\n\n{_usage(name, command)}\n\n{_options(command)}\n"
    for child_name, child in children.items():
        yield from _sections(f"{name} {child_name}", child)


def _usage(name: str, command: Any) -> str:
    context = command.context_class(command, info_name=name)
    return "```text\n" + " ".join([name, *command.collect_usage_pieces(context)]) + "\n```"


def _options(command: Any) -> str:
    """``--help``, which all have, is left out."""
    rows = ["| option | what it says |", "|---|---|"]
    for parameter in command.params:
        if "--help" in parameter.opts:
            continue
        spelled = ", ".join(f"`{word}`" for word in (*parameter.opts, *parameter.secondary_opts))
        if parameter.param_type_name == "argument":
            spelled = f"`{parameter.metavar or parameter.name.upper()}`"
        told = f"{parameter.help or ''}{_default(parameter)}"
        rows.append(f"| {spelled} | {_plain(told)} |")
    return "\n".join(rows)


def _default(parameter: Any) -> str:
    flag = getattr(parameter, "is_flag", False)
    if parameter.default in (None, "", ()) or callable(parameter.default) or flag:
        return ""
    return f" Default: `{parameter.default}`."


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|").replace("<", "&lt;")
