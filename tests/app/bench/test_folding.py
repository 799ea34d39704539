"""``whetgen bench folding``: faster is larger, and what cannot be reached is refused."""

from itertools import pairwise

import pytest
from tests.targets.verilog import networks

from whetgen.app.bench import finn, lfc
from whetgen.app.bench.cnv import CNV
from whetgen.app.bench.folding import draw, measure
from whetgen.app.bench.folding_command import _rates
from whetgen.errors import BadInput
from whetgen.targets.verilog import target as verilog

GRAPH = networks.CONSTRUCTS["lines"]


def test_a_faster_network_is_larger_and_keeps_its_rate(tmp_path):
    rows = measure(GRAPH, [20_000, 100_000, 1_000_000], 100, None, lambda _: None)
    assert all(row.fps >= row.target_fps for row in rows)
    sizes = [row.estimated for row in rows]
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
    draw(rows, 100, tmp_path / "curve.svg")
    assert (tmp_path / "curve.svg").read_text().startswith("<?xml")


def test_a_rate_out_of_reach_is_refused():
    with pytest.raises(BadInput, match=r"^--target-fps: layer '\w+' takes \d+ cycles a frame at least, 1 are left"):
        measure(GRAPH, [10**8], 100, None, lambda _: None)


@pytest.mark.parametrize("text", ["", "10,x", "0", "5,inf"])
def test_rates_are_numbers(text):
    with pytest.raises(BadInput, match="^--rates"):
        _rates(text)


def test_finns_topology_takes_512_cycles_and_one_bit_a_weight(tmp_path):
    manifest, synthesis = finn.measure(lfc.LFC, tmp_path / "lfc", None, lambda _: None)
    assert manifest["initiation_interval_cycles"] == 512 and synthesis is None
    weights = sum(a * b for a, b in pairwise((*lfc.WIDTHS, lfc.CLASSES)))
    assert weights < manifest["resources"]["rom_bits"] < 1.03 * weights


def test_finns_convolutions_keep_3000_frames_a_second_in_half_the_luts_of_the_board_build():
    plan = verilog.plan(CNV.network(), "cnv", verilog.VerilogOptions(target_fps=3000, clock_mhz=100))
    assert plan.initiation_interval_cycles <= 100e6 / 3000
    assert 2 * plan.resources["luts_estimated"] < CNV.board.luts
