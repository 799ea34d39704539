// Widens every element of a bus by zeros or by its sign: wiring only.
//
// Latency: 0. No logic after synthesis.
//
// Parameters
//   COUNT       elements
//   IN_WIDTH    bits of an element that comes in
//   OUT_WIDTH   bits of an element that goes out, at least IN_WIDTH
//   SIGNED      elements are two's complement
`default_nettype none

module wg_resize #(
    parameter COUNT     = 1,
    parameter IN_WIDTH  = 1,
    parameter OUT_WIDTH = 1,
    parameter SIGNED    = 0
) (
    input  wire [COUNT*IN_WIDTH-1:0]  data,
    output reg  [COUNT*OUT_WIDTH-1:0] widened
);

    // ---- Datapath -------------------------------------------------------------------------
    integer i;
    always @* begin
        widened = 0;
        /* verilator unroll_disable */
        for (i = 0; i < COUNT; i = i + 1) begin
            widened[i*OUT_WIDTH +: OUT_WIDTH] = {OUT_WIDTH{SIGNED != 0 && data[i*IN_WIDTH + IN_WIDTH-1]}};
            widened[i*OUT_WIDTH +: IN_WIDTH]  = data[i*IN_WIDTH +: IN_WIDTH];
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // Nothing is cut off.
    generate
        if (OUT_WIDTH < IN_WIDTH) begin : g_illegal_width
            wg_resize_OUT_WIDTH_must_be_at_least_IN_WIDTH stop();
        end
    endgenerate

endmodule

`default_nettype wire
