"""``README.md`` of a generated C folder."""

from __future__ import annotations

from collections.abc import Iterable

from whetgen.targets.c.plan import CPlan
from whetgen.targets.output.readme import file_rows
from whetgen.targets.output.templating import template_environment


def render_readme(plan: CPlan, paths: Iterable[str]) -> dict[str, str]:
    """``paths``: of all other files in the folder."""
    facts = {"plan": plan, "files": file_rows(paths, _meanings(plan.name))}
    return {"README.md": template_environment("c").get_template("README.md").render(facts)}


def _meanings(name: str) -> dict[str, str]:
    return {
        f"include/{name}.h": "the interface: what to call, sizes, what the numbers mean",
        f"src/{name}.c": "the network: constants and a list of kernel calls",
        f"src/{name}.h": "leads to the interface, for build systems that look beside the sources",
        "src/*": "the runtime: the kernels that this network calls, hand-written, the same for every network",
        "CMakeLists.txt": "CMake: `add_subdirectory`",
        "library.properties": "Arduino: put this folder, or a ZIP of it, among the libraries",
        f"examples/{name}/{name}.ino": "Arduino: an example that infers frames from the serial port",
        "library.json": "PlatformIO: put this folder into `lib/`",
        "zephyr/*": "Zephyr: this folder as a module",
        f"single_header/{name}.h": "all of it in one file; its first comment says how to include it",
    }
