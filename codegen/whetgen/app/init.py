"""``whetgen init``: a small project that trains, generates, runs, and simulates its RTL in CI."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.errors import BadInput

_SUFFIX = ".j2"


def init(
    name: Annotated[Path, typer.Argument(help="Folder to make; its last part becomes the network's name.")],
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write a small project: training script, data, Makefile, CI workflow that simulates the RTL."""
    import whetgen
    from whetgen.host.files import place_for
    from whetgen.targets.output.folder import refusing
    from whetgen.targets.output.identifiers import check_name

    output = CommandOutput(quiet, as_json)
    check_name(name.name, "NAME")
    if name.exists():
        raise BadInput(f"{name}: exists; give a new folder")
    with refusing(name), place_for(name) as scratch:
        files = _write(scratch / "new", {"name": name.name, "version": whetgen.__version__})
        (scratch / "new").rename(name)
    output.emit(
        {"out": str(name), "files": files},
        f"wrote {name} ({', '.join(files)})",
        f"next: cd {name}, pip install --requirement requirements.txt, make",
    )


def _write(folder: Path, facts: dict[str, str]) -> list[str]:
    """All templates of ``templates/init`` into the folder; their paths there."""
    from whetgen.targets.output.templating import template_environment

    environment = template_environment("init")
    templates = environment.list_templates(extensions=[_SUFFIX.removeprefix(".")])
    for template in templates:
        file = folder / template.removesuffix(_SUFFIX)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(environment.get_template(template).render(facts), encoding="utf-8")
    return [template.removesuffix(_SUFFIX) for template in templates]
