"""Foldings: legal ones, chosen ones, asked ones, and a pace that must be kept."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.targets.hls.test_plan import residual
from tests.targets.verilog import networks

from whetgen.app.bench import lfc
from whetgen.errors import BadInput
from whetgen.fuzz.graphs import random_graph
from whetgen.report import inspection
from whetgen.targets.hls import target as hls
from whetgen.targets.hls.trips import trips
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.folding import choose_settings
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.options import HardwareOptions
from whetgen.targets.streams.setting import cycles as busy_cycles
from whetgen.targets.streams.setting import legal_settings
from whetgen.targets.verilog import target as verilog

GRAPH = hardware_layers(residual(), Identifiers())
BOTH = pytest.mark.parametrize("taken", [busy_cycles, trips], ids=["verilog", "hls"])


def test_every_legal_folding_divides_neurons_and_inputs():
    for layer in GRAPH.layers:
        for s in legal_settings(layer):
            assert layer.result.count % s.pe == 0 and layer.sources[0].count % s.simd == 0


@BOTH
@given(cycles=st.integers(20, 5000))
def test_the_pace_that_is_asked_for_is_kept_or_refused(taken, cycles):
    options = HardwareOptions(target_fps=1e6, clock_mhz=cycles)
    fastest = max(min(taken(s, f) for f in legal_settings(s)) for s in GRAPH.layers)
    if cycles < fastest:
        with pytest.raises(BadInput, match=rf"takes {fastest} cycles a frame at least, {cycles} are left; lower"):
            choose_settings(GRAPH, 64, options, taken)
        return
    chosen = choose_settings(GRAPH, 64, options, taken)
    assert max(taken(s, chosen[s.name]) for s in GRAPH.layers) <= cycles


def folded(graph, **options):
    """(layer, PE, SIMD) of each target's plan, and the lines about them."""
    plans = (
        verilog.plan(graph, "net", verilog.VerilogOptions(architecture="folded", **options)),
        hls.plan(graph, "net", hls.HlsOptions(**options)),
    )
    rows = [[(r.layer, r.pe, r.simd) for r in plan.cycles if r.pe is not None] for plan in plans]
    notes = [[s.notes[0].split(":")[0] for s in plan.sections[1:-1]] for plan in plans]
    return rows, notes


@pytest.mark.parametrize("seed", range(20))
def test_verilog_and_hls_fold_alike(seed):
    graph = random_graph(Random(seed), max_bits=40)
    (verilog_rows, hls_rows), (verilog_notes, hls_notes) = folded(graph)
    assert verilog_rows == hls_rows and verilog_notes == hls_notes


@pytest.mark.parametrize("name", ["signs", "lines", "conv_stride", "conv_dilation", "max_pool_signed", "residual"])
def test_verilog_and_hls_accept_every_folding_that_is_listed(name):
    graph = networks.CONSTRUCTS[name]
    for layer, listed in inspection.foldings(graph).items():
        for row in listed:
            asked = {layer: (row.pe, row.simd, row.planes)}
            (verilog_rows, hls_rows), (verilog_notes, hls_notes) = folded(graph, folding=asked)
            assert verilog_rows == hls_rows and (layer, row.pe, row.simd) in hls_rows
            assert verilog_notes == hls_notes


def test_reuse_folds_alike():
    assert len(set(map(str, folded(networks.CONSTRUCTS["ternary"], reuse=14)[0]))) == 1


def test_asked_foldings_win_over_the_balance_and_the_architecture():
    plan = verilog.plan(networks.fired(), "net", verilog.VerilogOptions(folding={"fc": (2, 3)}))
    assert plan.architecture == "folded" and (plan.cycles[0].pe, plan.cycles[0].simd) == (2, 3)


def test_an_asked_folding_that_is_too_slow_for_the_pace_is_refused():
    options = verilog.VerilogOptions(folding={"fc": (1, 1)}, target_fps=1e6, clock_mhz=20)
    with pytest.raises(BadInput, match=r"^--target-fps: layer 'fc' takes 54 cycles a frame at least, 20 are left"):
        verilog.plan(networks.fired(), "net", options)


WIDE = lfc.network()
WIDE_GRAPH = hardware_layers(WIDE, Identifiers())


def test_a_pace_is_searched_for_in_every_legal_folding():
    """784-1024-1024-1024-10 at 195,312 frames a second and 100 MHz: 2,048 lanes a layer at least."""
    plan = verilog.plan(WIDE, "lfc", verilog.VerilogOptions(target_fps=1e6, clock_mhz=512))
    assert plan.initiation_interval_cycles == 512
    assert [row.cycles for row in plan.cycles] == [448, 512, 512, 512, 10]
    assert all(row.pe * row.simd in (1792, 2048) for row in plan.cycles[:3])
    assert (
        plan.resources["luts_estimated"]
        < verilog.plan(WIDE, "lfc", verilog.VerilogOptions(folding=lfc.FOLDING)).resources["luts_estimated"]
    )
    assert (
        max(section.cycles for section in hls.plan(WIDE, "lfc", hls.HlsOptions(target_fps=1e6, clock_mhz=512)).sections)
        == 512
    )


def test_without_a_pace_a_layer_has_at_most_1024_lanes():
    plan = verilog.plan(WIDE, "lfc")
    assert plan.initiation_interval_cycles == 1024
    assert all(row.pe * row.simd <= 1024 for row in plan.cycles[:-1])


@pytest.mark.parametrize("most", [1, 2, 3, 7, 8, 100, 511, 512, 5000])
def test_a_pace_is_refused_only_where_no_legal_setting_keeps_it(most):
    chosen = choose_settings(WIDE_GRAPH, 64, verilog.VerilogOptions(target_fps=1e6, clock_mhz=most), busy_cycles)
    for layer in WIDE_GRAPH.layers:
        assert min(busy_cycles(layer, s) for s in legal_settings(layer)) == 1
        assert busy_cycles(layer, chosen[layer.name]) <= most
