// wg_divide: the quotient and a remainder below the divisor.
`default_nettype none

module formal_wg_divide #(
    parameter WIDTH     = 9,
    parameter DIVISOR   = 3,
    parameter REST_BITS = DIVISOR > 1 ? $clog2(DIVISOR) : 1
) (
    input wire [WIDTH-1:0] number
);

    wire [WIDTH-1:0]     quotient;
    wire [REST_BITS-1:0] remainder;

    wg_divide #(.WIDTH(WIDTH), .DIVISOR(DIVISOR)) dut (.number(number), .quotient(quotient), .remainder(remainder));

    always @* begin
        assert (remainder < DIVISOR);
        assert ({32'd0, quotient} * DIVISOR + {32'd0, remainder} == {32'd0, number});
    end

endmodule

`default_nettype wire
