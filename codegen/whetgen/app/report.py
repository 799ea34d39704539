"""``whetgen report``: options and messages only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.options import with_options
from whetgen.app.source import is_generated, read_graph
from whetgen.errors import BadInput
from whetgen.input_spec import InputSpec


@with_options
def report(
    source: Annotated[Path, typer.Argument(metavar="DIR|MODEL", help="A generated folder, or a .keras model.")],
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
    """Write one self-contained page: the network, its figures, and the network itself to try."""
    from whetgen.report import log_beside, render_report
    from whetgen.targets.output.folder import read_manifest, write_text
    from whetgen.verification.doubts import data_doubts
    from whetgen.verification.frames import check_frames_file, load_frames

    output = CommandOutput(quiet, as_json)
    if out.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"--out {out}: the page is HTML; give a file name that ends in .html")
    if out.exists():
        raise BadInput(f"--out {out}: exists; give a new file name")
    if count < 1:
        raise BadInput(f"--count {count}: at least 1")
    spec.check()
    if data:
        check_frames_file(data)
    with output.steps() as step:
        step("read the network")
        manifest = read_manifest(source) if is_generated(source) else None
        graph = read_graph(source, spec, output)
        step("look at the data")
        frames = load_frames(data, graph, count) if data else None
        output.warn(data_doubts(graph, frames) if frames else ())
        step("draw the page, compile the network for it")
        name = manifest["name"] if manifest else source.stem
        write_text(out, render_report(graph, name, manifest, frames, log or log_beside(source)))
    output.emit({"out": str(out)}, f"wrote {out}")
