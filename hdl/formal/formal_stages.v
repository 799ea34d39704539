// A pipeline with a clock enable: what comes out is the function of what went in LATENCY enabled cycles ago.
`default_nettype none

module formal_stages #(
    parameter WIDTH   = 1,
    parameter LATENCY = 1
) (
    input wire             clk,
    input wire             advance,
    input wire [WIDTH-1:0] expected,
    input wire [WIDTH-1:0] seen
);

    reg [LATENCY*WIDTH-1:0] chain_reg;
    reg [LATENCY-1:0]       filled_reg;
    initial filled_reg = 0;
    always @(posedge clk)
        if (advance) begin
            chain_reg  <= {chain_reg, expected};
            filled_reg <= {filled_reg, 1'b1};
        end

    always @*
        if (filled_reg[LATENCY-1])
            assert (seen == chain_reg[LATENCY*WIDTH-1 -: WIDTH]);

endmodule

`default_nettype wire
