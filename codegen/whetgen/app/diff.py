"""``whetgen diff``: options and table only."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet


def diff(
    before: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that whetgen generated.")],
    after: Annotated[Path, typer.Argument(metavar="DIR", help="Another one.")],
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say what changed between two generated folders: options, cycles, resources, graph, files."""
    from whetgen.verification.diff import diff as compare

    changes = compare(before, after)
    table = Table("part", "what", "before", "after")
    for change in changes:
        table.add_row(*("" if cell is None else str(cell) for cell in asdict(change).values()))
    facts = {"same": not changes, "changes": [asdict(c) for c in changes]}
    CommandOutput(quiet, as_json).emit(facts, table if changes else "no difference")
