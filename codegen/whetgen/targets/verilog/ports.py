"""Ports of the tops, in their order."""

from __future__ import annotations

from whetgen.targets.verilog.plan import VerilogPlan

Port = tuple[str, int, str]  # direction, bits, name

_MEANINGS = {
    "clk": "everything happens at its rising edge",
    "aclk": "everything happens at its rising edge",
    "rst": "reset, synchronous, active high",
    "rst_n": "reset, synchronous, active low",
    "aresetn": "reset, synchronous, active low",
    "s_axis_tdata": "input beat",
    "s_axis_tvalid": "there is one",
    "s_axis_tready": "it is taken at this edge",
    "s_axis_tlast": "it is the last of its frame",
    "m_axis_tdata": "result beat",
    "m_axis_tvalid": "there is one; it stays until it is taken",
    "m_axis_tready": "your side takes it at this edge",
    "m_axis_tlast": "it is the last of its frame",
    "err_frames": "frames dropped for a wrong length since reset",
    "err_fault": "results may be wrong: a flipped bit that was not corrected",
    "err_corrected": "a flipped bit was corrected since reset",
}


def stream_ports(plan: VerilogPlan) -> tuple[Port, ...]:
    """Of the network: clock, reset, both streams, the error counter, and what a hardened one tells of flipped bits."""
    faults = (("output wire", 1, "err_fault"), ("output wire", 1, "err_corrected"))
    return (
        ("input  wire", 1, plan.clocking.clock),
        ("input  wire", 1, plan.clocking.reset),
        ("input  wire", plan.input.bus_bits, "s_axis_tdata"),
        ("input  wire", 1, "s_axis_tvalid"),
        ("output wire", 1, "s_axis_tready"),
        ("input  wire", 1, "s_axis_tlast"),
        ("output wire", plan.output.bus_bits, "m_axis_tdata"),
        ("output wire", 1, "m_axis_tvalid"),
        ("input  wire", 1, "m_axis_tready"),
        ("output wire", 1, "m_axis_tlast"),
        ("output wire", 32, "err_frames"),
        *(faults if plan.hardened else ()),
    )


def axil_ports(address_bits: int) -> tuple[Port, ...]:
    """Of an AXI4-Lite slave with 32 bits of data."""
    return (
        ("input  wire", address_bits, "s_axil_awaddr"),
        ("input  wire", 3, "s_axil_awprot"),
        ("input  wire", 1, "s_axil_awvalid"),
        ("output wire", 1, "s_axil_awready"),
        ("input  wire", 32, "s_axil_wdata"),
        ("input  wire", 4, "s_axil_wstrb"),
        ("input  wire", 1, "s_axil_wvalid"),
        ("output wire", 1, "s_axil_wready"),
        ("output wire", 2, "s_axil_bresp"),
        ("output wire", 1, "s_axil_bvalid"),
        ("input  wire", 1, "s_axil_bready"),
        ("input  wire", address_bits, "s_axil_araddr"),
        ("input  wire", 3, "s_axil_arprot"),
        ("input  wire", 1, "s_axil_arvalid"),
        ("output wire", 1, "s_axil_arready"),
        ("output wire", 32, "s_axil_rdata"),
        ("output wire", 2, "s_axil_rresp"),
        ("output wire", 1, "s_axil_rvalid"),
        ("input  wire", 1, "s_axil_rready"),
    )


def port_rows(plan: VerilogPlan) -> tuple[tuple[str, str, int, str], ...]:
    """Name, direction, bits and meaning of each port of the network."""
    return tuple((name, direction.split()[0], bits, _MEANINGS[name]) for direction, bits, name in stream_ports(plan))
