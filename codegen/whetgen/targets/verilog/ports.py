"""Ports of the tops, in their order."""

from __future__ import annotations

from whetgen.targets.verilog.plan import VerilogPlan

Port = tuple[str, int, str]  # direction, bits, name


def stream_ports(plan: VerilogPlan) -> tuple[Port, ...]:
    """Of the network: clock, reset, both streams, the error counter, and what a hardened one tells of flipped bits."""
    faults = (("output wire", 1, "err_fault"), ("output wire", 1, "err_corrected"))
    return (
        ("input  wire", 1, "clk"),
        ("input  wire", 1, "rst"),
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
