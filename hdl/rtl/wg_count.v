// Number of ones among two to seven bits: a counter as lookup tables; several counters side by side.
//
// Combinational. With at most six inputs that are not constant each output is one LUT of six inputs.
// Written in majorities and parities: a sum would become a carry chain.
//
// Parameters
//   INPUTS   bits to count, 2 to 7
//   LANES    counters side by side
//
// Ports
//   bits     the bits: the first of each lane in the low LANES bits, then the second of each, and so on
//   number   how many are 1, as wide as INPUTS needs: the ones of each lane in the low LANES bits, then the twos, fours
`default_nettype none

module wg_count #(
    parameter INPUTS = 6,
    parameter LANES  = 1
) (
    input  wire [INPUTS*LANES-1:0]           bits,
    output wire [(INPUTS>3 ? 3:2)*LANES-1:0] number
);

    // ---- Datapath -------------------------------------------------------------------------
    // Full adders: three of weight 1 make a sum and a carry, three carries make the two high bits.
    function [LANES-1:0] majority;
        input [LANES-1:0] a, b, c;
        majority = (a & b) | (a & c) | (b & c);
    endfunction

    generate
        if (INPUTS <= 3) begin : g_adder
            wire [3*LANES-1:0] all3 = {{(3-INPUTS)*LANES{1'b0}}, bits};
            wire [LANES-1:0] a = all3[0 +: LANES], b = all3[LANES +: LANES], c = all3[2*LANES +: LANES];
            assign number = {majority(a, b, c), a ^ b ^ c};
        end else begin : g_counter
            wire [7*LANES-1:0] all7 = {{(7-INPUTS)*LANES{1'b0}}, bits};
            wire [LANES-1:0] a = all7[0 +: LANES], b = all7[LANES +: LANES], c = all7[2*LANES +: LANES];
            wire [LANES-1:0] d = all7[3*LANES +: LANES], e = all7[4*LANES +: LANES], f = all7[5*LANES +: LANES];
            wire [LANES-1:0] g = all7[6*LANES +: LANES];
            // Each bit groups the inputs in its own way: gates that two bits shared would keep a mapper from one LUT a bit.
            assign number = {
                majority(majority(a, d, e), majority(b, c, f), majority(a ^ d ^ e, b ^ c ^ f, g)),
                majority(a, b, c) ^ majority(d, e, f) ^ majority(a ^ b ^ c, d ^ e ^ f, g),
                (a ^ d) ^ (b ^ e) ^ (c ^ f) ^ g
            };
        end
    endgenerate

    // ---- Checks ---------------------------------------------------------------------------
    // Three bits of result count to seven.
    generate
        if (INPUTS < 2 || INPUTS > 7) begin : g_illegal_inputs
            wg_count_INPUTS_must_be_2_to_7 stop();
        end
    endgenerate

endmodule

`default_nettype wire
