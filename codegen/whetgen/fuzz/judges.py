"""Who else computes a network: each judge runs a batch of networks through one target and tool.

A judge gives for each network its outputs, (frames, elements), and now and then another thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from whetgen.errors import BadInput, CouldNotRun
from whetgen.fuzz import c_batch, hls_batch
from whetgen.fuzz.loops import naive_run
from whetgen.fuzz.networks import RandomNetwork
from whetgen.fuzz.rtl import RtlResult, RtlSimulation, correct_frames
from whetgen.ir import Graph
from whetgen.ir.integers import signed_bits
from whetgen.targets.c.boards import find_board
from whetgen.targets.c.options import COptions
from whetgen.targets.c.plan import plan as plan_c
from whetgen.targets.hls import target as hls
from whetgen.targets.output.kinds import legal_kinds
from whetgen.targets.registry import Options, find_target, options_for
from whetgen.targets.verilog import target as verilog
from whetgen.targets.verilog.plan import VerilogPlan
from whetgen.verification.board_build import build_image
from whetgen.verification.board_runner import run_image
from whetgen.verification.c_runner import SANITIZERS, WARNINGS
from whetgen.verification.nir_runner import run_nir
from whetgen.verification.onnx_runner import run_onnx

BATCH = 40
_MOST_HLS_BITS = 1024
_AVR = "atmega328p"
_AVR_RAM, _AVR_FLASH = 1_200, 26_000
_BUSES: tuple[int | None, ...] = (None, None, 8, 24)


@dataclass(frozen=True, eq=False)
class Told:
    """What a judge says of one network; ``outputs``: None where its target does not take the network."""

    outputs: np.ndarray | None
    failures: tuple[str, ...] = ()


SKIPPED = Told(None)
Run = Callable[[Sequence[RandomNetwork], Path], list[Told]]


@dataclass(frozen=True)
class Judge:
    """``run``: networks in an empty folder; ``told``: what it is, for people; ``one_in``: of so many batches it sees one,
    by a count that begins at ``first``, so that the slow judges do not all see the same."""

    run: Run
    told: str
    one_in: int = 1
    first: int = 0

    def sees(self, number: int) -> bool:
        """Whole batches, since tools build one program of them."""
        return (number // BATCH) % self.one_in == self.first


def _loops(networks: Sequence[RandomNetwork], folder: Path) -> list[Told]:
    """The reference's own judge: plain loops over Python's integers."""
    return [
        Told(np.array([[v for values in naive_run(n.graph, code).values() for v in values] for code in n.codes]))
        for n in networks
    ]


def _c(machine: c_batch.Machine, flags: Sequence[str], networks: Sequence[RandomNetwork], folder: Path) -> list[Told]:
    cases = [(n.graph, n.codes) for n in networks]
    return [Told(outputs) for outputs in c_batch.run_batch(cases, folder, flags, machine=machine)]


def _constant_time(networks: Sequence[RandomNetwork], folder: Path) -> list[Told]:
    options = COptions(constant_time=True)
    taken = _taken(networks, lambda n: plan_c(n.graph, "net", options))
    cases = [(n.graph, n.codes) for n in networks if n.number in taken]
    outputs = c_batch.run_batch(cases, folder, ("-O1",), options) if cases else []
    return _told(networks, dict(zip(taken, map(Told, outputs), strict=True)))


Plan = TypeVar("Plan")


def _taken(networks: Sequence[RandomNetwork], plan: Callable[[RandomNetwork], Plan]) -> dict[int, Plan]:
    """The plans of the networks that a target does not refuse, by number."""
    plans = {}
    for network in networks:
        with suppress(BadInput):
            plans[network.number] = plan(network)
    return plans


def _told(networks: Sequence[RandomNetwork], found: Mapping[int, Told]) -> list[Told]:
    return [found.get(network.number, SKIPPED) for network in networks]


def _avr(networks: Sequence[RandomNetwork], folder: Path) -> list[Told]:
    return [_on_avr(n, folder / str(k)) for k, n in enumerate(networks)]


def _on_avr(network: RandomNetwork, folder: Path) -> Told:
    """Where the network fits the chip."""
    board = find_board(_AVR)
    try:
        options = Options(name="net", mcu=board.core, max_flash=_AVR_FLASH, max_ram=_AVR_RAM)
        kind = find_target("c")
        made = kind.rendered(network.graph, options_for(kind, options), network.codes)
    except BadInput:
        return SKIPPED
    for path, text in made.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    image = build_image(folder, "net", board, folder / "build")
    return Told(run_image(image, network.graph, network.codes, board).outputs)


def _stream_options(network: RandomNetwork) -> dict[str, object]:
    """Numbers and no class, so that outputs compare; any width of the bus."""
    kinds = legal_kinds(network.graph)
    kind = "spikes" if kinds[0] == "spikes" else "accumulators"
    return {"output": kind, "bus_bits": _BUSES[network.number % len(_BUSES)]}


def _hls(tool: str, networks: Sequence[RandomNetwork], folder: Path) -> list[Told]:
    plans = _taken(
        [n for n in networks if _fits_hls(n)],
        lambda n: hls.plan(n.graph, f"net{n.number}", hls.HlsOptions(hls_tool=tool, **_stream_options(n))),  # type: ignore[arg-type]
    )
    batch = [(plans[n.number], n.codes) for n in networks if n.number in plans]
    outputs = hls_batch.run_batch(batch, folder, ("-O0",)) if batch else []
    return _told(networks, dict(zip(plans, map(Told, outputs), strict=True)))


def _fits_hls(network: RandomNetwork) -> bool:
    return max(signed_bits(*span) for span in network.graph.ranges.values()) <= _MOST_HLS_BITS


def _rtl(simulator: str, architecture: str, networks: Sequence[RandomNetwork], folder: Path) -> list[Told]:
    """Back to back, then with idle cycles and stalls."""
    plans = _taken(
        networks,
        lambda n: verilog.plan(
            n.graph,
            f"net{n.number}",
            verilog.VerilogOptions(architecture=architecture, **_stream_options(n)),  # type: ignore[arg-type]
        ),
    )
    if not plans:
        return [SKIPPED] * len(networks)
    simulation = RtlSimulation([*plans.values()], folder, simulator)
    sent = [correct_frames(plans[n.number], n.codes) for n in networks if n.number in plans]
    smooth, rough = simulation.run(sent), simulation.run(sent, networks[0].number + 1, 40, 50)
    told = [_streamed(*row) for row in zip(plans.values(), smooth, rough, strict=True)]
    return _told(networks, dict(zip(plans, told, strict=True)))


def _streamed(plan: VerilogPlan, smooth: RtlResult, rough: RtlResult) -> Told:
    promised, measured = (
        (plan.latency_cycles, plan.initiation_interval_cycles),
        (smooth.latency_cycles, smooth.interval_cycles),
    )
    failures = []
    if measured[0] != promised[0] or measured[1] not in (promised[1], -1):
        failures.append(f"latency and interval: {promised} promised, {measured} measured")
    if not np.array_equal(smooth.outputs, rough.outputs):
        failures.append("other outputs where beats are late")
    if any((r.err_frames, r.unstable, r.surplus_beats) != (0, 0, 0) for r in (smooth, rough)):
        failures.append("frames counted as malformed, beats that change or beats too many")
    return Told(smooth.outputs, tuple(failures))


def _file(target: str, run_file: Callable[[Path, Graph, np.ndarray], Told], dialect: str | None, networks: Sequence[RandomNetwork], folder: Path) -> list[Told]:  # fmt: skip
    """A target that is one file."""
    return [_from_file(target, run_file, dialect, n, folder / str(k)) for k, n in enumerate(networks)]


def _from_file(target: str, run_file: Callable[[Path, Graph, np.ndarray], Told], dialect: str | None, network: RandomNetwork, folder: Path) -> Told:  # fmt: skip
    kind = find_target(target)
    try:
        made = kind.rendered(network.graph, options_for(kind, Options(name="net", onnx_dialect=dialect)), network.codes)  # type: ignore[arg-type]
    except BadInput as error:  # numbers or layers that the format does not hold
        if "install" in str(error):
            raise CouldNotRun(str(error)) from error
        return SKIPPED
    folder.mkdir()
    ((name, data),) = made.files.items()
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return run_file(folder / name, network.graph, network.codes)


def _run_onnx(path: Path, graph: Graph, codes: np.ndarray) -> Told:
    ran = run_onnx(path, graph, codes)
    return Told(ran.outputs, tuple(ran.failures))


def _run_nir(path: Path, graph: Graph, codes: np.ndarray) -> Told:
    return Told(run_nir(path, graph, codes))


_CLANG = c_batch.Machine(compiler="clang")
_S390X = c_batch.Machine(compiler="s390x-linux-gnu-gcc", emulator="qemu-s390x", order=">", flags=("-static",))
_RTL = {
    f"{architecture}, {simulator}": Judge(
        partial(_rtl, simulator, architecture), f"Verilog, {architecture}, in {title}", one_in
    )
    for simulator, title, one_in in (("icarus", "Icarus", 4), ("verilator", "Verilator", 25))
    for architecture in ("unrolled", "folded")
}
JUDGES: dict[str, Judge] = {
    "loops": Judge(_loops, "the reference against plain loops"),
    "gcc": Judge(partial(_c, c_batch.HOST, ("-O2", *WARNINGS)), "C by this machine's compiler, -O2, every warning"),
    "sanitizers": Judge(partial(_c, c_batch.HOST, SANITIZERS), "C under address and undefined sanitizers", 8, 1),
    "constant-time": Judge(_constant_time, "C of the same instructions whatever the input", 8, 2),
    "clang": Judge(partial(_c, _CLANG, ("-O2",)), "C by clang, -O2", 2),
    "s390x": Judge(partial(_c, _S390X, ("-O1",)), "C on a big-endian machine (s390x under QEMU)", 8, 3),
    "avr": Judge(_avr, "C on a machine of 16-bit int (ATmega328P in simavr)", 25, 4),
    "hls": Judge(partial(_hls, "vitis"), "HLS C++ of Vitis' types", 16, 5),
    "catapult": Judge(partial(_hls, "catapult"), "HLS C++ of Catapult's types", 25, 6),
    **_RTL,
    "onnx": Judge(partial(_file, "onnx", _run_onnx, "standard"), "ONNX in onnxruntime"),
    "qonnx": Judge(partial(_file, "onnx", _run_onnx, "qonnx"), "QONNX in onnx's evaluator", 4, 1),
    "nir": Judge(partial(_file, "nir", _run_nir, None), "NIR by its definitions"),
}
