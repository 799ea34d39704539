// wg_table: the table's bit.
`default_nettype none

module formal_wg_table #(
    parameter INPUTS = 6,
    parameter [(1<<INPUTS)-1:0] TRUTH = 64'hf00dcafe5a3cff01
) (
    input wire [INPUTS-1:0] bits
);

    wire value;

    wg_table #(.INPUTS(INPUTS), .TRUTH(TRUTH)) dut (.bits(bits), .value(value));

    always @*
        assert (value == TRUTH[bits]);

endmodule

`default_nettype wire
