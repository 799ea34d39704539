"""``whetgen report``: options and messages only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.options import with_options
from whetgen.app.source import is_generated, read_graph
from whetgen.errors import BadInput
from whetgen.input_spec import InputSpec

if TYPE_CHECKING:
    from whetgen.ir import Graph
    from whetgen.verification.frames import Frames

    Opened = Callable[[Path], tuple[dict[str, Any] | None, Graph, Frames | None]]


@with_options
def report(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="DIR|MODEL...", help="A generated folder, or a .keras model; several for a comparison."),
    ],
    out: Annotated[Path, typer.Option(help="File to write, NAME.html; an existing one is not overwritten.")],
    spec: InputSpec,
    data: Annotated[
        Path | None, typer.Option(help="X.npz with codes x and labels y: accuracy, examples, how the neurons behave.")
    ] = None,
    count: Annotated[int, typer.Option(help="At most that many of its frames.")] = 1000,
    log: Annotated[
        Path | None, typer.Option(help="Log of the training (default: NAME.csv beside the model NAME.keras).")
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write one self-contained page: the network, its figures, and the network itself to try; of several a table."""
    from whetgen.report import log_beside, render_report
    from whetgen.targets.output.folder import write_text
    from whetgen.verification.frames import check_frames_file

    output = CommandOutput(quiet, as_json)
    _check(out, count, log, sources)
    spec.check()
    if data:
        check_frames_file(data)
    with output.steps() as step:

        def opened(source: Path) -> tuple[dict[str, Any] | None, Graph, Frames | None]:
            step(f"read {source} and the data")
            return _opened(source, spec, data, count, output)

        if len(sources) > 1:
            page = _comparison(sources, opened, data, count)
        else:
            manifest, graph, frames = opened(sources[0])
            step("draw the page, compile the network for it")
            name = manifest["name"] if manifest else sources[0].stem
            page = render_report(graph, name, manifest, frames, log or log_beside(sources[0]))
        write_text(out, page)
    output.emit({"out": str(out)}, f"wrote {out}")


def _check(out: Path, count: int, log: Path | None, sources: Sequence[Path]) -> None:
    if out.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"--out {out}: the page is HTML; give a file name that ends in .html")
    if out.exists():
        raise BadInput(f"--out {out}: exists; give a new file name")
    if count < 1:
        raise BadInput(f"--count {count}: at least 1")
    if log and len(sources) > 1:
        raise BadInput(f"--log {log}: a comparison shows no training; leave it out, or give one network")


def _opened(
    source: Path, spec: InputSpec, data: Path | None, count: int, output: CommandOutput
) -> tuple[dict[str, Any] | None, Graph, Frames | None]:
    """Manifest of a folder, graph, and the frames; what is odd about them becomes warnings."""
    from whetgen.targets.output.folder import read_manifest
    from whetgen.verification.doubts import data_doubts
    from whetgen.verification.frames import load_frames

    manifest = read_manifest(source) if is_generated(source) else None
    graph = read_graph(source, spec, output)
    frames = load_frames(data, graph, count) if data else None
    output.warn(data_doubts(graph, frames) if frames else ())
    return manifest, graph, frames


def _comparison(sources: Sequence[Path], opened: Opened, data: Path | None, count: int) -> str:
    """Each under its last name, or its whole path where two have the same."""
    from whetgen.report import Contender, accuracy_of, render_comparison

    ends = [source.resolve().name for source in sources]
    contenders = []
    for source, end in zip(sources, ends, strict=True):
        manifest, graph, frames = opened(source)
        name = end if ends.count(end) == 1 else str(source)
        contenders.append(Contender(name, graph, manifest, accuracy_of(graph, frames)))
    return render_comparison(contenders, f"at most {count:,} frames of {data.name}" if data else None)
