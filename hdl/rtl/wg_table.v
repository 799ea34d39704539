// Any function of a few bits, by its truth table: one LUT for up to six.
//
// Combinational. The highest input chooses a half of the table, the next one a half of that, down to one bit: synthesis gets
// a multiplexer of words for each input, which is less work for it than a table with an index.
//
// Parameters
//   INPUTS   bits, 1 or more
//   TRUTH    bit i is the result where the bits make the number i
//
// Ports
//   bits     the bits
//   value    TRUTH[bits]
`default_nettype none

module wg_table #(
    parameter INPUTS = 1,
    parameter [(1<<INPUTS)-1:0] TRUTH = 2
) (
    input  wire [INPUTS-1:0] bits,
    output wire              value
);

    // ---- Datapath -------------------------------------------------------------------------
    // What is left of the table with the inputs n and above decided: 2**n bits, from bit 2**n - 1 on.
    wire [(2<<INPUTS)-2:0] left;
    assign left[(1<<INPUTS)-1 +: 1<<INPUTS] = TRUTH;

    genvar n;
    generate
        for (n = 0; n < INPUTS; n = n + 1) begin : g_input
            assign left[(1<<n)-1 +: 1<<n] = bits[n] ? left[(2<<n)-1 + (1<<n) +: 1<<n] : left[(2<<n)-1 +: 1<<n];
        end
    endgenerate

    assign value = left[0];

    // ---- Checks ---------------------------------------------------------------------------
    generate
        if (INPUTS < 1) begin : g_illegal_inputs
            wg_table_INPUTS_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
