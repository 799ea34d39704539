// Two of three: what most of three copies of a module say, bit by bit, and whether one of them says something else.
//
// Combinational.
//
// Parameters
//   WIDTH     bits of one copy's output
//
// Ports
//   copies    the outputs of all copies side by side
//   value     what two at least have in common
//   differs   one differs
`default_nettype none

module wg_vote #(
    parameter WIDTH = 1
) (
    input  wire [3*WIDTH-1:0] copies,
    output wire [WIDTH-1:0]   value,
    output wire               differs
);

    // ---- Datapath -------------------------------------------------------------------------
    wire [WIDTH-1:0] one = copies[0 +: WIDTH], two = copies[WIDTH +: WIDTH], three = copies[2*WIDTH +: WIDTH];

    assign value   = (one & two) | (one & three) | (two & three);
    assign differs = |((one ^ two) | (one ^ three));

endmodule

`default_nettype wire
