// wg_table one level down, for a simulator whose command line sets parameters of every instance of the top module.
`default_nettype none

module top_wg_table #(
    parameter INPUTS = 1,
    parameter [(1<<INPUTS)-1:0] TRUTH = 2
) (
    input  wire [INPUTS-1:0] bits,
    output wire              value
);

    wg_table #(.INPUTS(INPUTS), .TRUTH(TRUTH)) dut (.bits(bits), .value(value));

endmodule

`default_nettype wire
