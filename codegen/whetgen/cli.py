"""The command line: options and messages only."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from whetgen import api, inspection
from whetgen.backends import Options
from whetgen.backends.folder import check_replaceable
from whetgen.backends.identifiers import check_name, name_from
from whetgen.errors import BadInput
from whetgen.ir import Graph, load_graph
from whetgen.passes.narrow import Narrowed
from whetgen.verify.checks import Verification, verify
from whetgen.verify.frames import load_frames
from whetgen.verify.rounding import KerasCheck

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Sharpened Keras networks to bit-exact Verilog and C.\n\n"
    "whetgen MODEL --target {verilog,c} --out DIR generates (the command name may be left out).",
)
PLAIN_WIDTH = 140  # of tables that go to a file or a pipe
COMMANDS = ("generate", "verify", "inspect", "train")

Quiet = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
Name = Annotated[str | None, typer.Option(help="Identifier in the generated files (default: the file's stem).")]
InputType = Annotated[str, typer.Option(help="Type of an input code: uint8, int8, uint4, bit, int16.")]
InputScale = Annotated[
    float, typer.Option(help="Real value = code / scale; a Rescaling layer in the model replaces it.")
]
WeightBits = Annotated[
    str, typer.Option(help="exact (nothing is lossy), auto (fewest bits that keep the accuracy) or a number of bits.")
]
Calibration = Annotated[
    Path | None,
    typer.Option(help="X.npz with codes x and labels y, for --weight-bits and for the check against Keras."),
]
Tolerance = Annotated[float, typer.Option(help="Share of calibration frames that --weight-bits auto may lose.")]


@app.command()
def generate(
    model: Annotated[Path, typer.Argument(help="A .keras model whose spiking layers are at sharpness 1.0.")],
    target: Annotated[str, typer.Option(help="verilog or c.")],
    out: Annotated[Path, typer.Option(help="Folder to write; must be new, empty, or an unchanged one of ours.")],
    name: Name = None,
    input_type: InputType = "uint8",
    input_scale: InputScale = 255,
    weight_bits: WeightBits = "exact",
    calibration: Calibration = None,
    tolerance: Tolerance = api.DEFAULT_TOLERANCE,
    bus_bits: Annotated[
        str | None, typer.Option(help="Verilog: width of the input tdata, a multiple of 8, or full.")
    ] = None,
    output: Annotated[str | None, typer.Option(help="Verilog: class, scores, spikes or accumulators.")] = None,
    architecture: Annotated[
        str, typer.Option(help="Verilog: auto, unrolled (one layer a pipeline stage) or folded (weights in ROM).")
    ] = "auto",
    check: Annotated[
        bool, typer.Option("--verify", help="Run the generated target against the reference as well.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Generate the sources of one target."""
    report = Report(quiet, as_json)
    if target not in api.TARGETS:
        raise BadInput(f"--target {target}: choose one of {', '.join(api.TARGETS)}")
    own_name = name_from(model.stem) if name is None else check_name(name)
    options = Options(own_name, bus_bits, output, architecture)
    check_replaceable(out)
    api.check_narrowing(weight_bits, calibration is not None, tolerance)
    with report.steps() as step:
        step("load Keras and the model")
        network = api.load_model(model)
        step("trace and lower to integers")
        traced = api.trace_steps(network, api.InputSpec(input_type, input_scale))
        frames = load_frames(calibration, traced.graph) if calibration else None
        step("compare with Keras")
        rounding = api.check_against_keras(network, traced, frames.first(1000).codes if frames else None)
        if rounding.outside_bound:
            report.refuted(rounding)
        narrowed = api.narrow_weights(
            traced.graph, weight_bits, frames, tolerance, lambda layer: step(f"narrow {layer}")
        )
        graph = narrowed.graph if narrowed else traced.graph
        facts = {"keras_check": rounding.as_dict()}
        if narrowed:
            facts["narrowing"] = {"agreement": narrowed.agreement, "layers": [asdict(c) for c in narrowed.changes]}
        step(f"write {out}")
        made = api.generate(graph, target, out, options, frames, facts)
        checked = verify(out, frames, progress=step) if check else None
    report.generated(made, rounding, narrowed, checked)
    if checked and not checked.passed:
        raise typer.Exit(1)


@app.command("verify")
def verify_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that whetgen generated.")],
    data: Annotated[
        Path | None,
        typer.Option(help="X.npz with codes x and, for the accuracy, labels y (default: edges and random codes)."),
    ] = None,
    count: Annotated[int | None, typer.Option(help="At most that many frames.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run a generated folder against the reference, bit for bit."""
    report = Report(quiet, as_json)
    with report.steps() as step:
        result = verify(folder, data, count, step)
    report.verified(result)
    if not result.passed:
        raise typer.Exit(1)


@app.command()
def inspect(
    model: Annotated[Path, typer.Argument(help="A .keras model or a generated folder.")],
    input_type: InputType = "uint8",
    input_scale: InputScale = 255,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Show layers, widths, fan-in, bits, synapses and resources."""
    report = Report(quiet, as_json)
    with report.steps() as step:
        step("read the model")
        graph = (
            load_graph(model)
            if model.is_dir()
            else api.trace(api.load_model(model), api.InputSpec(input_type, input_scale))
        )
        step("plan the targets")
        resources = api.plan_resources(graph)
    report.inspected(graph, resources)


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="digits-mlp, mnist-mlp or mnist-cnn.")],
    out: Annotated[Path, typer.Option(help="File to write, NAME.keras.")],
    seed: Annotated[int, typer.Option(help="Same seed, same machine: same model.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="A few steps only, to try the plumbing.")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Train a named recipe until every layer is sharp."""
    report = Report(quiet, as_json)
    if out.suffix != ".keras":
        raise BadInput(f"--out {out}: give a file name that ends in .keras")
    if out.exists():
        raise BadInput(f"--out {out}: exists; give a new file name")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise BadInput(f"--out {out}: {out.parent} is no folder that can be written; make it first")
    with report.steps() as step:
        step(f"train {recipe}")
        result = api.train(recipe, out, seed, quick, lambda logs: step(_epoch_line(recipe, logs)))
    report.trained(result)


def _epoch_line(recipe: str, logs: dict) -> str:
    return f"train {recipe}: " + " ".join(
        f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in logs.items()
    )


class Report:
    """Results on stdout, progress and errors on stderr."""

    def __init__(self, quiet: bool, as_json: bool) -> None:
        self.silent = quiet
        self.as_json = as_json
        self.console = Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)

    @contextmanager
    def steps(self) -> Iterator:
        """A progress line for each step; yields a function that names the next one."""
        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=self.silent or self.as_json or not sys.stderr.isatty(),
        )
        with progress:
            task = progress.add_task("start")
            yield lambda text: progress.update(task, description=text)

    def _emit(self, facts: dict, *lines) -> None:
        if self.as_json:
            sys.stdout.write(json.dumps(facts) + "\n")
        elif not self.silent:
            for line in lines:
                self.console.print(line)

    def _fail(self, *lines: str) -> None:
        """What failed, in quiet runs as well."""
        sys.stderr.writelines(f"whetgen: {line}\n" for line in lines)

    def refuted(self, rounding: KerasCheck) -> NoReturn:
        """The integers are not the model: nothing is written.

        Raises:
            typer.Exit: always, with 1.
        """
        self._emit({"keras_check": rounding.as_dict()})
        self._fail(
            f"{rounding.outside_bound} results of {rounding.inputs} inputs differ from Keras' beyond float32's rounding "
            "bound; nothing was written, please report the model"
        )
        raise typer.Exit(1)

    def generated(self, made: api.Generation, rounding, narrowed, checked: Verification | None) -> None:
        manifest = made.manifest
        lines = [
            f"wrote {made.folder} ({manifest['target']}, {len(manifest['files'])} files)",
            f"against Keras float32: {rounding.spikes_compared} spikes and {rounding.values_compared} values "
            f"of {rounding.inputs} inputs compared, "
            f"{rounding.spikes_rounded} rounded differently, {rounding.outside_bound} outside the rounding bound",
        ]
        if manifest["latency_cycles"] is not None:
            lines.append(
                f"latency {manifest['latency_cycles']} cycles, a frame every {manifest['initiation_interval_cycles']} cycles"
            )
        lines += _narrowing_lines(narrowed) if narrowed else []
        lines += [f"note: {note}" for note in manifest["notes"]]
        facts = {"out": str(made.folder), **manifest}
        if checked:
            lines += _verification_lines(checked)
            facts["verify"] = _verification_facts(checked)
        self._emit(facts, *lines)
        self._fail(*_failure_lines(checked) if checked else ())

    def verified(self, result: Verification) -> None:
        self._emit(_verification_facts(result), *_verification_lines(result))
        self._fail(*_failure_lines(result))

    def inspected(self, graph: Graph, resources: dict) -> None:
        table = Table("layer", "kind", "shape", "value bits", "fan-in", "weight bits", "synapses", "operations")
        for row in inspection.layers(graph):
            cells = (
                row.name,
                row.kind,
                "x".join(map(str, row.shape)),
                row.value_bits,
                row.fan_in,
                row.weight_bits,
                row.synapses,
                row.operations,
            )
            table.add_row(*("" if c is None else str(c) for c in cells))
        lines = [" ".join(f"{k.replace('_', ' ')} {v:,}" for k, v in inspection.totals(graph).items())]
        lines += [
            f"{target}: " + ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in facts.items())
            for target, facts in resources.items()
        ]
        self._emit(
            {**inspection.as_dict(graph), "resources": resources}, table, *lines, *(f"note: {n}" for n in graph.notes)
        )

    def trained(self, result) -> None:
        facts = {**asdict(result), "path": str(result.path)}
        self._emit(
            facts,
            f"wrote {result.path}: {result.sharp_accuracy:.2%} of the test set, fully sharp ({result.epochs} epochs, {result.seconds:.0f} s)",
        )


def _narrowing_lines(narrowed: Narrowed) -> list[str]:
    lines = [
        f"{c.name}: {c.bits_before} -> {c.bits_after} bits, {c.decisions_kept:.2%} of decisions kept"
        + (f"; {c.note}" if c.note else "")
        for c in narrowed.changes
    ]
    return [*lines, f"narrow weights: {narrowed.agreement:.2%} of the calibration frames give the same result"]


def _verification_facts(result: Verification) -> dict:
    return {**asdict(result), "passed": result.passed}


def _verification_lines(result: Verification) -> list[str]:
    lines = [f"{result.target} {result.name}: {result.vectors} frames, {result.mismatches} mismatches"]
    if result.accuracy is not None:
        lines.append(f"accuracy {result.accuracy:.2%}")
    return lines + [f"{key.replace('_', ' ')} {value}" for key, value in result.measured.items()]


def _failure_lines(result: Verification) -> list[str]:
    mismatches = [f"FAILED: {result.mismatches} of {result.vectors} frames differ"] if result.mismatches else []
    return mismatches + [f"FAILED: {failure}" for failure in result.failures]


def main(arguments: list[str] | None = None) -> None:
    """Entry point; exits with 0 done, 1 a check failed, 2 bad input."""
    try:
        sys.exit(app(_routed(list(sys.argv[1:] if arguments is None else arguments)), standalone_mode=False))
    except BadInput as error:
        message = str(error)
    except OSError as error:
        message = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    except typer.TyperException as error:  # a mistake in the arguments
        context = getattr(error, "ctx", None)
        asked = f"whetgen {context.info_name}" if context and context.parent else "whetgen"
        message = f"{' '.join(error.format_message().split())} ({asked} --help shows all)"
    except typer.Abort:
        sys.exit(1)
    sys.stderr.write(f"whetgen: {message}\n")
    sys.exit(2)


def _routed(arguments: list[str]) -> list[str]:
    """The arguments with the command's name in front.

    Raises:
        BadInput: the first word is neither a command nor a file.
    """
    first = arguments[0] if arguments else "--help"
    if first in (*COMMANDS, "--help"):
        return arguments or [first]
    if first.startswith("-") or Path(first).exists():
        return ["generate", *arguments]
    if Path(first).suffix:
        raise BadInput(f"{first}: no such file; give a .keras model")
    raise BadInput(f"'{first}' is no command and no file; commands are {', '.join(COMMANDS)}")


if __name__ == "__main__":
    main()
