// wg_delay: the word of CYCLES enabled cycles ago.
`default_nettype none

module formal_wg_delay #(
    parameter WIDTH  = 3,
    parameter CYCLES = 3
) (
    input wire             clk,
    input wire             advance,
    input wire [WIDTH-1:0] data
);

    wire [WIDTH-1:0] delayed;

    wg_delay #(.WIDTH(WIDTH), .CYCLES(CYCLES)) dut (.clk(clk), .advance(advance), .data(data), .delayed(delayed));

    formal_stages #(.WIDTH(WIDTH), .LATENCY(CYCLES)) check (
        .clk(clk), .advance(advance), .expected(data), .seen(delayed));

endmodule

`default_nettype wire
