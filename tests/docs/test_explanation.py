"""The numbers of the examples in ``docs/explanation``, computed again."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from tests.targets.verilog.logic.evaluate import literals_of
from tests.targets.verilog.test_golden import tiny

from whetgen.formal.blocks import Blocks
from whetgen.formal.claims import Claim, Element
from whetgen.formal.netlist import Netlist, YosysCell
from whetgen.formal.prover import Prover
from whetgen.formal.relation import SCALE, relation
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.targets import verilog
from whetgen.targets.c.kernels.bit_planes import as_planes
from whetgen.targets.c.kernels.kernel import searched
from whetgen.targets.c.kernels.packing import pack_lanes
from whetgen.targets.c.target import COptions
from whetgen.targets.c.target import plan as plan_c
from whetgen.targets.verilog.logic.circuit import Circuit
from whetgen.targets.verilog.logic.compress import reaches
from whetgen.targets.verilog.logic.cost import cost_of
from whetgen.targets.verilog.logic.stages import staged
from whetgen.targets.verilog.target import plan as plan_verilog

PAGES = (Path(__file__).parents[2] / "docs" / "explanation").glob("*.md")
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def rows(title: str) -> list[list[str]]:
    """The cells of the table in a section, without its head."""
    section = TEXT.split(f"## {title}\n")[1].split("\n## ")[0].split("\n# ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def ternary() -> Graph:
    """64 spikes, 32 neurons of weights -1, 0, 1, and four that read them."""
    weights = np.array([[(i * j) % 3 - 1 for j in range(32)] for i in range(64)])
    nodes = (
        Input("x", (64,), ELEMENT_TYPES["bit"]),
        Dense("hidden", "x", weights, np.zeros(32, dtype=int)),
        Threshold("spikes", "hidden", np.ones(32, dtype=int)),
        Dense("head", "spikes", np.ones((32, 4), dtype=int), np.zeros(4, dtype=int)),
    )
    return validate(Graph(nodes, (Output("out", "head", "accumulators"),)))


def test_kernels_cost_what_the_page_says():
    choice = plan_c(ternary(), "net", COptions(mcu="cortex-m4")).choices[0]
    found = [[o.kernel, f"{o.cycles:,}", f"{o.table_bytes:,}"] for o in choice.options]
    assert rows("What a kernel costs") == found and choice.kernel == found[0][0]


def test_planes_and_lanes_hold_the_weights_of_the_page():
    weights = np.array([1, -1, 0, 1])
    (planes,) = as_planes(weights + 1, 2, 8).tolist()
    (word,) = pack_lanes(weights, 8, 1).reshape(-1).tolist()
    assert rows("Bit planes and lanes") == [
        ["weight + 1", "2, 0, 1, 2", *(f"`{plane:08b}`" for plane in planes)],
        ["lanes of 8 bits", "1, -1, 0, 1", f"`0x{word:08x}`", ""],
    ]


def test_a_search_takes_the_steps_of_the_page():
    """Thresholds 3, 5 and 9 and a sum of 6; four comparisons for 15 thresholds."""
    thresholds, (second,) = (3, 5, 9), searched(3)
    high = thresholds[1] <= 6
    low = thresholds[second[high] - 1] <= 6
    assert (high, low) == (True, False) and sum(t <= 6 for t in thresholds) == 2
    assert [len(step) for step in searched(15)] == [2, 4, 8]


def test_inputs_bit_by_bit_give_the_sum_of_the_page():
    weights, inputs = (3, -2), (5, 6)
    total, told = 0, []
    for bit in (2, 1, 0):
        part = sum(w * (x >> bit & 1) for w, x in zip(weights, inputs, strict=True))
        told.append(f"2 * {total} + {part} = {2 * total + part}".replace("+ -", "- "))
        total = 2 * total + part
    assert total == 3 * 5 - 2 * 6 and ", then ".join(told) in TEXT


def test_nine_bits_are_compressed_to_the_cells_of_the_page():
    circuit = Circuit(9)
    output = reaches(circuit, [(2 * net, 0) for net in range(1, 10)], 5, 9)
    for bits in product((0, 1), repeat=9):
        assert literals_of(circuit, bits, [output]) == [sum(bits) >= 5]
    found = [[type(c).__name__, str(sum(i > 1 for i in c.inputs)), str(len(c.nets))] for c in circuit.cells]
    cost = cost_of(circuit, staged(circuit, [output], 3))
    assert rows("Columns become words") == found
    assert f"{cost.luts} LUTs and {cost.carries} CARRY4" in TEXT


def test_the_folded_network_has_the_schedule_of_the_page():
    options = verilog.VerilogOptions(architecture="folded", folding={"hidden": (1, 1), "scores": (1, 1)})
    plan = plan_verilog(tiny(), "tiny", options)
    available, table = [1], []  # the input's one beat is written in cycle 0
    needs = {"hidden": ([0] * 6, (2, 5), 5), "scores": ([0, 1, 1, 1], (1, 3), 5), "class": ([0, 1], (1,), 3)}
    for layer, (needed, ends, delay) in needs.items():
        ahead = [max(available[w] - m for m, w in enumerate(needed[: n + 1])) for n in range(len(needed))]
        at = [n + a for n, a in enumerate(ahead)]
        written = [at[n] + delay for n in ends]
        table.append([layer, ", ".join(map(str, ahead)), ", ".join(map(str, at)), ", ".join(map(str, written))])
        available = [w + 1 for w in written]
    assert rows("When a folded layer works") == table
    assert written == [plan.latency_cycles] and plan.initiation_interval_cycles == 6


@pytest.mark.parametrize(("level", "proved"), [(3, False), (4, True), (5, False)])
def test_the_counters_of_the_page_are_proved_to_fire_from_four_on(level, proved):
    first, second = YosysCell((2, 4, 6), (1, 1, 1), (6, 7)), YosysCell((14, 8, 10), (1, 1, 1), (8, 9))
    netlist = Netlist(5, (first, second), (18,))
    told = relation(Blocks(netlist), {}, [9], root=1)
    assert {net: value * 2 // SCALE for net, value in told.x.items()} == {1: 1, 2: 1, 3: 1, 4: 2, 5: 2}
    assert sorted((v.lo * 2 // SCALE, v.hi * 2 // SCALE) for v in told.rest.values()) == [(0, 1), (0, 2)]
    claim = Claim(first=0, width=1, signed=False, fire=True, terms={0: 1, 1: 1, 2: 1, 3: 2, 4: 2}, level=level)
    assert Prover(netlist, [Element(net, 1, 0, 1) for net in range(1, 6)]).proves(claim) is proved


def test_the_page_names_files_that_exist():
    package = Path(verilog.__file__).parents[1]
    for path in re.findall(r"`((?:targets|formal|layers)/[\w/]+\.py)`", TEXT):
        assert (package.parent / path).is_file(), path
