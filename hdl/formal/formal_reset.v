// Assumption: the first cycle is a reset. Later ones may be, too.
`default_nettype none

module formal_reset (
    input wire clk,
    input wire rst
);

    reg started_reg;
    initial started_reg = 1'b0;
    always @(posedge clk)
        started_reg <= 1'b1;

    always @*
        if (!started_reg)
            assume (rst);

endmodule

`default_nettype wire
