"""Results on stdout, progress on stderr: shared by all commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

PLAIN_WIDTH = 140  # of tables that go to a file or a pipe

Quiet = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


class Output:
    """Where a command's result and progress go, as ``--quiet`` and ``--json`` say."""

    def __init__(self, quiet: bool, as_json: bool) -> None:
        self.silent = quiet
        self.as_json = as_json
        self.console = _plain_console(soft_wrap=True, width=None if sys.stdout.isatty() else PLAIN_WIDTH)

    @contextmanager
    def steps(self) -> Iterator[Callable[[str], None]]:
        """A progress line for each step; yields a function that names the next one."""
        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=_plain_console(stderr=True),
            transient=True,
            disable=self.silent or self.as_json or not sys.stderr.isatty(),
        )
        with progress:
            task = progress.add_task("start")
            yield lambda text: progress.update(task, description=text)

    def emit(self, facts: dict, *lines: object) -> None:
        """``facts`` as JSON, or the ``lines`` (text and tables)."""
        if self.as_json:
            sys.stdout.write(json.dumps(facts) + "\n")
        elif not self.silent:
            for line in lines:
                self.console.print(line)


def _plain_console(**settings: object) -> Console:
    """One that prints text as it is: paths and the names of layers may hold what rich takes for markup or an emoji."""
    return Console(markup=False, emoji=False, highlight=False, **settings)


@contextmanager
def printable_output() -> Iterator[None]:
    """Within the block, what the encoding of stdout or stderr cannot print comes out as escapes, such as \\xe4."""
    streams = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, TextIOWrapper)]
    before = [stream.errors for stream in streams]
    for stream in streams:
        stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        for stream, errors in zip(streams, before, strict=True):
            stream.reconfigure(errors=errors)
