// wg_booth: the number times the digit that the bits of the weight make, and the constants that its text promises.
`default_nettype none

module formal_wg_booth #(
    parameter WIDTH = 8
) (
    input wire [WIDTH-1:0] number,
    input wire             high,
    input wire             middle,
    input wire             low
);

    wire [WIDTH+1:0] multiple;

    wg_booth #(.WIDTH(WIDTH)) dut (
        .number(number), .high(high), .middle(middle), .low(low), .multiple(multiple));

    integer digit, wanted;
    always @* begin
        digit  = (middle ? 1 : 0) + (low ? 1 : 0) - (high ? 2 : 0);
        wanted = digit * {{(32-WIDTH){1'b0}}, number} - (high ? 1 : 0) + (1 << (WIDTH + 1));
        assert ({{(30-WIDTH){1'b0}}, multiple} == wanted);
    end

endmodule

`default_nettype wire
