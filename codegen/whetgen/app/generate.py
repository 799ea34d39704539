"""``whetgen generate``: options, the steps of the work, and what is told of the result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.hardware import hardware_lines
from whetgen.app.narrowing import Narrowing
from whetgen.app.options import beginning, with_options
from whetgen.app.verify import exit_code, failure_lines, verification_facts, verification_lines
from whetgen.input_spec import InputSpec
from whetgen.targets.output.identifiers import check_name, name_from
from whetgen.targets.registry import TARGETS, Options, find_target, options_for
from whetgen.wording import counted

if TYPE_CHECKING:
    from whetgen.ir import Graph
    from whetgen.passes.narrow import Narrowed
    from whetgen.verification.checks import Verification
    from whetgen.verification.frames import Frames
    from whetgen.verification.rounding import FloatCheck


@with_options
def generate(
    model: Annotated[
        Path,
        typer.Argument(
            help="A .keras model whose spiking layers are at sharpness 1.0, an .onnx model or a .nir graph."
        ),
    ],
    target: Annotated[
        str,
        typer.Option(help=f"{', '.join([*TARGETS][:-1])} or {[*TARGETS][-1]}.", autocompletion=beginning(TARGETS)),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="Folder to write, or NAME.onnx (--target onnx), NAME.nir (--target nir) for that file alone; must be new, empty, or an unchanged one of ours."
        ),
    ],
    name: Annotated[
        str | None, typer.Option(help="Identifier in the generated files (default: the file's stem).")
    ] = None,
    *,
    spec: InputSpec,
    narrowing: Narrowing,
    options: Options,
    check: Annotated[
        bool, typer.Option("--verify", help="Run the generated target against the reference as well.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Generate the sources of one target."""
    from whetgen import api, reading
    from whetgen.targets.output.kinds import with_kind
    from whetgen.targets.output.lone import check_out, folder_for, written
    from whetgen.verification.doubts import data_doubts
    from whetgen.verification.frames import check_frames_file, load_frames

    output = CommandOutput(quiet, as_json)
    options = replace(options, name=name_from(model.stem) if name is None else check_name(name))
    found = find_target(target)
    options_for(found, options)
    spec.check()
    narrowing.check()
    check_out(out, found)
    if narrowing.calibration:
        check_frames_file(narrowing.calibration)
    with output.steps() as step:
        reader = reading.reader_of(model)
        step(f"load {reader} and the model")
        network = reading.load_model(model)
        step("trace and lower to integers")
        traced = reading.trace_steps(network, spec)
        exact = with_kind(traced.graph, options.output)
        frames = load_frames(narrowing.calibration, exact) if narrowing.calibration else None
        step(f"compare with {reader}")
        rounding = reading.check_against_floats(network, traced, frames.first(1000).codes if frames else None)
        if rounding.outside_bound:
            _refute(output, reader, rounding)
        narrowed = narrowing.narrowed(exact, frames, lambda layer: step(f"narrow {layer}"))
        graph = narrowed.graph if narrowed else exact
        warnings = (*traced.warnings, *(data_doubts(graph, frames) if frames else ()))
        step(f"write {out}")
        facts = _facts(reader, rounding, warnings)
        if narrowed:
            facts["narrowing"] = _narrowing_facts(exact, narrowed, frames)
        with folder_for(out, found, options.name) as folder:
            made = api.generate(graph, target, folder, options, frames, facts).manifest
            checked = api.verify(folder, frames, progress=step) if check else None
    _show(output, out, {**made, "files": written(out, found, made)}, reader, rounding, narrowed, checked)
    raise typer.Exit(exit_code(checked.outcome) if checked else 0)


def _facts(reader: str, rounding: FloatCheck, warnings: Iterable[str]) -> dict[str, Any]:
    """What ``whetgen.json`` tells beside what the target does."""
    return {_key(reader): rounding.as_dict(), "warnings": list(warnings)}


def _narrowing_facts(exact: Graph, narrowed: Narrowed, frames: Frames | None) -> dict[str, Any]:
    """What changed, and where the frames have labels the share that is right before and after."""
    facts: dict[str, Any] = {"agreement": narrowed.agreement, "layers": [asdict(c) for c in narrowed.changes]}
    if frames is not None and frames.labels is not None:
        for when, graph in (("before", exact), ("after", narrowed.graph)):
            facts[f"accuracy_{when}"] = float((graph.predict(frames.codes) == frames.labels).mean())
    return facts


def _key(reader: str) -> str:
    """Of the comparison with the model's floats in ``whetgen.json``."""
    return f"{reader.lower()}_check"


def _refute(output: CommandOutput, reader: str, rounding: FloatCheck) -> NoReturn:
    """The integers are not the model: nothing is written.

    Raises:
        typer.Exit: always, with 1.
    """
    output.emit({_key(reader): rounding.as_dict()})
    output.fail(
        f"{counted(rounding.outside_bound, 'result')} of {counted(rounding.inputs, 'input')} differ from those of {reader} beyond float32's rounding "
        "bound; nothing was written, please report the model"
    )
    raise typer.Exit(1)


def _show(
    output: CommandOutput,
    out: Path,
    manifest: dict[str, Any],
    reader: str,
    rounding: FloatCheck,
    narrowed: Narrowed | None,
    checked: Verification | None,
) -> None:
    lines: list[object] = [
        f"wrote {out} ({manifest['target']}, {counted(len(manifest['files']), 'file')})",
        f"input: {manifest['input']['meaning']}",
        *(f"output {_head_line(head)}" for head in manifest["output"]["heads"]),
        f"against {reader} float32: {counted(rounding.spikes_compared, 'spike')} and "
        f"{counted(rounding.values_compared, 'value')} of {counted(rounding.inputs, 'input')} compared, "
        f"{rounding.spikes_rounded:,} rounded differently, {rounding.outside_bound:,} outside the rounding bound",
    ]
    lines += hardware_lines(manifest)
    lines += _kernel_lines(manifest) if "kernels" in manifest else []
    lines += _narrowing_lines(narrowed) if narrowed else []
    lines += [f"note: {note}" for note in manifest["notes"]]
    facts = {"out": str(out), **manifest}
    if checked:
        lines += verification_lines(checked)
        facts["verify"] = verification_facts(checked)
    output.emit(facts, *lines)
    output.warn(manifest["warnings"])
    output.fail(*failure_lines(checked) if checked else ())


def _head_line(head: dict[str, Any]) -> str:
    """What an output holds; numbers that were taken for scores have a way out."""
    taken = head["classifier"] and head["kind"] == "accumulators" and head["class_1_from"] is None
    return str(head["meaning"]) + (" (numbers, not classes? --output accumulators)" if taken else "")


def _kernel_lines(manifest: dict[str, Any]) -> list[str]:
    """What a frame takes by the estimate, and on which processor; what the planner took for each layer."""
    unit, resources = manifest["time_unit"], manifest["resources"]
    frame = f"about {counted(resources['cycles_estimated'], unit)} a frame on {manifest['processor']} (--mcu {manifest['mcu']})"
    return [frame, *(_kernel_line(choice, unit) for choice in manifest["kernels"])]


def _kernel_line(choice: dict[str, Any], unit: str) -> str:
    """What the planner took for a layer, and its two best alternatives; ``unit``: of what they take."""
    others = [o for o in choice["options"] if o["kernel"] != choice["kernel"]][:2]
    told = "; ".join(f"{o['kernel']}: {counted(o['cycles'], unit)}, {o['table_bytes']:,} B" for o in others)
    (own,) = (o for o in choice["options"] if o["kernel"] == choice["kernel"])
    took = f"{choice['kernel']}, about {counted(own['cycles'], unit)}, {counted(own['table_bytes'], 'byte')} of tables"
    return f"{choice['layer']}: {took}" + (f" ({told})" if told else "")


def _narrowing_lines(narrowed: Narrowed) -> list[str]:
    lines = [
        f"{c.name}: {c.bits_before} -> {counted(c.bits_after, 'bit')}, {c.decisions_kept:.2%} of decisions kept"
        + (f"; {c.note}" if c.note else "")
        for c in narrowed.changes
    ]
    return [*lines, f"narrow weights: {narrowed.agreement:.2%} of the calibration frames give the same result"]
