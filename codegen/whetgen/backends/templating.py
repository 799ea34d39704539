"""The one Jinja environment of all targets: layout only, undefined names are errors."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from whetgen.assets import assets


def template_environment(target: str) -> Environment:
    """Environment over ``templates/<target>``, for plain text (nothing is escaped)."""
    return Environment(
        loader=FileSystemLoader(assets() / "templates" / target),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
