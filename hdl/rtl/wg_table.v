// Any function of a few bits, by its truth table: one LUT for up to six.
//
// Combinational. The table is halved by the highest input until its halves are alike, opposite or constant: synthesis gets few gates
// where an indexed constant would give it a multiplexer of 64 words.
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
    generate
        if (INPUTS == 1) begin : g_bit
            assign value = bits[0] ? TRUTH[1] : TRUTH[0];
        end else begin : g_halves
            localparam HALF = 1 << (INPUTS - 1);
            localparam [HALF-1:0] LOW  = TRUTH[HALF-1:0];
            localparam [HALF-1:0] HIGH = TRUTH[2*HALF-1:HALF];
            wire top = bits[INPUTS-1];

            if (LOW == HIGH || LOW == ~HIGH) begin : g_alike
                wire rest;
                wg_table #(.INPUTS(INPUTS - 1), .TRUTH(LOW)) half (.bits(bits[INPUTS-2:0]), .value(rest));
                assign value = LOW == HIGH ? rest : rest ^ top;
            end else if (LOW == {HALF{1'b0}} || LOW == {HALF{1'b1}}) begin : g_low_constant
                wire rest;
                wg_table #(.INPUTS(INPUTS - 1), .TRUTH(HIGH)) half (.bits(bits[INPUTS-2:0]), .value(rest));
                assign value = LOW[0] ? rest | ~top : rest & top;
            end else if (HIGH == {HALF{1'b0}} || HIGH == {HALF{1'b1}}) begin : g_high_constant
                wire rest;
                wg_table #(.INPUTS(INPUTS - 1), .TRUTH(LOW)) half (.bits(bits[INPUTS-2:0]), .value(rest));
                assign value = HIGH[0] ? rest | top : rest & ~top;
            end else begin : g_unlike
                wire low, high;
                wg_table #(.INPUTS(INPUTS - 1), .TRUTH(LOW))  low_half  (.bits(bits[INPUTS-2:0]), .value(low));
                wg_table #(.INPUTS(INPUTS - 1), .TRUTH(HIGH)) high_half (.bits(bits[INPUTS-2:0]), .value(high));
                assign value = top ? high : low;
            end
        end
    endgenerate

    // ---- Checks ---------------------------------------------------------------------------
    generate
        if (INPUTS < 1) begin : g_illegal_inputs
            wg_table_INPUTS_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
