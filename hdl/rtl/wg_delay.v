// Delays a bus by a fixed number of enabled cycles, so that branches meet in step.
//
// Latency: CYCLES enabled cycles. Throughput: one word a cycle. Stalls with `advance` low.
//
// Parameters
//   WIDTH    bits of the bus; cost WIDTH * CYCLES flip-flops or shift-register LUTs
//   CYCLES   delay, 1 or more
`default_nettype none

module wg_delay #(
    parameter WIDTH  = 1,
    parameter CYCLES = 1
) (
    input  wire             clk,
    input  wire             advance,
    input  wire [WIDTH-1:0] data,
    output wire [WIDTH-1:0] delayed
);

    // ---- Declarations ---------------------------------------------------------------------
    reg  [CYCLES*WIDTH-1:0]     chain_reg;
    wire [(CYCLES+1)*WIDTH-1:0] chain_next = {chain_reg, data};

    // ---- Datapath -------------------------------------------------------------------------
    assign delayed = chain_reg[CYCLES*WIDTH-1 -: WIDTH];

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk)
        if (advance)
            chain_reg <= chain_next[CYCLES*WIDTH-1:0];

    // ---- Checks ---------------------------------------------------------------------------
    // A delay of no cycle is a wire.
    generate
        if (CYCLES < 1) begin : g_illegal_cycles
            wg_delay_CYCLES_must_be_1_or_more stop();
        end
    endgenerate

    wire unused = &{1'b0, chain_next[(CYCLES+1)*WIDTH-1 -: WIDTH]};

endmodule

`default_nettype wire
