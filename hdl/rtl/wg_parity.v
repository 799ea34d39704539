// A word of a ROM with a parity bit above it: notices an odd number of flipped bits.
//
// Combinational.
//
// Parameters
//   WIDTH    bits of the word
//
// Ports
//   stored   the word, and above it the bit that makes the number of ones even
//   data     the word
//   fault    that number is odd
`default_nettype none

module wg_parity #(
    parameter WIDTH = 8
) (
    input  wire [WIDTH:0]   stored,
    output wire [WIDTH-1:0] data,
    output wire             fault
);

    // ---- Datapath -------------------------------------------------------------------------
    assign data  = stored[WIDTH-1:0];
    assign fault = ^stored;

endmodule

`default_nettype wire
