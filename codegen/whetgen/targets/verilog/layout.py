"""The templates of the Verilog, with what lays their text out."""

from __future__ import annotations

import textwrap

from jinja2 import Environment

from whetgen.targets.output.identifiers import comment_text
from whetgen.targets.output.templating import template_environment

LINE = 120


def hdl_templates() -> Environment:
    """Environment over ``templates/verilog``."""
    made = template_environment("verilog")
    made.filters |= {"columns": columns, "comment": comment_text, "remark": remark}
    return made


def columns(rows: tuple[tuple[str, str], ...]) -> int:
    """Width of the first column."""
    return max((len(row[0]) for row in rows), default=0)


def remark(text: str, indent: int = 0) -> str:
    """``text`` as a comment of as many lines as it needs."""
    before = " " * indent + "// "
    wrapped = textwrap.wrap(comment_text(text), LINE - len(before), break_long_words=False, break_on_hyphens=False)
    return "\n".join(before + line for line in wrapped)
