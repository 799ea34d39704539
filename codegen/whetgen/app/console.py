"""Results on stdout, progress on stderr: shared by all commands."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from whetgen.app.tables import MarkdownTable, fitted

PLAIN_WIDTH = 140  # of tables that go to a file or a pipe

Quiet = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


class _TimeLeft(ProgressColumn):
    """About how long the step still takes, where it tells how far it is."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        done = task.fields["share"]() if task.fields["share"] else 0
        if not done:
            return Text()
        left = (time.monotonic() - task.fields["began"]) * (1 - done) / done
        return Text(f"about {timedelta(seconds=max(1, round(left)))} left")


class CommandOutput:
    """Where a command's result and progress go, as ``--quiet`` and ``--json`` say."""

    def __init__(self, quiet: bool, as_json: bool) -> None:
        self.silent = quiet
        self.as_json = as_json
        self.terminal = sys.stdout.isatty()
        self.console = _plain_console(soft_wrap=True, width=None if self.terminal else PLAIN_WIDTH)

    @contextmanager
    def steps(self, lines: bool = False) -> Iterator[Callable[..., None]]:
        """A progress line for each step; yields a function that names the next one.

        It also takes a function that tells the share of the step that is done, from 0 to 1.
        ``lines``: where stderr is no terminal, a plain line for each step, as a log file wants it.
        """
        plain = lines and not (self.silent or self.as_json or sys.stderr.isatty())
        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            _TimeLeft(),
            console=_plain_console(stderr=True),
            transient=True,
            disable=self.silent or self.as_json or not sys.stderr.isatty(),
        )
        with progress:
            task = progress.add_task("start", share=None, began=0.0)

            def step(text: str, share: Callable[[], float] | None = None) -> None:
                progress.update(task, description=text, share=share, began=time.monotonic())
                if plain:
                    sys.stderr.write(f"{text}\n")
                    sys.stderr.flush()

            yield step

    def emit(self, facts: dict[str, Any], *lines: object) -> None:
        """``facts`` as JSON, or the ``lines`` (text and tables)."""
        if self.as_json:
            sys.stdout.write(json.dumps(facts) + "\n")
        elif not self.silent:
            for line in (part.table() if self.terminal and isinstance(part, MarkdownTable) else part for part in lines):
                if isinstance(line, Table):
                    self.console.print(fitted(line, self.console.width), soft_wrap=False)
                else:
                    self.console.print(line)

    def tell(self, line: str) -> None:
        """A line of a result that comes in parts; as JSON all of it comes at the end, by ``emit``."""
        if not (self.as_json or self.silent):
            self.console.print(line, markup=False, highlight=False)

    def warn(self, lines: Iterable[str]) -> None:
        """What may be wrong, on stderr in quiet runs as well."""
        sys.stderr.writelines(f"whetgen: warning: {line}\n" for line in lines)

    def fail(self, *lines: str) -> None:
        """What failed, on stderr in quiet runs as well."""
        sys.stderr.writelines(f"whetgen: {line}\n" for line in lines)


def _plain_console(**settings: Any) -> Console:
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
