// wg_add: the sum, and that its last bit tells whether it reaches 2**WIDTH.
`default_nettype none

module formal_wg_add #(
    parameter WIDTH = 5
) (
    input wire [WIDTH-1:0] left,
    input wire [WIDTH-1:0] right,
    input wire             carry
);

    wire [WIDTH:0]   sum;
    wire [WIDTH+1:0] wanted = {2'd0, left} + {2'd0, right} + {{(WIDTH+1){1'b0}}, carry};

    wg_add #(.WIDTH(WIDTH)) dut (.left(left), .right(right), .carry(carry), .sum(sum));

    always @* begin
        assert ({1'b0, sum} == wanted);
        assert (sum[WIDTH] == (wanted >= (1 << WIDTH)));
    end

endmodule

`default_nettype wire
