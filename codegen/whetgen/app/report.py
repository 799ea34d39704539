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
    data: Annotated[Path | None, typer.Option(help="X.npz with codes x and labels y, for the samples.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write one self-contained page with tables and pictures."""
    from whetgen.report import SAMPLES, render_report
    from whetgen.targets.output.folder import read_manifest, write_text
    from whetgen.verification.doubts import data_doubts
    from whetgen.verification.frames import check_frames_file, load_frames

    output = CommandOutput(quiet, as_json)
    if out.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"--out {out}: the page is HTML; give a file name that ends in .html")
    if out.exists():
        raise BadInput(f"--out {out}: exists; give a new file name")
    spec.check()
    if data:
        check_frames_file(data)
    with output.steps() as step:
        step("read the network")
        manifest = read_manifest(source) if is_generated(source) else None
        graph = read_graph(source, spec, output)
        step("draw the page")
        frames = load_frames(data, graph, SAMPLES) if data else None
        output.warn(data_doubts(graph, frames) if frames else ())
        write_text(out, render_report(graph, manifest["name"] if manifest else source.stem, manifest, frames))
    output.emit({"out": str(out)}, f"wrote {out}")
