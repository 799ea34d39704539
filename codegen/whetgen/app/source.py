"""What ``inspect`` and ``report`` look at: a generated folder, or a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whetgen.app.console import CommandOutput
    from whetgen.input_spec import InputSpec
    from whetgen.ir import Graph


def is_generated(source: Path) -> bool:
    """Whether to read a generated folder, not a model."""
    from whetgen.foreign.containers import is_model_folder

    return source.is_dir() and not is_model_folder(source)


def read_graph(source: Path, spec: InputSpec, output: CommandOutput) -> Graph:
    """Of a generated folder, or of a model, whose warnings go to the output."""
    from whetgen import reading
    from whetgen.ir import load_graph

    if is_generated(source):
        return load_graph(source)
    traced = reading.trace_steps(reading.load_model(source), spec)
    output.warn(traced.warnings)
    return traced.graph
