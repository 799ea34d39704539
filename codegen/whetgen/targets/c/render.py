"""CPlan -> the text of every file."""

from __future__ import annotations

from importlib.metadata import version

from jinja2 import Environment

from whetgen.targets.c.plan import CPlan
from whetgen.targets.c.single_header import flatten
from whetgen.targets.output.templating import template_environment

_PACKAGING = ("CMakeLists.txt", "library.properties", "library.json", "zephyr/module.yml", "zephyr/CMakeLists.txt")


def render(plan: CPlan) -> dict[str, str]:
    """Text of each file by its path in the output folder: the network, the runtime unchanged, what makes it a
    library of CMake, Arduino, PlatformIO and Zephyr, and, where the plan says so, all of it as one header."""
    templates = template_environment("c")
    sources = {
        f"include/{plan.name}.h": templates.get_template("network.h").render(plan=plan),
        f"src/{plan.name}.c": templates.get_template("network.c").render(plan=plan),
        **{f"src/{file}": text for file, text in plan.runtime_files.items()},
    }
    packaging = {file: _package(templates, file, plan) for file in _PACKAGING}
    packaging[f"src/{plan.name}.h"] = _package(templates, "forward.h", plan)
    packaging[f"examples/{plan.name}/{plan.name}.ino"] = _package(templates, "example.ino", plan)
    if plan.single_header:
        units = flatten(plan.name, sources)
        header = sources[f"include/{plan.name}.h"]
        text = templates.get_template("single_header.h").render(plan=plan, header=header, units=units)
        packaging[f"single_header/{plan.name}.h"] = text
    return sources | packaging


def _package(templates: Environment, file: str, plan: CPlan) -> str:
    return templates.get_template(f"package/{file}").render(plan=plan, version=version("whetgen"))
