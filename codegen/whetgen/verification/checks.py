"""``whetgen verify``: a generated folder against the reference, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whetgen.errors import BadInput, CouldNotRun, ProgramFailed
from whetgen.ir import Graph, graph_sha256, load_graph
from whetgen.reference import classify
from whetgen.targets.output.folder import changed_files, read_manifest, record_footprint
from whetgen.targets.output.snapshot import snapshot
from whetgen.targets.output.words import class_names
from whetgen.targets.registry import TARGETS
from whetgen.verification.doubts import doubts
from whetgen.verification.frames import Frames, default_frames, flat_outputs, load_frames
from whetgen.verification.hits import ClassHits, worst_class
from whetgen.verification.promises import check_promises
from whetgen.verification.runners import BUDGET_SECONDS, Progress, Ran, Run, find_runner
from whetgen.wording import counted

if TYPE_CHECKING:
    from whetgen.verification.footprint import Footprint

DEFAULT_VECTORS = 256
EQUAL, DIFFERENT, COULD_NOT_RUN = "equal", "different", "could not run"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Result of a check.

    ``vectors``: frames run; ``mismatches``: frames with any bit different; ``failures``: one line for
    everything else that is wrong; ``accuracy``: share of labels hit by the target, None without labels, ``worst_class``: the class of which it hits fewest, None
    where it hits all; ``warnings``: a line for each thing that is odd about the data. ``notes``: a line for
    each choice that was made for the user. ``complete``: the frames were all that there are.
    ``reason``: why the check or a part of it could not run, then with the last lines of the tool's ``log``.
    """

    target: str
    name: str
    vectors: int
    mismatches: int
    failures: tuple[str, ...] = ()
    accuracy: float | None = None
    worst_class: ClassHits | None = None
    measured: dict = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = False
    reason: str | None = None
    log: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        if self.vectors and (self.mismatches or self.failures):
            return DIFFERENT
        return EQUAL if self.reason is None else COULD_NOT_RUN

    @property
    def passed(self) -> bool:
        return self.outcome == EQUAL

    def unable(self, error: CouldNotRun) -> Verification:
        """The same check, of which something could not run."""
        return replace(self, reason=str(error), log=error.log)


def verify(
    folder: str | Path,
    data: str | Path | Frames | None = None,
    count: int | None = None,
    progress: Progress | None = None,
    on: str | None = None,
    flags: str | None = None,
) -> Verification:
    """Run what stands in ``folder`` and compare every output bit with the stored graph.

    A run on a board that finds nothing wrong leaves what it measured in the folder's ``whetgen.json``, under "footprint".

    ``data``: an ``.npz`` with codes ``x`` and, for the accuracy, labels ``y``; by default edges and
    random codes; ``every_frame`` gives all codes of a small input. ``count``: at most that many frames. ``on``: a board of ``firmware/boards``, for C, with the compiler's
    ``flags`` or the board's own.

    Raises:
        BadInput: not a folder of ours, or unreadable data.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    graph = load_graph(folder)
    frames, notes = _frames(graph, manifest, data, count)
    if manifest["target"] not in TARGETS:
        raise BadInput(f"{folder}: target '{manifest['target']}' is not known to this version")
    check_promises(folder, manifest, graph)
    failures = [f"{path} {what} since it was generated" for path, what in changed_files(folder, manifest).items()]
    if graph_sha256(graph) != manifest["graph_sha256"]:
        failures.append("model.json and model.npz are not the graph that this folder was generated from")
    runner = None if on is None else _board_runner(folder, manifest, on, flags)
    try:
        ran = run_target(folder, manifest, graph, frames, progress, runner)
    except CouldNotRun as error:
        return replace(unchecked(manifest), failures=tuple(failures)).unable(error)
    wanted = target_outputs(graph, manifest, frames.codes)
    if ran.outputs.shape != wanted.shape:
        raise BadInput(
            f"{folder}: its sources give results of shape {ran.outputs.shape}, not {wanted.shape}; generate the folder again"
        )
    given, told = data is not None and not frames.complete, _told(graph, manifest, ran.outputs)
    result = Verification(
        target=manifest["target"],
        name=manifest["name"],
        vectors=len(frames.codes),
        mismatches=int(np.any(ran.outputs != wanted, axis=1).sum()),
        failures=(*failures, *ran.failures),
        accuracy=None if told is None or frames.labels is None else float(np.mean(told == frames.labels)),
        worst_class=worst_class(told, frames.labels, class_names(manifest)),
        measured=ran.measured,
        warnings=doubts(graph, frames, told) if given else (),
        notes=notes,
        complete=frames.complete,
    )
    if on is not None and not result.mismatches and not result.failures:
        record_footprint(folder, on, ran.measured)
    return result


def unchecked(manifest: dict) -> Verification:
    """A check that has not begun."""
    return Verification(target=manifest["target"], name=manifest["name"], vectors=0, mismatches=0)


def run_target(
    folder: Path,
    manifest: dict,
    graph: Graph,
    frames: Frames,
    progress: Progress | None = None,
    runner: Run | None = None,
) -> Ran:
    """Run what stands in ``folder`` over ``frames``, whatever it should compute; by default on this machine.

    A program that stops by itself gave no frame.

    Raises:
        CouldNotRun: a tool is missing, was killed or refuses the sources, or there is no room for its files.
    """
    run_with = runner or find_runner(manifest["target"]).check
    try:
        with snapshot(folder, manifest) as copy:
            ran = run_with(copy, manifest, graph, frames, progress or _silent)
        return replace(ran, outputs=_whole(ran.outputs, len(frames.codes)))
    except ProgramFailed as error:
        return Ran(_nothing(manifest, frames), failures=[str(error)])
    except OSError as error:
        raise CouldNotRun(
            f"{error.filename2 or error.filename or 'a file of the check'}: {error.strerror or error}"
        ) from error


def computed(
    folder: Path, manifest: dict, graph: Graph, codes: np.ndarray, progress: Progress | None = None
) -> np.ndarray:
    """What stands in ``folder`` makes of the codes, (frames, elements), and nothing else that a check looks at.

    Raises:
        CouldNotRun: as for ``run_target``.
    """
    return run_target(folder, manifest, graph, Frames(codes), progress, find_runner(manifest["target"]).outputs).outputs


def _frames(
    graph: Graph, manifest: dict, data: Frames | Path | str | None, count: int | None
) -> tuple[Frames, tuple[str, ...]]:
    """What to run, and what is to be said about it."""
    if count is not None and count < 1:
        raise BadInput(f"--count {count}: at least 1")
    if isinstance(data, Frames):
        return data.first(count), ()
    if data is not None:
        return load_frames(Path(data), graph, count), ()
    usual = default_count(manifest)
    limited = count is None and usual < DEFAULT_VECTORS
    told = f"{usual} frames, as many as take about {BUDGET_SECONDS} seconds to simulate; --count sets another number"
    return default_frames(graph, count or usual), (told,) if limited else ()


def default_count(manifest: dict, most: int = DEFAULT_VECTORS) -> int:
    """Frames where the user says nothing: of a slow simulation as many as the time allows."""
    return min(most, find_runner(manifest["target"]).most_frames(manifest) or most)


def _silent(*_: object) -> None:
    """The progress of those who want none."""


def target_outputs(graph: Graph, manifest: dict, codes: np.ndarray) -> np.ndarray:
    """What the target has to give, (frames, elements), by the reference."""
    scores = flat_outputs(graph, codes)
    return classify(graph.outputs[0], scores)[:, None] if manifest["output"]["kind"] == "class" else scores


def _told(graph: Graph, manifest: dict, outputs: np.ndarray) -> np.ndarray | None:
    """The class of each frame by a target's outputs, None where they tell none."""
    if graph.classifier is None:
        return None
    if manifest["output"]["kind"] == "class":
        return outputs[:, 0]
    sizes = [graph.size(o.source) for o in graph.outputs]
    place = graph.outputs.index(graph.classifier)
    return classify(graph.classifier, outputs[:, sum(sizes[:place]) : sum(sizes[: place + 1])])


def _board_runner(folder: Path, manifest: dict, on: str, flags: str | None) -> Run:
    from whetgen.targets.c.boards import find_board

    board = find_board(on)
    if manifest["target"] != "c":
        raise BadInput(f"--on {on}: {folder} holds {manifest['target']}; boards run folders of --target c")

    def run(folder: Path, manifest: dict, graph: Graph, frames: Frames, progress: Progress) -> Ran:
        from whetgen.verification.footprint import measure_on_board

        progress(f"build for {board.title} and run")
        outputs, footprint = measure_on_board(folder, manifest["name"], graph, frames.codes, board, flags)
        return Ran(outputs, footprint.as_dict(), _too_little_ram(footprint) + _too_deep(footprint))

    return run


def _too_little_ram(footprint: Footprint) -> list[str]:
    left = footprint.ram_left_bytes
    if left is None or left >= 0:
        return []
    return [f"{footprint.board}: variables and the deepest stack need {counted(-left, 'byte')} more RAM than there is"]


def _too_deep(footprint: Footprint) -> list[str]:
    seen, told = footprint.stack_seen_bytes, footprint.stack_bytes
    if seen is None or seen <= told:
        return []
    return [
        f"{footprint.board}: an inference took {counted(seen, 'byte')} of stack or more, the compiler tells of {told:,}"
    ]


def _nothing(manifest: dict, frames: Frames) -> np.ndarray:
    """The outputs of a target that did not run."""
    return _whole(np.empty((0, manifest["output"]["length"]), dtype=np.int64), len(frames.codes))


def _whole(outputs: np.ndarray, frames: int) -> np.ndarray:
    """Frames that never came out are rows that equal nothing."""
    missing = np.full((max(frames - len(outputs), 0), outputs.shape[1]), np.iinfo(np.int64).min)
    return np.concatenate([outputs, missing.astype(outputs.dtype)]) if len(missing) else outputs
