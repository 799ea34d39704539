"""``whetgen sbom`` and ``whetgen sign``: options and messages only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whetgen.app.console import AsJson, CommandOutput, Quiet


def sbom(
    source: Annotated[Path, typer.Argument(metavar="DIR|WHEEL", help="A generated folder, or whetgen's wheel.")],
    out: Annotated[Path, typer.Option(help="File to write, in CycloneDX' JSON.")],
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write a bill of materials: version, options, graph and files with their hashes; of a wheel its packages, too."""
    from whetgen.supply.bill import bill_of
    from whetgen.targets.output.folder import write_text

    output = CommandOutput(quiet, as_json)
    write_text(out, bill_of(source))
    output.emit({"out": str(out)}, f"wrote {out}")


def sign(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that whetgen generated.")],
    key: Annotated[Path, typer.Option(help="Your secret key of minisign, without a password (minisign -G -W).")],
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Sign whetgen.json, and so every file of the folder; verify --signature checks it."""
    from whetgen.supply.signature import sign as write

    output = CommandOutput(quiet, as_json)
    made = write(folder, key)
    output.emit({"signature": str(made)}, f"wrote {made}")
