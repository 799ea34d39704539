"""Proves the assertions of a Verilog module for all inputs and all time.

Yosys turns the module into an and-inverter graph, ABC runs property directed reachability (IC3: Bradley, *SAT-based
model checking without unrolling*, VMCAI 2011) on it. That method finds the inductive invariant by itself, so that
properties need not know a module's registers; ABC checks the invariant once more before it says "proved".
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from whetgen.errors import TimedOut, ToolFailed
from whetgen.host.processes import call, find_program, run
from whetgen.host.scratch import scratch_folder
from whetgen.synth.tools import find_tool

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
write_aiger -I -B -zinit graph.aig
"""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """``holds``: None where the time did not suffice. ``failed``: file and line of an assertion that does not, ``cycle`` when."""

    top: str
    holds: bool | None
    seconds: float
    failed: str = ""
    cycle: int | None = None

    def __str__(self) -> str:
        if self.holds:
            return f"{self.top}: proved in {self.seconds:.1f} s"
        if self.holds is None:
            return f"{self.top}: undecided after {self.seconds:.1f} s"
        return f"{self.top}: {self.failed} fails in cycle {self.cycle}"


def prove(
    sources: Sequence[Path], top: str, parameters: Mapping[str, int | str] | None = None, seconds: int = 300
) -> Proof:
    """Prove every ``assert`` of ``top`` and below it, under every ``assume``; undecided after ``seconds``.

    ``parameters``: of ``top``, numbers or Verilog constants.

    Raises:
        CouldNotRun: Yosys or ABC is not installed.
        ToolFailed: Yosys cannot take the sources, or there is no assertion.
    """
    with scratch_folder() as work:
        began = time.monotonic()
        names = _graph(work, sources, top, parameters or {})
        told = _decide(work, seconds)
        spent = time.monotonic() - began
    if "Property proved." in told:
        return Proof(top=top, holds=True, seconds=spent)
    found = re.search(r"Output (\d+) of miter .* was asserted in frame (\d+)", told)
    if found is None:
        return Proof(top=top, holds=None, seconds=spent)
    return Proof(top=top, holds=False, seconds=spent, failed=names[int(found[1])], cycle=int(found[2]))


def _graph(work: Path, sources: Sequence[Path], top: str, parameters: Mapping[str, int | str]) -> list[str]:
    """Leaves ``graph.aig``; returns the source line of each assertion."""
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


def _decide(work: Path, seconds: int) -> str:
    """What ABC says."""
    script = f"read_aiger graph.aig; fold; strash; scorr; pdr -T {seconds}"
    hint = "install Yosys with ABC (Debian: apt-get install yosys)"
    abc = find_program("yosys-abc", "berkeley-abc", hint=hint)
    try:
        return run([abc, "-c", script], work, seconds=seconds + 30).log
    except TimedOut:
        return ""
