"""How much of a simulation is run where the user says nothing."""

import pytest

from whetgen.verification.checks import default_count
from whetgen.verification.runners import BUDGET_SECONDS
from whetgen.verification.verilog_runner import by_time, cocotb_frames_within, frames_within


def manifest(interval, architecture="folded", luts=1000):
    return {
        "target": "verilog", "architecture": architecture, "initiation_interval_cycles": interval,
        "resources": {"luts_estimated": luts},
    }  # fmt: skip


@pytest.mark.parametrize(("interval", "frames"), [(1, 256), (1024, 256), (32_768, 101), (1_000_000, 4), (10**9, 4)])
def test_slow_networks_get_fewer_frames_but_a_few(interval, frames):
    assert default_count(manifest(interval)) == frames


def test_of_an_unrolled_network_every_cycle_costs_its_logic():
    assert frames_within(manifest(8, "unrolled", 2_000_000), BUDGET_SECONDS) == 62
    assert frames_within(manifest(8, "folded", 2_000_000), BUDGET_SECONDS) > 100_000


def test_the_cocotb_test_waits_seven_times_and_has_the_time_that_is_left():
    long = {"latency_cycles": 130_000}
    assert cocotb_frames_within({**manifest(32_768), "latency_cycles": 10_000}, BUDGET_SECONDS) == 22
    assert cocotb_frames_within({**manifest(32_768), **long}, BUDGET_SECONDS) == 4


def test_c_runs_all_frames():
    assert default_count({"target": "c"}) == 256


def test_an_estimate_never_says_that_all_is_done():
    assert by_time(1e-9)() == 0.99
    assert 0 <= by_time(1e9)() < 0.01
