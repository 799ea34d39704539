"""``whetgen inspect``: options and tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.options import with_options
from whetgen.app.source import read_graph
from whetgen.errors import BadInput
from whetgen.input_spec import InputSpec
from whetgen.targets.registry import TARGETS
from whetgen.wording import facts as told_facts

if TYPE_CHECKING:
    from whetgen.ir import Graph


@with_options
def inspect(
    model: Annotated[Path, typer.Argument(help="A model (.keras, .h5, .onnx, .nir) or a generated folder.")],
    spec: InputSpec,
    foldings: Annotated[
        bool,
        typer.Option(
            "--foldings",
            help="List every legal folding of each layer with its cycles (HLS: those of up to 4,096 word bits).",
        ),
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Show layers, widths, fan-in, bits, synapses and resources."""
    output = CommandOutput(quiet, as_json)
    spec.check()
    with output.steps() as step:
        step("read the model")
        graph = read_graph(model, spec, output)
        step("plan the targets")
        resources = _resources(graph)
    _show(output, graph, resources, foldings)


def _resources(graph: Graph) -> dict[str, dict[str, Any]]:
    """Estimates of what each target would need, by target; a target that cannot take the graph says why."""
    from whetgen.ir import check_output_bits
    from whetgen.verification.frames import default_frames

    found: dict[str, dict[str, Any]] = {}
    for name, target in TARGETS.items():
        if not target.planned:
            continue
        try:
            rendered = target.rendered(check_output_bits(graph), target.options(), default_frames(graph, 1).codes)
            cycles = {"latency_cycles": rendered.latency_cycles, "interval_cycles": rendered.interval_cycles}
            found[name] = {**rendered.resources, **{k: v for k, v in cycles.items() if v is not None}}
        except BadInput as error:
            found[name] = {"refused": str(error)}
    return found


def _show(output: CommandOutput, graph: Graph, resources: dict[str, dict[str, Any]], all_foldings: bool) -> None:
    from whetgen.report import inspection
    from whetgen.targets.output.words import input_words, output_words

    table = Table(*inspection.HEAD)
    for row in inspection.layers(graph):
        table.add_row(*row.cells)
    lines = [f"input: {input_words(graph)}", *(f"output {output_words(graph, o)}" for o in graph.outputs)]
    lines.append(", ".join(told_facts(inspection.totals(graph))))
    lines += [f"{target}: {', '.join(told_facts(facts))}" for target, facts in resources.items()]
    folded = _every_folding(graph) if all_foldings else _folding_spans(graph)
    notes = (f"note: {n}" for n in graph.notes)
    output.emit({**inspection.as_dict(graph), "resources": resources}, table, *lines, folded, *notes)


def _folding_spans(graph: Graph) -> Table:
    from whetgen.report import inspection

    table = Table("folded layer", "legal foldings", "cycles a frame", "with PE x SIMD")
    for layer, legal in inspection.foldings(graph).items():
        slow, fast = legal[0], legal[-1]
        span = [f"{slow.cycles:,} to {fast.cycles:,}", f"{slow.pe} x {slow.simd} to {fast.pe} x {fast.simd}"]
        table.add_row(layer, str(len(legal)), *span)
    return table


def _every_folding(graph: Graph) -> Table:
    from whetgen.report import inspection

    table = Table("folded layer", "PE", "SIMD", "input bits", "word bits", "cycles a frame", "LUTs, estimated")
    for layer, legal in inspection.foldings(graph).items():
        for row in legal:
            bits = "one by one" if row.planes > 1 else "at once"
            counts = (f"{n:,}" for n in (row.word_bits, row.cycles, row.luts))
            table.add_row(layer, str(row.pe), str(row.simd), bits, *counts)
    return table
