// wg_count: the number of ones.
`default_nettype none

module formal_wg_count #(
    parameter INPUTS = 7
) (
    input wire [INPUTS-1:0] bits
);

    wire [(INPUTS>3 ? 3:2)-1:0] number;

    wg_count #(.INPUTS(INPUTS)) dut (.bits(bits), .number(number));

    integer     i;
    reg   [2:0] ones;
    always @* begin
        ones = 3'd0;
        for (i = 0; i < INPUTS; i = i + 1)
            ones = ones + {2'd0, bits[i]};
        assert ({1'b0, number} == {1'b0, ones});
    end

endmodule

`default_nettype wire
