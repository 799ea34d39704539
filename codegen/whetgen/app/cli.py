"""The command line: options and messages only."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.table import Table

import whetgen
from whetgen.app.bench.app import app as bench_app
from whetgen.app.console import AsJson, Output, Quiet, printable_output
from whetgen.app.train import train
from whetgen.assets import firmware_boards, hardware_boards, microcontrollers
from whetgen.errors import BadInput, CouldNotRun
from whetgen.host.stop import Stopped, stop_on_signals
from whetgen.synth.devices import DEVICES
from whetgen.targets.output.identifiers import check_name, name_from
from whetgen.wording import counted, duration, every, meant
from whetgen.wording import facts as told_facts

if TYPE_CHECKING:  # commands import what they need, so that whetgen --help is quick
    from whetgen import api
    from whetgen.formal import LayerProof
    from whetgen.ir import Graph
    from whetgen.passes.narrow import Narrowed
    from whetgen.synth.run import Synthesis
    from whetgen.verification.checks import Verification
    from whetgen.verification.diff import Change
    from whetgen.verification.rounding import KerasCheck
    from whetgen.verification.self_check import Flip

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Sharpened Keras networks to bit-exact Verilog, HLS C++ and C.\n\n"
    "whetgen MODEL --target {verilog,hls,c} --out DIR generates (the command name may be left out).",
)
app.add_typer(bench_app, name="bench")
ROOT_OPTIONS = ("--help", "--version", "--install-completion", "--show-completion")
COMMANDS = ("generate", "verify", "inspect", "report", "synth", "diff", "train", "bench")

Name = Annotated[str | None, typer.Option(help="Identifier in the generated files (default: the file's stem).")]
InputType = Annotated[str, typer.Option(help="Type of an input code: uint8, int8, uint4, bit, int16.")]
InputScale = Annotated[
    float | None,
    typer.Option(help="Real value = code / scale (default 255); a Rescaling layer in the model replaces it."),
]
WeightBits = Annotated[
    str, typer.Option(help="exact (nothing is lossy), auto (fewest bits that keep the accuracy) or a number of bits.")
]
Calibration = Annotated[
    Path | None,
    typer.Option(help="X.npz with codes x and labels y, for --weight-bits and for the check against Keras."),
]
Tolerance = Annotated[float, typer.Option(help="Share of calibration frames that --weight-bits auto may lose.")]


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"whetgen {whetgen.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Print the version and end.")
    ] = False,
) -> None:
    """What stands in front of a command."""


@app.command()
def generate(
    model: Annotated[Path, typer.Argument(help="A .keras model whose spiking layers are at sharpness 1.0.")],
    target: Annotated[str, typer.Option(help="verilog, hls or c.")],
    out: Annotated[Path, typer.Option(help="Folder to write; must be new, empty, or an unchanged one of ours.")],
    name: Name = None,
    input_type: InputType = "uint8",
    input_scale: InputScale = None,
    weight_bits: WeightBits = "exact",
    calibration: Calibration = None,
    tolerance: Tolerance = 0.0,
    bus_bits: Annotated[
        str | None, typer.Option(help="Verilog, HLS: width of the input tdata, a multiple of 8, or full.")
    ] = None,
    output: Annotated[
        str | None, typer.Option(help="class, scores, spikes, or accumulators: numbers and no class.")
    ] = None,
    architecture: Annotated[
        str | None,
        typer.Option(help="Verilog: auto (default), unrolled (a frame every beat) or folded (weights in ROM)."),
    ] = None,
    max_luts: Annotated[
        int | None, typer.Option(help="Verilog: the fastest folding of at most that many LUTs by the estimate.")
    ] = None,
    reuse: Annotated[
        int | None, typer.Option(help="Verilog, HLS: times that each multiplier of each layer is used for a position.")
    ] = None,
    levels_per_stage: Annotated[
        int | None, typer.Option(help="Verilog, unrolled: tables in a row between two registers (default 3).")
    ] = None,
    solver: Annotated[
        str | None, typer.Option(help="Verilog, unrolled: da4ml, whose shared sums are tried beside our own.")
    ] = None,
    hls_tool: Annotated[str | None, typer.Option(help="HLS: vitis (default) or catapult.")] = None,
    fold: Annotated[
        list[str] | None,
        typer.Option(
            help="Verilog, HLS: LAYER=PExSIMD, or LAYER=PExSIMDxBITS for inputs bit by bit, once a layer; inspect lists the legal ones."
        ),
    ] = None,
    target_fps: Annotated[
        float | None, typer.Option(help="Verilog, HLS: frames a second that the folding must reach.")
    ] = None,
    clock_mhz: Annotated[float | None, typer.Option(help="Clock of --target-fps (default 100).")] = None,
    mcu: Annotated[str | None, typer.Option(help=f"C: {', '.join(microcontrollers())}.")] = None,
    max_flash: Annotated[
        int | None,
        typer.Option(
            help="C: bytes of tables and code that the kernels may take (default: the flash of --mcu's board in firmware/boards)."
        ),
    ] = None,
    max_ram: Annotated[int | None, typer.Option(help="C: bytes of the arena.")] = None,
    single_header: Annotated[
        bool, typer.Option("--single-header", help="C: write everything as one header as well.")
    ] = False,
    constant_time: Annotated[
        bool, typer.Option("--constant-time", help="C: the same instructions whatever the input.")
    ] = False,
    board: Annotated[
        str | None, typer.Option(help=f"Verilog: tops, pins and self-test for a board: {', '.join(hardware_boards())}.")
    ] = None,
    control: Annotated[
        str | None, typer.Option(help="Verilog: axi-lite, a top with registers beside the streams.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--verify", help="Run the generated target against the reference as well.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Generate the sources of one target."""
    from whetgen import api
    from whetgen.targets.output.folder import check_replaceable
    from whetgen.targets.output.kinds import with_kind
    from whetgen.targets.registry import Options, find_target, options_for
    from whetgen.targets.streams.options import _read_bus, _read_foldings
    from whetgen.verification.checks import verify
    from whetgen.verification.frames import check_frames_file, load_frames

    report = Report(quiet, as_json)
    own_name = name_from(model.stem) if name is None else check_name(name)
    options = Options(
        own_name,
        bus_bits=_read_bus(bus_bits) if bus_bits is not None else None,
        output=output,
        architecture=architecture,
        hls_tool=hls_tool,
        folding=_read_foldings(fold) if fold else None,
        target_fps=target_fps,
        clock_mhz=clock_mhz,
        mcu=mcu,
        max_flash=max_flash,
        max_ram=max_ram,
        single_header=single_header,
        constant_time=constant_time,
        levels_per_stage=levels_per_stage,
        solver=solver,
        max_luts=max_luts,
        reuse=reuse,
        board=board,
        control=control,
    )
    spec = api.InputSpec(input_type, input_scale)
    options_for(find_target(target), options)
    spec.check()
    bits = _bits(weight_bits)
    api.check_narrowing(bits, calibration is not None, tolerance)
    check_replaceable(out)
    if calibration:
        check_frames_file(calibration)
    with report.steps() as step:
        step("load Keras and the model")
        network = api.load_model(model)
        step("trace and lower to integers")
        traced = api.trace_steps(network, spec)
        exact = with_kind(traced.graph, output)
        frames = load_frames(calibration, exact) if calibration else None
        step("compare with Keras")
        rounding = api.check_against_keras(network, traced, frames.first(1000).codes if frames else None)
        if rounding.outside_bound:
            report.refuted(rounding)
        narrowed = api.narrow_weights(exact, bits, frames, tolerance, lambda layer: step(f"narrow {layer}"))
        graph = narrowed.graph if narrowed else exact
        warnings = (*traced.warnings, *(api.data_doubts(graph, frames) if frames else ()))
        facts = {"keras_check": rounding.as_dict(), "warnings": list(warnings)}
        if narrowed:
            facts["narrowing"] = {"agreement": narrowed.agreement, "layers": [asdict(c) for c in narrowed.changes]}
        step(f"write {out}")
        made = api.generate(graph, target, out, options, frames, facts)
        checked = verify(out, frames, progress=step) if check else None
    report.generated(made, rounding, narrowed, checked)
    raise typer.Exit(_exit_code(checked.outcome) if checked else 0)


def _exit_code(outcome: str) -> int:
    from whetgen.verification.checks import DIFFERENT, EQUAL

    return {EQUAL: 0, DIFFERENT: 1}.get(outcome, 2)


def _bits(text: str | None) -> int | str | None:
    """A number where it is one; other words are for those who know them."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return text
    return int(text)


@app.command("verify")
def verify_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that whetgen generated.")],
    data: Annotated[
        Path | None,
        typer.Option(help="X.npz with codes x and, for the accuracy, labels y (default: edges and random codes)."),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(help="At most that many frames in each part of the check, but one in each test of its own."),
    ] = None,
    flip: Annotated[
        bool, typer.Option("--self-check", help="Flip a weight, a threshold and an expected output in copies, too.")
    ] = False,
    formal: Annotated[
        bool, typer.Option("--formal", help="Verilog, unrolled: prove each layer for all inputs, too.")
    ] = False,
    formal_seconds: Annotated[float | None, typer.Option(help="Time for the proof of one layer (default 60).")] = None,
    on: Annotated[
        str | None, typer.Option(help=f"C: a board, in its emulator: {', '.join(firmware_boards())}.")
    ] = None,
    flags: Annotated[str | None, typer.Option(help="C, with --on: the compiler's, such as '-O2 -flto'.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run a generated folder against the reference, bit for bit."""
    from whetgen.formal import prove_layers
    from whetgen.ir import load_graph
    from whetgen.targets.c.boards import find_board
    from whetgen.targets.output.folder import read_manifest
    from whetgen.verification.checks import COULD_NOT_RUN, DIFFERENT, unchecked, verify
    from whetgen.verification.frames import check_frames_file, load_frames
    from whetgen.verification.self_check import FRAMES, self_check

    report = Report(quiet, as_json)
    if on is not None:
        find_board(on)
    elif flags is not None:
        raise BadInput(f"--flags {flags}: they are of the compiler for a board; give --on BOARD, too")
    if formal_seconds is not None and not formal:
        raise BadInput(f"--formal-seconds {formal_seconds:g}: means something with --formal only; give both")
    if data is not None:
        check_frames_file(data)
    with report.steps() as step:
        result, proofs, flips = unchecked(read_manifest(folder)), (), ()
        try:
            proofs = prove_layers(folder, 60 if formal_seconds is None else formal_seconds, step) if formal else ()
            result = verify(folder, data, count, step, on, flags)
            if flip and result.outcome != COULD_NOT_RUN:
                flip_frames = load_frames(data, load_graph(folder), FRAMES) if data else None
                flips = self_check(folder, flip_frames, step, count)
        except CouldNotRun as error:
            result = result.unable(error)
    report.verified(result, flips, proofs)
    wrong = any(proof.result == "refuted" for proof in proofs) or not all(flip.found for flip in flips)
    raise typer.Exit(_exit_code(DIFFERENT if wrong else result.outcome))


@app.command()
def inspect(
    model: Annotated[Path, typer.Argument(help="A .keras model or a generated folder.")],
    input_type: InputType = "uint8",
    input_scale: InputScale = None,
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
    from whetgen import api

    report = Report(quiet, as_json)
    api.InputSpec(input_type, input_scale).check()
    with report.steps() as step:
        step("read the model")
        graph = _graph(model, input_type, input_scale, report)
        step("plan the targets")
        resources = api.plan_resources(graph)
    report.inspected(graph, resources, foldings)


@app.command()
def report(
    source: Annotated[Path, typer.Argument(metavar="DIR|MODEL", help="A generated folder, or a .keras model.")],
    out: Annotated[Path, typer.Option(help="File to write, NAME.html; an existing one is not overwritten.")],
    data: Annotated[Path | None, typer.Option(help="X.npz with codes x and labels y, for the samples.")] = None,
    input_type: InputType = "uint8",
    input_scale: InputScale = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write one self-contained page with tables and pictures."""
    from whetgen import api
    from whetgen.report import SAMPLES, render_report
    from whetgen.targets.output.folder import read_manifest, write_text
    from whetgen.verification.frames import check_frames_file, load_frames

    output = Report(quiet, as_json)
    if out.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"--out {out}: the page is HTML; give a file name that ends in .html")
    if out.exists():
        raise BadInput(f"--out {out}: exists; give a new file name")
    api.InputSpec(input_type, input_scale).check()
    if data:
        check_frames_file(data)
    with output.steps() as step:
        step("read the network")
        manifest = read_manifest(source) if _is_generated(source) else None
        graph = _graph(source, input_type, input_scale, output)
        step("draw the page")
        frames = load_frames(data, graph, SAMPLES) if data else None
        output.warn(api.data_doubts(graph, frames) if frames else ())
        text = render_report(graph, manifest["name"] if manifest else source.stem, manifest, frames)
        write_text(out, text)
    output.emit({"out": str(out)}, f"wrote {out}")


def _is_generated(source: Path) -> bool:
    """Whether to read a generated folder, not a model."""
    from whetgen.foreign.containers import is_model_folder

    return source.is_dir() and not is_model_folder(source)


def _graph(source: Path, input_type: str, input_scale: float | None, report: Report) -> Graph:
    """Of a generated folder, or of a model."""
    from whetgen import api
    from whetgen.ir import load_graph

    if _is_generated(source):
        return load_graph(source)
    traced = api.trace_steps(api.load_model(source), api.InputSpec(input_type, input_scale))
    report.warn(traced.warnings)
    return traced.graph


@app.command()
def synth(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of --target verilog.")],
    device: Annotated[str, typer.Option(help=f"{', '.join(DEVICES)}.")],
    seed: Annotated[int, typer.Option(help="Of the placement.")] = 1,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Synthesise, place and route with open tools: LUT, FF, carry, BRAM, DSP, Fmax."""
    from whetgen.synth.run import synthesise

    report = Report(quiet, as_json)
    with report.steps() as step:
        result = synthesise(folder, device, seed, step)
    report.synthesised(result)
    if result.failure or not result.fits:
        raise typer.Exit(1)


@app.command("diff")
def diff_command(
    before: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that whetgen generated.")],
    after: Annotated[Path, typer.Argument(metavar="DIR", help="Another one.")],
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say what changed between two generated folders: options, cycles, resources, graph, files."""
    from whetgen.verification.diff import diff

    Report(quiet, as_json).compared(diff(before, after))


app.command()(train)


class Report(Output):
    """What each command found."""

    def _fail(self, *lines: str) -> None:
        """What failed, in quiet runs as well."""
        sys.stderr.writelines(f"whetgen: {line}\n" for line in lines)

    def warn(self, lines: Iterable[str]) -> None:
        """What may be wrong, in quiet runs as well."""
        sys.stderr.writelines(f"whetgen: warning: {line}\n" for line in lines)

    def refuted(self, rounding: KerasCheck) -> NoReturn:
        """The integers are not the model: nothing is written.

        Raises:
            typer.Exit: always, with 1.
        """
        self.emit({"keras_check": rounding.as_dict()})
        self._fail(
            f"{counted(rounding.outside_bound, 'result')} of {counted(rounding.inputs, 'input')} differ from Keras' beyond float32's rounding "
            "bound; nothing was written, please report the model"
        )
        raise typer.Exit(1)

    def generated(self, made: api.Generation, rounding, narrowed, checked: Verification | None) -> None:
        manifest = made.manifest
        lines = [
            f"wrote {made.folder} ({manifest['target']}, {counted(len(manifest['files']), 'file')})",
            f"input: {manifest['input']['meaning']}",
            *(f"output {_head_line(head)}" for head in manifest["output"]["heads"]),
            f"against Keras float32: {counted(rounding.spikes_compared, 'spike')} and "
            f"{counted(rounding.values_compared, 'value')} of {counted(rounding.inputs, 'input')} compared, "
            f"{rounding.spikes_rounded:,} rounded differently, {rounding.outside_bound:,} outside the rounding bound",
        ]
        if manifest["latency_cycles"] is not None:
            interval = every(manifest["initiation_interval_cycles"], "cycle")
            lines.append(f"latency {counted(manifest['latency_cycles'], 'cycle')}, a frame {interval}")
        lines += _kernel_lines(manifest.get("kernels", ()))
        lines += _narrowing_lines(narrowed) if narrowed else []
        lines += [f"note: {note}" for note in manifest["notes"]]
        facts = {"out": str(made.folder), **manifest}
        if checked:
            lines += _verification_lines(checked)
            facts["verify"] = _verification_facts(checked)
        self.emit(facts, *lines)
        self.warn(manifest["warnings"])
        self._fail(*_failure_lines(checked) if checked else ())

    def verified(self, result: Verification, flips: tuple[Flip, ...], proofs: tuple[LayerProof, ...]) -> None:
        facts, lines = _verification_facts(result), _verification_lines(result)
        if proofs:
            facts["formal"] = [asdict(proof) for proof in proofs]
            lines.append(_proof_table(proofs))
        if flips:
            facts["self_check"] = [{**asdict(flip), "found": flip.found} for flip in flips]
            lines += [str(flip) for flip in flips if flip.found]
        self.emit(facts, *lines)
        self.warn(result.warnings)
        self._fail(*_failure_lines(result), *(f"FAILED: {flip}" for flip in flips if not flip.found))
        self._fail(*(f"FAILED: {p.layer}: {p.reason} for {list(p.counterexample)}" for p in proofs if p.counterexample))

    def synthesised(self, result: Synthesis) -> None:
        table = Table(result.device, "used", "of")
        for resource, used in result.cells.items():
            table.add_row(resource, f"{used:,}", f"{result.room[resource]:,}")
        lines = [f"logic depth {counted(result.depth, 'cell')}"]
        if result.fmax_mhz is not None:
            lines.append(
                f"{result.fmax_mhz:.1f} MHz: {result.frames_per_second:,.0f} frames a second, latency {duration(result.latency_ns)}"
            )
        self.emit(
            {**asdict(result), "fits": result.fits}, f"{result.name} on {DEVICES[result.device].title}", table, *lines
        )
        self._fail(*([f"FAILED: {result.failure}"] if result.failure else []))
        self._fail(
            *([] if result.fits else [f"FAILED: does not fit {result.device}; fold more (--fold, --target-fps)"])
        )

    def compared(self, changes: tuple[Change, ...]) -> None:
        table = Table("part", "what", "before", "after")
        for change in changes:
            table.add_row(*("" if cell is None else str(cell) for cell in asdict(change).values()))
        self.emit({"same": not changes, "changes": [asdict(c) for c in changes]}, table if changes else "no difference")

    def inspected(self, graph: Graph, resources: dict, all_foldings: bool) -> None:
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
        self.emit({**inspection.as_dict(graph), "resources": resources}, table, *lines, folded, *notes)


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
            table.add_row(
                layer, str(row.pe), str(row.simd), bits, *(f"{n:,}" for n in (row.word_bits, row.cycles, row.luts))
            )
    return table


def _narrowing_lines(narrowed: Narrowed) -> list[str]:
    lines = [
        f"{c.name}: {c.bits_before} -> {counted(c.bits_after, 'bit')}, {c.decisions_kept:.2%} of decisions kept"
        + (f"; {c.note}" if c.note else "")
        for c in narrowed.changes
    ]
    return [*lines, f"narrow weights: {narrowed.agreement:.2%} of the calibration frames give the same result"]


def _head_line(head: dict) -> str:
    """What an output holds; numbers that were taken for scores have a way out."""
    taken = head["classifier"] and head["kind"] == "accumulators" and head["class_1_from"] is None
    return head["meaning"] + (" (numbers, not classes? --output accumulators)" if taken else "")


def _kernel_lines(kernels) -> list[str]:
    """What the planner took for each layer, and its two best alternatives."""
    lines = []
    for choice in kernels:
        others = [o for o in choice["options"] if o["kernel"] != choice["kernel"]][:2]
        told = "; ".join(f"{o['kernel']}: {counted(o['cycles'], 'cycle')}, {o['table_bytes']:,} B" for o in others)
        (own,) = (o for o in choice["options"] if o["kernel"] == choice["kernel"])
        took = f"{choice['kernel']}, about {counted(own['cycles'], 'cycle')}, {counted(own['table_bytes'], 'byte')} of tables"
        lines.append(f"{choice['layer']}: {took}" + (f" ({told})" if told else ""))
    return lines


def _verification_facts(result: Verification) -> dict:
    return {**asdict(result), "outcome": result.outcome, "passed": result.passed}


def _proof_table(proofs: tuple[LayerProof, ...]) -> Table:
    table = Table("layer", "for all inputs", "results proved", "seconds", "because")
    for proof in proofs:
        proved = f"{proof.proved} of {proof.outputs}" if proof.outputs else ""
        table.add_row(proof.layer, proof.result, proved, f"{proof.seconds:.1f}", proof.reason)
    return table


def _verification_lines(result: Verification) -> list[str]:
    if not result.vectors:
        return []
    lines = [
        f"{result.target} {result.name}: {counted(result.vectors, 'frame')}, {counted(result.mismatches, 'mismatch')}"
    ]
    if result.accuracy is not None:
        lines.append(f"accuracy {result.accuracy:.2%}")
    return lines + _measured_lines(result.measured) + [f"note: {note}" for note in result.notes]


def _measured_lines(measured: dict) -> list[str]:
    """Costs in the board's unit, each kernel call's in a line of its own."""
    layers, unit = measured.get("layers", ()), measured.get("unit", "").removesuffix("s")
    costs = dict.fromkeys(("cost_mean", "cost_least", "cost_most"), unit)
    whole = {key: value for key, value in measured.items() if key not in ("layers", "unit")}
    return told_facts(whole, costs) + [
        f"  {layer['title']}: {counted(layer['cost'], unit)}, {counted(layer['table_bytes'], 'byte')} of tables"
        for layer in layers
    ]


def _failure_lines(result: Verification) -> list[str]:
    differ = f"FAILED: {result.mismatches:,} of {counted(result.vectors, 'frame')} differ"
    mismatches = [differ] if result.mismatches else []
    unable = [] if result.reason is None else [f"COULD NOT RUN: {result.reason}", *_indented(result.log)]
    return [*mismatches, *(f"FAILED: {failure}" for failure in result.failures), *unable]


def _indented(log: tuple[str, ...]) -> list[str]:
    return [f"  {line}" for line in log]


def main(arguments: list[str] | None = None) -> None:
    """Entry point; exits with 0 done, 1 a check failed, 2 bad input or could not run, 128 + N stopped by signal N."""
    with printable_output():
        _main(arguments)


def _main(arguments: list[str] | None) -> NoReturn:
    try:
        with stop_on_signals():
            sys.exit(app(_routed(list(sys.argv[1:] if arguments is None else arguments)), standalone_mode=False) or 0)
    except Stopped as stop:
        sys.stderr.write(f"whetgen: stopped by {stop.signal}\n")
        raise
    except CouldNotRun as error:
        message = "\n".join([f"COULD NOT RUN: {error}", *(f"whetgen: {line}" for line in _indented(error.log))])
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
    if arguments in ([], ["bench"]):  # groups of commands
        return [*arguments, "--help"]
    first = arguments[0]
    if first in (*COMMANDS, *ROOT_OPTIONS):
        return arguments
    if first.startswith("-") or Path(first).exists():
        return ["generate", *arguments]
    if Path(first).suffix:
        raise BadInput(f"{first}: no such file; give a .keras model")
    raise BadInput(f"'{first}' is no command and no file; {meant(first, COMMANDS)}commands are {', '.join(COMMANDS)}")


if __name__ == "__main__":
    main()
