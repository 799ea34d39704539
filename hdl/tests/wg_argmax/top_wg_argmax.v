// wg_argmax one level down, for a simulator whose command line sets parameters of every instance of the top module.
`default_nettype none

module top_wg_argmax #(
    parameter COUNT       = 2,
    parameter WIDTH       = 8,
    parameter INDEX_WIDTH = 8
) (
    input  wire                         clk,
    input  wire                         advance,
    input  wire [COUNT*WIDTH-1:0]       scores,
    input  wire [COUNT*INDEX_WIDTH-1:0] indices,
    output wire [INDEX_WIDTH-1:0]       index
);

    wg_argmax #(
        .COUNT       (COUNT),
        .WIDTH       (WIDTH),
        .INDEX_WIDTH (INDEX_WIDTH)
    ) dut (
        .clk         (clk),
        .advance     (advance),
        .scores      (scores),
        .indices     (indices),
        .index       (index)
    );

endmodule

`default_nettype wire
