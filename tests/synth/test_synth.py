"""Synthesis with the open tools on small networks, and what is refused."""

import numpy as np
import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.errors import BadInput
from whetgen.host import processes
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.synth.devices import DEVICES, resources
from whetgen.synth.mapping import map_cells
from whetgen.synth.run import Synthesis, synthesise


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("synth") / "v"
    whetgen.generate(tiny(), "verilog", path, whetgen.Options(name="tiny"))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("device", DEVICES)
def test_a_small_network_fits_and_has_a_speed(device, folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = synthesise(folder, device)
    assert result.fits and result.failure is None and result.depth > 0
    assert 10 < result.cells["lut"] < 1000 and 10 < result.cells["ff"] < 1000
    assert list(result.by_layer) == ["hidden", "scores", "outside the layers"]
    for resource, count in result.cells.items():
        assert sum(taken[resource] for taken in result.by_layer.values()) == count
    assert result.by_layer["hidden"]["lut"] > result.by_layer["scores"]["lut"] > 0
    assert (result.packed_luts is not None and result.packed_luts <= result.cells["lut"]) == DEVICES[device].two_outputs
    if DEVICES[device].place_and_route:
        assert result.fmax_mhz > 10
        assert result.frames_per_second == pytest.approx(result.fmax_mhz * 1e6, rel=1e-3)  # a frame a cycle
    else:
        assert result.fmax_mhz is None
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("device", ["xc7", "ecp5-25k", "ice40-hx8k"])
def test_a_large_rom_is_mapped_on_its_own_to_the_same_memories_registers_and_carries(device, tmp_path, monkeypatch):
    """256 x 32 weights of four bits: 32,768 bits."""
    rng = np.random.default_rng(0)
    nodes = (
        Input("in", (256,), ELEMENT_TYPES["bit"]),
        Dense("d", "in", rng.integers(-8, 8, (256, 32)), np.zeros(32, int)),
    )
    graph = validate(Graph((*nodes, Threshold("f", "d", np.ones(32, int))), (Output("o", "f", "spikes"),)))
    whetgen.generate(graph, "verilog", tmp_path / "v", whetgen.Options(name="net", folding={"d": (1, 2)}))
    told = []
    alone = map_cells(tmp_path / "v" / "rtl", "net", DEVICES[device], told.append).cells
    assert f"yosys for {device}: the network's large ROMs (1) to block RAM" in told
    monkeypatch.setattr("whetgen.synth.mapping._is_block_rom", lambda file: False)
    together = map_cells(tmp_path / "v" / "rtl", "net", DEVICES[device]).cells
    assert {**alone, "lut": 0} == {**together, "lut": 0} and alone["bram"] >= 2  # ABC's luck moves a LUT or two


def test_cells_count_by_what_they_take():
    cells, other = resources({"LUT6": 3, "RAM32M": 2, "RAMB36E1": 2, "FDRE": 5, "BUFG": 1}, DEVICES["xc7"])
    assert cells == {"lut": 11, "ff": 5, "carry": 0, "bram": 4, "dsp": 0} and other == {"BUFG": 1}


def test_what_is_too_large_does_not_fit():
    room = DEVICES["ice40-hx8k"].room
    assert not Synthesis(device="ice40-hx8k", name="net", cells={"lut": 7681}, room=room, other={}, depth=3).fits
    assert Synthesis(
        device="ice40-hx8k", name="net", cells={"lut": 7680, "bram": 32}, room=room, other={}, depth=3
    ).fits


def test_other_targets_devices_and_missing_tools_are_refused(folder, tmp_path, monkeypatch):
    whetgen.generate(tiny(), "c", tmp_path / "c", whetgen.Options(name="tiny"))
    with pytest.raises(BadInput, match=r"holds target c; whetgen synth takes folders of --target verilog$"):
        synthesise(tmp_path / "c", "xc7")
    with pytest.raises(BadInput, match=r"^--device virtex: choose one of xc7, ecp5-25k, ecp5-85k, ice40-hx8k$"):
        synthesise(folder, "virtex")
    monkeypatch.setattr(processes.shutil, "which", lambda *_, **__: None)
    with pytest.raises(BadInput, match=r"^yosys is not installed; install it, or its build on PyPI: pip install"):
        synthesise(folder, "xc7")


@pytest.mark.slow
def test_sources_that_yosys_refuses_are_said_in_one_line(folder, tmp_path):
    whetgen.generate(tiny(), "verilog", tmp_path / "v", whetgen.Options(name="tiny"))
    (tmp_path / "v" / "rtl" / "tiny.v").write_text("module tiny(;\n")
    with pytest.raises(BadInput, match=r"ERROR"):
        synthesise(tmp_path / "v", "xc7")
