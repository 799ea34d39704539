"""CPlan -> the text of every file."""

from __future__ import annotations

from whetgen.assets import assets
from whetgen.backends.c.records import CPlan
from whetgen.backends.templating import template_environment


def render(plan: CPlan) -> dict[str, str]:
    """Text of each file by its path in the output folder: the network's two files and the runtime, unchanged."""
    templates = template_environment("c")
    runtime = assets() / "firmware" / "runtime"
    return {
        f"include/{plan.name}.h": templates.get_template("network.h").render(plan=plan),
        f"src/{plan.name}.c": templates.get_template("network.c").render(plan=plan),
        **{_place(file): (runtime / file).read_text() for file in plan.runtime_files},
    }


def _place(file: str) -> str:
    return f"{'include' if file.endswith('.h') else 'src'}/{file}"
