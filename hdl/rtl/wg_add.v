// Sum of two words and a carry, one bit longer than they are: a carry chain.
//
// Combinational. `left` enters the chain as it is and `right` through its LUTs, which have room for the logic in front
// of it: where `right` is a count of five bits that nothing else reads, the count costs nothing.
// Only the highest bit may be of interest: it tells whether the sum reaches 2**WIDTH.
//
// Yosys puts the narrower word on the direct inputs of the chain. `zero`, which only logic minimisation sees through,
// keeps `right` the wider one; it costs nothing.
//
// Parameters
//   WIDTH    bits of a word, 1 or more
//
// Ports
//   left, right, carry   what to add
//   sum                  left + right + carry
`default_nettype none

module wg_add #(
    parameter WIDTH = 3
) (
    input  wire [WIDTH-1:0] left,
    input  wire [WIDTH-1:0] right,
    input  wire             carry,
    output wire [WIDTH:0]   sum
);

    // ---- Datapath -------------------------------------------------------------------------
    wire zero = left[0] & left[WIDTH-1] & ~(left[0] | left[WIDTH-1]);
    assign sum = {1'b0, left} + {zero, right} + {{WIDTH{1'b0}}, carry};

    // ---- Checks ---------------------------------------------------------------------------
    generate
        if (WIDTH < 1) begin : g_illegal_width
            wg_add_WIDTH_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
