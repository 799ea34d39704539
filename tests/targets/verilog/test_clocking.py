"""--reset active-low and --axi-names: the ports of the top, and everything that connects to them."""

import re
import subprocess

import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen import BadInput, Options
from whetgen.formal.streamed import miter
from whetgen.ir import load_graph
from whetgen.targets.streams.streams import Stream
from whetgen.targets.verilog.clocking import clocking_of
from whetgen.verification.simulators import tool_environment

PORTS = {"active-low": ("clk", "rst_n"), "axi": ("aclk", "aresetn")}
OPTIONS = {"active-low": {"reset": "active-low"}, "axi": {"axi_names": True}}


def made(names, out, **options):
    return whetgen.generate(tiny(), "verilog", out / "net", Options("net", **OPTIONS[names], **options))


@pytest.mark.parametrize("names", PORTS)
def test_every_file_knows_the_ports(names, tmp_path):
    clock, reset = PORTS[names]
    result = made(names, tmp_path, control="axi-lite", board="ulx3s-25f")
    texts = {path: (result.folder / path).read_text() for path in result.manifest["files"] if not path.endswith("npz")}
    for top in ("rtl/net.v", "control/rtl/net_axil.v"):
        assert re.search(rf"^    input  wire +{clock},\n    input  wire +{reset},$", texts[top], re.MULTILINE)
        assert re.search(rf"^    wire +rst = !{reset};$", texts[top], re.MULTILINE)
    for top in ("board/rtl/net_board.v", "board/rtl/net_self_test.v"):
        assert re.search(rf"\.{clock} +\(clk\),\n +\.{reset} +\(!(rst|restart)\),", texts[top])
    for constraints in ("syn/vivado.xdc", "syn/quartus.sdc"):
        assert f"-name {clock} " in texts[constraints] and f"[get_ports {clock}]" in texts[constraints]
    block = texts["ip/component.xml"]
    assert f"<spirit:name>{reset}</spirit:name>" in block and "<spirit:value>ACTIVE_LOW</spirit:value>" in block
    assert f"| `{reset}` | input | 1 | reset, synchronous, active low |" in texts["README.md"]
    assert f'public_flat_rw -module "net" -var "{reset}"' in texts["sim/ports.vlt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "architecture"), [("axi", "unrolled"), pytest.param("active-low", "folded", marks=pytest.mark.long)]
)
def test_the_simulation_resets_it(names, architecture, tmp_path):
    result = whetgen.verify(made(names, tmp_path, architecture=architecture).folder, count=3)
    assert result.passed, result


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["control", "board"])
def test_the_tops_around_it_are_sound(folder, tmp_path):
    made("axi", tmp_path, control="axi-lite", board="ulx3s-25f")
    top = {"control": "net_axil", "board": "net_self_test"}[folder]
    sources = [*(tmp_path / "net" / "rtl").glob("*.v"), *(tmp_path / "net" / folder / "rtl").glob("*.v")]
    command = ["verilator", "--lint-only", "-Wall", "--top-module", top, *sources]
    done = subprocess.run(command, capture_output=True, text=True, env=tool_environment(), check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_proof_connects_its_own_reset(tmp_path):
    result = made("axi", tmp_path)
    source, sink = (Stream.from_manifest(result.manifest["stream"][side]) for side in ("input", "output"))
    text = miter("net", load_graph(result.folder), source, sink, 1, clocking_of(result.manifest))
    assert "net dut (\n        .aclk(clk), .aresetn(!rst)," in text


def test_a_reset_that_axi_does_not_have_is_refused(tmp_path):
    message = r"^--axi-names: AXI's reset is active low; leave --reset active-high out$"
    with pytest.raises(BadInput, match=message):
        whetgen.generate(tiny(), "verilog", tmp_path / "n", Options("net", axi_names=True, reset="active-high"))


@pytest.mark.parametrize(
    ("options", "mhz", "period"),
    [({}, "100", "10.000"), ({"clock_mhz": 133.0}, "133", "7.519"), ({"board": "hx8k-evn"}, "12", "83.333")],
)
def test_the_constraint_files_ask_for_the_clock(options, mhz, period, tmp_path):
    """That of the option, of the board, or 100 MHz."""
    result = whetgen.generate(tiny(), "verilog", tmp_path / "net", Options("net", **options))
    assert result.manifest["clock_mhz"] == float(mhz)
    for file in ("vivado.xdc", "quartus.sdc"):
        assert (result.folder / "syn" / file).read_text() == (
            f"# One clock, {mhz} MHz; change the period to what your design needs.\n"
            f"create_clock -name clk -period {period} [get_ports clk]\n"
        )
    assert f"The clock constraint is {mhz} MHz." in (result.folder / "syn" / "README.md").read_text()


@pytest.mark.parametrize(("options", "period"), [({}, "5"), ({"clock_mhz": 250.0}, "4")])
def test_the_scripts_of_hls_ask_for_the_clock(options, period, tmp_path):
    for tool in ("vitis", "catapult"):
        made = whetgen.generate(tiny(), "hls", tmp_path / tool, Options("net", hls_tool=tool, **options))
        assert f"$::env(CLOCK_NS) : {period}}}]" in (made.folder / f"build_{tool}.tcl").read_text()
