"""The one Jinja environment of all targets: layout only, undefined names are errors; counts are told as everywhere."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from whetgen.assets import assets
from whetgen.wording import counted


def template_environment(target: str, escape: bool = False) -> Environment:
    """Environment over ``templates/<target>``; ``escape`` for HTML, where text must not become markup."""
    made = Environment(
        loader=FileSystemLoader(assets() / "templates" / target),
        undefined=StrictUndefined,
        autoescape=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["counted"] = counted
    return made
