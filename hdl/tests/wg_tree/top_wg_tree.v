// wg_tree one level down, for a simulator whose command line sets parameters of every instance of the top module.
`default_nettype none

module top_wg_tree #(
    parameter LANES   = 1,
    parameter TERMS   = 4,
    parameter WIDTH   = 8,
    parameter LARGEST = 0,
    parameter SIGNED  = 0
) (
    input  wire                         clk,
    input  wire                         advance,
    input  wire [LANES*TERMS*WIDTH-1:0] terms,
    output wire [LANES*WIDTH-1:0]       results
);

    wg_tree #(
        .LANES   (LANES),
        .TERMS   (TERMS),
        .WIDTH   (WIDTH),
        .LARGEST (LARGEST),
        .SIGNED  (SIGNED)
    ) dut (
        .clk     (clk),
        .advance (advance),
        .terms   (terms),
        .results (results)
    );

endmodule

`default_nettype wire
