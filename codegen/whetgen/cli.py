"""The command line: options and messages only."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from whetgen import api, inspection
from whetgen.backends import Options
from whetgen.backends.c.mcus import MCUS
from whetgen.backends.folder import check_replaceable
from whetgen.backends.identifiers import check_name, name_from
from whetgen.bench.app import app as bench_app
from whetgen.errors import BadInput
from whetgen.ir import Graph, load_graph
from whetgen.verify.boards import board_names
from whetgen.verify.checks import Verification, verify
from whetgen.verify.frames import load_frames

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Sharpened Keras networks to bit-exact Verilog and C.\n\n"
    "whetgen MODEL --target {verilog,c} --out DIR generates (the command name may be left out).",
)
app.add_typer(bench_app, name="bench")
PLAIN_WIDTH = 140  # of tables that go to a file or a pipe
COMMANDS = ("generate", "verify", "inspect", "train", "bench")

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
    mcu: Annotated[str | None, typer.Option(help=f"C: {', '.join(MCUS)}.")] = None,
    max_flash: Annotated[
        int | None, typer.Option(help="C: bytes of tables and code that the kernels may take.")
    ] = None,
    max_ram: Annotated[int | None, typer.Option(help="C: bytes of the arena.")] = None,
    single_header: Annotated[
        bool, typer.Option("--single-header", help="C: write everything as one header as well.")
    ] = False,
    constant_time: Annotated[
        bool, typer.Option("--constant-time", help="C: the same instructions whatever the input.")
    ] = False,
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
    identifier = check_name(name) if name else name_from(model.stem)
    options = Options(
        identifier,
        bus_bits,
        output,
        architecture,
        mcu=mcu,
        max_flash=max_flash,
        max_ram=max_ram,
        single_header=single_header, constant_time=constant_time)
    check_replaceable(out)
    with report.steps() as step:
        step("load Keras and the model")
        network = api.load_model(model)
        step("trace and lower to integers")
        traced = api.trace_steps(network, api.InputSpec(input_type, input_scale))
        frames = load_frames(calibration, traced.graph) if calibration else None
        step("compare with Keras")
        rounding = api.check_against_keras(network, traced, frames.first(1000).codes if frames else None)
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
    if rounding.outside_bound or (checked and not checked.passed):
        raise typer.Exit(1)


@app.command("verify")
def verify_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that whetgen generated.")],
    data: Annotated[
        Path | None,
        typer.Option(help="X.npz with codes x and, for the accuracy, labels y (default: edges and random codes)."),
    ] = None,
    count: Annotated[int | None, typer.Option(help="At most that many frames.")] = None,
    on: Annotated[str | None, typer.Option(help=f"C: a board, in its emulator: {', '.join(board_names())}.")] = None,
    flags: Annotated[str | None, typer.Option(help="C, with --on: the compiler's, such as '-O2 -flto'.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run a generated folder against the reference, bit for bit."""
    report = Report(quiet, as_json)
    with report.steps() as step:
        result = verify(folder, data, count, step, on, flags)
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
    recipe: Annotated[str, typer.Argument(help="digits-mlp, mnist-mlp, mnist-cnn, mnist-mlp-small or mnist-cnn-small.")],
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

    def generated(self, made: api.Generation, rounding, narrowed, checked: Verification | None) -> None:
        manifest = made.manifest
        lines = [
            f"wrote {made.folder} ({manifest['target']}, {len(manifest['files'])} files)",
            f"against Keras float32: {rounding.spikes_compared} spikes of {rounding.inputs} inputs compared, "
            f"{rounding.spikes_rounded} rounded differently, {rounding.outside_bound} outside the rounding bound",
        ]
        if manifest["latency_cycles"] is not None:
            lines.append(
                f"latency {manifest['latency_cycles']} cycles, a frame every {manifest['initiation_interval_cycles']} cycles"
            )
        lines += _kernel_lines(manifest.get("kernels", ()))
        lines += (
            [
                f"{c.name}: {c.bits_before} -> {c.bits_after} bits, {c.decisions_kept:.2%} of decisions kept"
                for c in narrowed.changes
            ]
            if narrowed
            else []
        )
        lines += [f"note: {note}" for note in manifest["notes"]]
        facts = {"out": str(made.folder), **manifest}
        if checked:
            lines += _verification_lines(checked)
            facts["verify"] = _verification_facts(checked)
        self._emit(facts, *lines)

    def verified(self, result: Verification) -> None:
        self._emit(_verification_facts(result), *_verification_lines(result))

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


def _kernel_lines(kernels) -> list[str]:
    """What the planner took for each layer, and its two best alternatives."""
    lines = []
    for choice in kernels:
        others = [o for o in choice["options"] if o["kernel"] != choice["kernel"]][:2]
        told = "; ".join(f"{o['kernel']}: {o['cycles']:,} cycles, {o['table_bytes']:,} B" for o in others)
        (own,) = (o for o in choice["options"] if o["kernel"] == choice["kernel"])
        took = f"{choice['kernel']}, about {own['cycles']:,} cycles, {own['table_bytes']:,} bytes of tables"
        lines.append(f"{choice['layer']}: {took}" + (f" ({told})" if told else ""))
    return lines


def _verification_facts(result: Verification) -> dict:
    return {**asdict(result), "passed": result.passed}


def _verification_lines(result: Verification) -> list[str]:
    lines = [f"{result.target} {result.name}: {result.vectors} frames, {result.mismatches} mismatches"]
    if result.accuracy is not None:
        lines.append(f"accuracy {result.accuracy:.2%}")
    lines += [f"{key.replace('_', ' ')} {value}" for key, value in result.measured.items() if key != "layers"]
    lines += [
        f"  {layer['title']}: {layer['cost']:,} {result.measured['unit']}, {layer['table_bytes']:,} bytes of tables"
        for layer in result.measured.get("layers", ())
    ]
    return lines + [f"FAILED: {failure}" for failure in result.failures]


def main(arguments: list[str] | None = None) -> None:
    """Entry point; exits with 0 done, 1 a check failed, 2 bad input."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments and arguments[0] not in (*COMMANDS, "--help", "-h"):
        arguments.insert(0, "generate")
    try:
        app(arguments)
    except BadInput as error:
        sys.stderr.write(f"whetgen: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
