"""--wrapper: tops for SystemVerilog and VHDL that tools of these languages take."""

import subprocess

import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen import BadInput, Options
from whetgen.verification.simulators import tool_environment

PORTS = [{}, {"axi_names": True, "architecture": "folded", "harden": "parity"}]
AROUND = """
module around (input wire clk, input wire rst, input wire [15:0] data, input wire go, output wire [7:0] answer);
    net_axis #(.BITS(16)) into ();
    net_axis #(.BITS(8)) out ();
    assign into.tdata = data, into.tvalid = go, into.tlast = go, out.tready = 1'b1, answer = out.tdata;
    net_sv dut (PORTS, .s_axis(into), .m_axis(out));
endmodule
"""


def generated(folder, language, options):
    return whetgen.generate(tiny(), "verilog", folder, Options("net", wrapper=language, **options)).folder


@pytest.mark.slow
@pytest.mark.parametrize("options", PORTS)
def test_verilator_takes_the_wrapper_in_systemverilog(options, tmp_path):
    made = generated(tmp_path / "net", "sv", options)
    named = (
        ".aclk(clk), .aresetn(!rst), .err_frames(), .err_fault(), .err_corrected()"
        if options
        else ".clk(clk), .rst(rst), .err_frames()"
    )
    (tmp_path / "around.sv").write_text(AROUND.replace("PORTS", named))
    sources = [made / "wrappers" / "net_sv.sv", tmp_path / "around.sv", *sorted((made / "rtl").glob("*.v"))]
    quiet = "-Wno-DECLFILENAME", "-Wno-UNUSEDSIGNAL", "-Wno-PINCONNECTEMPTY"
    command = ["verilator", "--lint-only", "-Wall", *quiet, "--top-module", "around", *sources]
    done = subprocess.run(command, capture_output=True, text=True, env=tool_environment(), check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("options", PORTS)
def test_ghdl_takes_the_wrapper_in_vhdl(options, tmp_path):
    made = generated(tmp_path / "net", "vhdl", options)
    command = ["ghdl", "-a", "--std=08", made / "wrappers" / "net_vhdl.vhd"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["entity", "my__net"])
def test_a_name_that_vhdl_does_not_know_as_one_is_refused(name, tmp_path):
    with pytest.raises(BadInput) as refused:
        whetgen.generate(tiny(), "verilog", tmp_path / "net", Options(name, wrapper="vhdl"))
    assert str(refused.value) == (
        f"--wrapper vhdl: --name {name} is no identifier of VHDL; choose one without __, a _ at its end, or a keyword"
    )
