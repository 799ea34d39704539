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
    genvar n;
    generate
        for (n = INPUTS - 1; n >= 0; n = n - 1) begin : g_input
            // What is left of the table once the inputs n and above are decided: 2**n bits.
            wire [(1<<n)-1:0] half;
            if (n == INPUTS - 1) begin : g_first
                assign half = bits[n] ? TRUTH[(2<<n)-1 -: 1<<n] : TRUTH[(1<<n)-1:0];
            end else begin : g_next
                assign half = bits[n] ? g_input[n+1].half[(2<<n)-1 -: 1<<n] : g_input[n+1].half[(1<<n)-1:0];
            end
        end
    endgenerate

    assign value = g_input[0].half[0];

    // ---- Checks ---------------------------------------------------------------------------
    generate
        if (INPUTS < 1) begin : g_illegal_inputs
            wg_table_INPUTS_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
