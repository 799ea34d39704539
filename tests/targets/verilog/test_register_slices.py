"""--register-slices: the same results 2 cycles later, at the same pace, and no path from a port to a port."""

import re

import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen import BadInput, Options
from whetgen.targets.verilog import target as verilog

LATE = 2  # a cycle at each end


@pytest.mark.slow
def test_the_simulation_measures_the_latency_that_is_promised(tmp_path):
    """Stalls, malformed frames and reset among its tests."""
    options = {"architecture": "unrolled", "bus_bits": 8}
    plain = whetgen.generate(tiny(), "verilog", tmp_path / "plain", Options("net", **options)).manifest
    sliced = whetgen.generate(tiny(), "verilog", tmp_path / "sliced", Options("net", register_slices=True, **options))
    assert sliced.manifest["latency_cycles"] == plain["latency_cycles"] + LATE
    assert sliced.manifest["initiation_interval_cycles"] == plain["initiation_interval_cycles"]
    result = whetgen.verify(sliced.folder, count=5)
    assert result.passed and result.measured["latency_cycles"] == plain["latency_cycles"] + LATE, result


def test_every_port_of_a_stream_ends_at_a_slice():
    files = verilog.render(verilog.plan(tiny(), "net", verilog.VerilogOptions(register_slices=True)))
    body = files["rtl/net.v"].split(");\n", 1)[1]
    slices = dict(re.findall(r"^    \) (._axis)_slice \((.*?)\);", body, re.MULTILINE | re.DOTALL))
    for side, way in (("s_axis", "in"), ("m_axis", "out")):
        ports = dict(re.findall(r"\.(\w+) +\((.*?)\)", slices[side]))
        assert ports[f"{way}_item"] == f"{{{side}_tlast, {side}_tdata}}"
        assert (ports[f"{way}_valid"], ports[f"{way}_ready"]) == (f"{side}_tvalid", f"{side}_tready")
        assert [
            len(re.findall(rf"(?<!\.)\b{side}_{port}\b", body)) for port in ("tdata", "tvalid", "tready", "tlast")
        ] == [1] * 4


def test_a_folded_network_is_refused(tmp_path):
    message = (
        "--register-slices: a folded network's buffers keep its streams apart already; leave it out, or choose "
        "--architecture unrolled"
    )
    for options in ({"architecture": "folded"}, {"target_fps": 10.0, "folding": {"hidden": (1, 1)}}):
        with pytest.raises(BadInput) as refused:
            whetgen.generate(tiny(), "verilog", tmp_path / "n", Options("net", register_slices=True, **options))
        assert str(refused.value) == message
