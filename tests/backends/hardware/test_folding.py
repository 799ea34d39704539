"""Foldings: legal ones, chosen ones, asked ones, and a pace that must be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.backends.hls.test_plan import residual
from tests.backends.verilog import networks

from whetgen.backends import hls, verilog
from whetgen.backends.hardware.folding import choose_foldings, legal_foldings, stage_cycles
from whetgen.backends.hardware.options import HardwareOptions
from whetgen.backends.hardware.steps import steps_of
from whetgen.backends.identifiers import Identifiers
from whetgen.backends.verilog.folded.choose import choose_settings
from whetgen.backends.verilog.folded.setting import cycles as busy_cycles
from whetgen.backends.verilog.folded.setting import legal_settings
from whetgen.bench import lfc
from whetgen.errors import BadInput

STEPS = steps_of(residual(), Identifiers())


def test_every_legal_folding_divides_neurons_and_channels():
    for step in STEPS.steps:
        for pe, simd in legal_foldings(step):
            assert step.result.count % pe == 0 and step.sources[0].count % simd == 0


@given(st.integers(60, 5000))
def test_the_pace_that_is_asked_for_is_kept_or_refused(cycles):
    options = HardwareOptions(most_cycles=cycles)
    fastest = max(min(stage_cycles(s, f) for f in legal_foldings(s)) for s in STEPS.steps)
    if cycles < fastest:
        with pytest.raises(BadInput, match=rf"takes {fastest} cycles a frame at least, {cycles} are left; lower"):
            choose_foldings(STEPS, 64, options)
        return
    chosen = choose_foldings(STEPS, 64, options)
    assert max(stage_cycles(s, chosen[s.layer]) for s in STEPS.steps) <= cycles


@given(st.integers(400, 5000))
def test_a_slower_pace_never_takes_more_lanes(cycles):
    def lanes(most):
        chosen = choose_foldings(STEPS, 64, HardwareOptions(most_cycles=most))
        return sum(pe * simd for pe, simd in chosen.values())

    assert lanes(2 * cycles) <= lanes(cycles)


def test_asked_foldings_win_over_the_balance_and_the_architecture():
    plan = verilog.plan(networks.fired(), "net", verilog.VerilogOptions(folding={"fc": (2, 3)}))
    assert plan.architecture == "folded" and (plan.cycles[0].pe, plan.cycles[0].simd) == (2, 3)


def test_an_asked_folding_that_is_too_slow_for_the_pace_is_refused():
    options = verilog.VerilogOptions(folding={"fc": (1, 1)}, most_cycles=20)
    with pytest.raises(BadInput, match=r"^--target-fps: layer 'fc' takes 54 cycles a frame at least, 20 are left"):
        verilog.plan(networks.fired(), "net", options)


WIDE = lfc.network()
WIDE_STEPS = steps_of(WIDE, Identifiers())


def test_a_pace_is_searched_for_in_every_legal_folding():
    """784-1024-1024-1024-10 at 195,312 frames a second and 100 MHz: 2,048 lanes a layer at least."""
    plan = verilog.plan(WIDE, "lfc", verilog.VerilogOptions(most_cycles=512))
    assert plan.initiation_interval_cycles == 512
    assert [row.cycles for row in plan.cycles] == [448, 512, 512, 512, 10]
    assert all(row.pe * row.simd in (1792, 2048) for row in plan.cycles[:3])
    assert plan.resources["luts_estimated"] < verilog.plan(
        WIDE, "lfc", verilog.VerilogOptions(folding=lfc.FOLDING)
    ).resources["luts_estimated"]
    assert max(section.cycles for section in hls.plan(WIDE, "lfc", hls.HlsOptions(most_cycles=512)).sections) == 448


def test_without_a_pace_a_layer_has_at_most_1024_lanes():
    plan = verilog.plan(WIDE, "lfc")
    assert plan.initiation_interval_cycles == 1024
    assert all(row.pe * row.simd <= 1024 for row in plan.cycles[:-1])


@pytest.mark.parametrize("most", [1, 2, 3, 7, 8, 100, 511, 512, 5000])
def test_a_pace_is_refused_only_where_no_legal_setting_keeps_it(most):
    chosen = choose_settings(WIDE_STEPS, 64, verilog.VerilogOptions(most_cycles=most))
    for step in WIDE_STEPS.steps:
        assert min(busy_cycles(step, s) for s in legal_settings(step)) == 1
        assert busy_cycles(step, chosen[step.layer]) <= most
