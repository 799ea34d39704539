"""``whetgen verify``: options, and what is told of a check."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from whetgen.app.console import AsJson, CommandOutput, Quiet
from whetgen.app.faults import failed_matches, study_and_record, study_lines
from whetgen.assets import firmware_boards
from whetgen.errors import BadInput, CouldNotRun
from whetgen.wording import counted
from whetgen.wording import facts as told_facts

if TYPE_CHECKING:
    from whetgen.formal import LayerProof
    from whetgen.verification.checks import Verification
    from whetgen.verification.faults.study import FaultStudy
    from whetgen.verification.hits import ClassHits
    from whetgen.verification.self_check import Flip

PROOF_SECONDS = 60.0


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that whetgen generated.")],
    data: Annotated[
        Path | None,
        typer.Option(help="X.npz with codes x and, for the accuracy, labels y (default: edges and random codes)."),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(help="At most that many frames in each part of the check, but one in each test of its own."),
    ] = None,
    exhaustive: Annotated[
        bool,
        typer.Option(
            "--exhaustive", help="All inputs that there are, of at most 20 bits; C under its sanitizers, too."
        ),
    ] = False,
    flip: Annotated[
        bool, typer.Option("--self-check", help="Flip a weight, a threshold and an expected output in copies, too.")
    ] = False,
    formal: Annotated[
        bool, typer.Option("--formal", help="Verilog: prove each layer for all inputs as far as can be, too.")
    ] = False,
    formal_seconds: Annotated[
        float | None, typer.Option(help=f"Time for the proof of one layer (default {PROOF_SECONDS:g}).")
    ] = None,
    faults: Annotated[
        int | None,
        typer.Option(metavar="N", help="Flip stored bits, one alone and up to N at once, too, and tell what it costs."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="With --faults: another choice of bits (default 0).")] = None,
    on: Annotated[
        str | None, typer.Option(help=f"C: a board, in its emulator: {', '.join(firmware_boards())}.")
    ] = None,
    flags: Annotated[str | None, typer.Option(help="C, with --on: the compiler's, such as '-O2 -flto'.")] = None,
    signature: Annotated[
        Path | None,
        typer.Option(help="Your public key of minisign: whetgen.json must be signed with its secret key, too."),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Run a generated folder against the reference, bit for bit."""
    from whetgen.formal import prove_layers
    from whetgen.ir import load_graph
    from whetgen.supply.signature import signature_failures
    from whetgen.targets.output.folder import read_manifest, record
    from whetgen.verification.checks import COULD_NOT_RUN, DIFFERENT, unchecked
    from whetgen.verification.checks import verify as check
    from whetgen.verification.frames import check_frames_file, every_frame, load_frames
    from whetgen.verification.self_check import FRAMES, self_check

    output = CommandOutput(quiet, as_json)
    _refuse_idle(on, flags, formal, formal_seconds, faults, seed)
    if exhaustive and (data is not None or count is not None):
        raise BadInput(f"--exhaustive: takes all frames there are; leave out {'--count' if data is None else '--data'}")
    if data is not None:
        check_frames_file(data)
    proofs: tuple[LayerProof, ...] = ()
    flips: tuple[Flip, ...] = ()
    study: FaultStudy | None = None
    with output.steps() as step:
        result = unchecked(read_manifest(folder))
        try:
            if formal:
                proofs = prove_layers(folder, PROOF_SECONDS if formal_seconds is None else formal_seconds, step)
                record(folder, "proofs", [_proof_facts(proof) for proof in proofs])
            frames = every_frame(load_graph(folder)) if exhaustive else data
            result = check(folder, frames, count, step, on, flags)
            if signature is not None:
                result = replace(result, failures=(*result.failures, *signature_failures(folder, signature)))
            if flip and result.outcome != COULD_NOT_RUN:
                flip_frames = load_frames(data, load_graph(folder), FRAMES) if data else None
                flips = self_check(folder, flip_frames, step, count)
            if faults is not None and result.outcome != COULD_NOT_RUN:
                study = study_and_record(folder, faults, seed or 0, data, count, step)
        except CouldNotRun as error:
            result = result.unable(error)
    _show(output, result, flips, proofs, study)
    wrong = any(proof.result == "refuted" for proof in proofs) or not all(flip.found for flip in flips)
    wrong = wrong or (study is not None and bool(failed_matches(study)))
    raise typer.Exit(exit_code(DIFFERENT if wrong else result.outcome))


def _refuse_idle(
    on: str | None, flags: str | None, formal: bool, formal_seconds: float | None, faults: int | None, seed: int | None
) -> None:
    """Options that would do nothing."""
    from whetgen.targets.c.boards import find_board

    if on is not None:
        find_board(on)
    elif flags is not None:
        raise BadInput(f"--flags {flags}: they are of the compiler for a board; give --on BOARD, too")
    if formal_seconds is not None and not formal:
        raise BadInput(f"--formal-seconds {formal_seconds:g}: means something with --formal only; give both")
    if seed is not None and faults is None:
        raise BadInput(f"--seed {seed}: means something with --faults only; give both")
    if faults is not None and faults < 1:
        raise BadInput(f"--faults {faults}: at least 1")


def exit_code(outcome: str) -> int:
    """0 equal, 1 different, 2 could not run."""
    from whetgen.verification.checks import DIFFERENT, EQUAL

    return {EQUAL: 0, DIFFERENT: 1}.get(outcome, 2)


def verification_facts(result: Verification) -> dict[str, Any]:
    """A check as JSON."""
    return {**asdict(result), "outcome": result.outcome, "passed": result.passed}


def verification_lines(result: Verification) -> list[str]:
    """What ran and what it measured; nothing where no frame ran."""
    if not result.vectors:
        return []
    frames = counted(result.vectors, "frame") + (", all that there are" if result.complete else "")
    lines = [f"{result.target} {result.name}: {frames}, {counted(result.mismatches, 'mismatch')}"]
    if result.accuracy is not None:
        lines.append(f"accuracy {result.accuracy:.2%}" + (_worst(result.worst_class) if result.worst_class else ""))
    return lines + _measured_lines(result.measured) + [f"note: {note}" for note in result.notes]


def _worst(found: ClassHits) -> str:
    name = "" if found.name is None else f": {found.name}"
    return f", lowest of class {found.number}{name}: {found.right:,} of {counted(found.frames, 'frame')}"


def failure_lines(result: Verification) -> list[str]:
    """What differs, what else is wrong, and what could not run."""
    differ = f"FAILED: {result.mismatches:,} of {counted(result.vectors, 'frame')} differ"
    mismatches = [differ] if result.mismatches else []
    unable = [] if result.reason is None else could_not_run(result.reason, result.log)
    return [*mismatches, *(f"FAILED: {failure}" for failure in result.failures), *unable]


def could_not_run(reason: object, log: tuple[str, ...]) -> list[str]:
    """A line, and the last ones of the tool's log."""
    return [f"COULD NOT RUN: {reason}", *(f"  {line}" for line in log)]


def _show(
    output: CommandOutput,
    result: Verification,
    flips: tuple[Flip, ...],
    proofs: tuple[LayerProof, ...],
    study: FaultStudy | None,
) -> None:
    facts = verification_facts(result)
    lines: list[object] = [*verification_lines(result)]
    if proofs:
        facts["formal"] = [asdict(proof) for proof in proofs]
        lines.append(_proof_table(proofs))
    if flips:
        facts["self_check"] = [{**asdict(flip), "found": flip.found} for flip in flips]
        lines += [str(flip) for flip in flips if flip.found]
    if study is not None:
        facts["faults"] = study.as_dict()
        lines += study_lines(study)
    output.emit(facts, *lines)
    output.warn(result.warnings)
    output.fail(*failure_lines(result), *(f"FAILED: {flip}" for flip in flips if not flip.found))
    output.fail(*(failed_matches(study) if study else ()))
    output.fail(*(_refutation(proof) for proof in proofs if proof.result == "refuted"))


def _refutation(proof: LayerProof) -> str:
    example = "" if proof.counterexample is None else f" for {list(proof.counterexample)}"
    return f"FAILED: {proof.layer}: {proof.reason}{example}"


def _proof_facts(proof: LayerProof) -> dict[str, Any]:
    """What the folder keeps: the counterexample is in the command's own output."""
    return {
        key: value for key, value in asdict(proof).items() if key in ("layer", "result", "proved", "outputs", "reason")
    }


def _proof_table(proofs: tuple[LayerProof, ...]) -> Table:
    table = Table("layer", "for all inputs", "results proved", "seconds", "because")
    for proof in proofs:
        proved = f"{proof.proved} of {proof.outputs}" if proof.outputs else ""
        table.add_row(proof.layer, proof.result, proved, f"{proof.seconds:.1f}", proof.reason)
    return table


def _measured_lines(measured: dict[str, Any]) -> list[str]:
    """Costs in the board's unit, each kernel call's in a line of its own."""
    layers, unit = measured.get("layers", ()), measured.get("unit", "").removesuffix("s")
    costs = dict.fromkeys(("cost_mean", "cost_least", "cost_most"), unit)
    whole = {key: value for key, value in measured.items() if key not in ("layers", "unit")}
    return told_facts(whole, costs) + [
        f"  {layer['title']}: {counted(layer['cost'], unit)}, {counted(layer['table_bytes'], 'byte')} of tables"
        for layer in layers
    ]
