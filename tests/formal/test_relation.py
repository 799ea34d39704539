"""Relations hold for every input, whatever multipliers were chosen."""

import numpy as np
import pytest
from tests.targets.verilog.networks import CONSTRUCTS

from whetgen import Options, generate
from whetgen.formal.blocks import Blocks
from whetgen.formal.netlist import Netlist, YosysCell, read_netlist
from whetgen.formal.relation import SCALE, relation
from whetgen.formal.simulate import simulate

LANES = 64


def test_a_counter_and_an_adder_become_one_sum():
    count = YosysCell((2, 4, 6), (1, 1, 1), (5, 6))
    add = YosysCell((10, 12, 9, 0, 1), (1, 2, 1, 2, 1), (7, 8, 9))
    told = relation(Blocks(Netlist(4, (count, add), (18,))), {}, [9], root=1)
    assert told.leaves == {9: 4 * SCALE}
    assert told.rest == {7: (0, SCALE, SCALE), 8: (0, 2 * SCALE, 2 * SCALE)}
    assert told.x == {1: SCALE, 2: SCALE, 3: SCALE, 4: -SCALE}  # the fourth is inverted
    assert told.constant == 2 * SCALE


def test_tables_of_a_sum_become_the_sum():
    parity, majority = YosysCell((2, 4, 6), (), (4,), 0b10010110), YosysCell((2, 4, 6), (), (5,), 0b11101000)
    told = relation(Blocks(Netlist(3, (parity, majority), (8, 10))), {4: 1, 5: 2})
    assert told.x == dict.fromkeys((1, 2, 3), SCALE) and told.constant == 0 and told.rest == {}


@pytest.mark.parametrize(
    "name, module, cycles_of", [("fired", "fc_logic", "fc"), ("conv_stride", "conv_window", "conv")]
)
def test_a_relation_holds_for_random_inputs(name, module, cycles_of, tmp_path):
    made = generate(CONSTRUCTS[name], "verilog", tmp_path / "out", Options("net", architecture="unrolled"))
    (cycles,) = [c["cycles"] for c in made.manifest["cycles"] if c["layer"] == cycles_of]
    netlist = read_netlist(made.folder / "rtl" / f"net_{module}.v", cycles)
    random, blocks = np.random.default_rng(0), Blocks(netlist)
    nets = [n for n in range(1, netlist.inputs + 1)] + [n for cell in netlist.cells for n in cell.outputs]
    x = [int(random.integers(1 << 63)) for _ in range(netlist.inputs)]
    value = dict(
        zip(nets, simulate(Netlist(netlist.inputs, netlist.cells, tuple(2 * n for n in nets)), x, LANES), strict=True)
    )
    numbers = [k for k, block in enumerate(blocks.blocks) if block[0].truth is None]
    for root in random.choice(numbers, 40):
        told = relation(blocks, {}, (), int(root))
        for lane in range(0, LANES, 7):
            bit = {n: value[n] >> lane & 1 for n in nets}
            missing = sum(c * bit[n] for n, c in told.x.items()) + told.constant
            missing -= sum(sum(span[:2]) * bit[n] for n, span in told.rest.items() if isinstance(n, int))
            others = [span for n, span in told.rest.items() if not isinstance(n, int)]
            assert sum(s[0] for s in others) <= missing <= sum(s[1] for s in others)
