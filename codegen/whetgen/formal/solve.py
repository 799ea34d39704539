"""Proves the assertions of a Verilog module for all inputs, for all time or for so many cycles.

Yosys turns the module into an and-inverter graph, ABC runs property directed reachability (IC3: Bradley, *SAT-based
model checking without unrolling*, VMCAI 2011) on it. That method finds the inductive invariant by itself, so that
properties need not know a module's registers; ABC checks the invariant once more before it says "proved". For a number of
cycles ABC unrolls the graph (bounded model checking), which whole networks need: their invariants speak of data.
"""

from __future__ import annotations

import re
import shutil
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from whetgen.errors import TimedOut, ToolFailed
from whetgen.host.processes import call, find_program, run
from whetgen.host.scratch import scratch_folder
from whetgen.synth.tools import find_tool
from whetgen.wording import counted

# Registers without a reset value, and whatever else is undefined, may begin as anything.
_TO_GRAPH = """
prep -flatten -top {top}
async2sync
memory_map
setundef -undriven -anyseq
opt -full
techmap
opt -fast
simplemap
dffunmap
setundef -undriven -anyseq
aigmap
opt_clean
tee -q -o asserts.txt select -list t:$assert
write_aiger -I -B -zinit -map names.txt graph.aig
"""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """``holds``: None where the time did not suffice; ``cycles``: in the first so many only, None for all time.

    ``failed``: file and line of an assertion that does not hold, ``cycle`` when; ``trace``: by name, what the inputs were, cycle by cycle.
    """

    top: str
    holds: bool | None
    seconds: float
    failed: str = ""
    cycle: int | None = None
    cycles: int | None = None
    trace: tuple[Mapping[str, int], ...] = ()

    def __str__(self) -> str:
        if self.holds:
            span = "" if self.cycles is None else f" for {counted(self.cycles, 'cycle')}"
            return f"{self.top}: proved{span} in {self.seconds:.1f} s"
        if self.holds is None:
            return f"{self.top}: undecided after {self.seconds:.1f} s"
        return f"{self.top}: {self.failed} fails in cycle {self.cycle}"


def prove(
    sources: Sequence[Path],
    top: str,
    parameters: Mapping[str, int | str] | None = None,
    seconds: float = 300,
    cycles: int | None = None,
) -> Proof:
    """Prove every ``assert`` of ``top`` and below it, under every ``assume``; undecided after ``seconds``.

    ``parameters``: of ``top``, numbers or Verilog constants. ``cycles``: only the first so many, the one of the reset among them.

    Raises:
        CouldNotRun: Yosys or ABC is not installed.
        ToolFailed: Yosys cannot take the sources, or there is no assertion.
    """
    with scratch_folder() as work:
        began = time.monotonic()
        names = _graph(work, sources, top, parameters or {})
        told = _decide(work, seconds, cycles)
        proof = Proof(top=top, holds=None, seconds=time.monotonic() - began, cycles=cycles)
        if "Property proved." in told or f"No output asserted in {cycles} frames" in told:
            return replace(proof, holds=True)
        found = re.search(r"Output (\d+) of miter .* was asserted in frame (\d+)", told)
        if found is None:
            return proof
        cycle = int(found[2])
        return replace(proof, holds=False, failed=names[int(found[1])], cycle=cycle, trace=_trace(work, cycle + 1))


def _graph(work: Path, sources: Sequence[Path], top: str, parameters: Mapping[str, int | str]) -> list[str]:
    """Leaves ``graph.aig`` and the ``names.txt`` of its inputs; returns the source line of each assertion."""
    for source in sources:
        shutil.copy(source, work)
    reads = [f"read_verilog -sv -formal {' '.join(source.name for source in sources)}"]
    sets = [f"chparam -set {name} {value} {top}" for name, value in parameters.items()]
    (work / "run.ys").write_text("\n".join([*reads, *sets, _TO_GRAPH.format(top=top)]), encoding="utf-8")
    call([find_tool("yosys"), "-q", "run.ys"], work)
    names = (work / "asserts.txt").read_text(encoding="utf-8").split()  # in the order of the graph's outputs
    if not names:
        raise ToolFailed(f"{top}: has no assertion; there is nothing to prove")
    return [_place(name) for name in names]


def _place(name: str) -> str:
    """File and line in a name that Yosys makes of them, such as ``top/$assert$props.v:12$34``."""
    found = re.search(r"\$([^$/]+:\d+)", name)
    return found[1] if found else name


def _decide(work: Path, seconds: float, cycles: int | None) -> str:
    """What ABC says."""
    limit = max(1, round(seconds))
    engine = f"pdr -T {limit}" if cycles is None else f"dc2; dc2; bmc3 -F {cycles} -T {limit}"
    script = f"read_aiger graph.aig; fold; strash; scorr; {engine}; write_cex -s trace.txt"
    hint = "install Yosys with ABC (Debian: apt-get install yosys)"
    abc = find_program("yosys-abc", "berkeley-abc", hint=hint)
    try:
        return run([abc, "-c", script], work, seconds=limit + 30).log
    except TimedOut:
        return ""


def _trace(work: Path, cycles: int) -> tuple[Mapping[str, int], ...]:
    """The inputs of the counterexample: ABC writes the registers' first values, then all inputs cycle by cycle."""
    with (work / "graph.aig").open("rb") as graph:
        inputs = int(graph.readline().split()[2])
    bits = re.sub(r"[^01]", "", (work / "trace.txt").read_text(encoding="utf-8").split("#")[0])
    places = [line.split() for line in (work / "names.txt").read_text(encoding="utf-8").splitlines()]
    named = [(int(place), int(bit), name) for kind, place, bit, name, *_ in places if kind == "input"]
    begins = len(bits) - cycles * inputs
    found: list[Mapping[str, int]] = []
    for begin in range(begins, len(bits), inputs):
        values: dict[str, int] = defaultdict(int)
        for place, bit, name in named:
            values[name] |= int(bits[begin + place]) << bit
        found.append(dict(values))
    return tuple(found)
