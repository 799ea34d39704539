// Number of ones among two to seven bits: a counter as lookup tables.
//
// Combinational. With at most six inputs that are not constant each output is one LUT of six inputs.
// Written in majorities and parities: a sum would become a carry chain.
//
// Parameters
//   INPUTS   bits to count, 2 to 7
//
// Ports
//   bits     the bits
//   number   how many are 1, as wide as INPUTS needs
`default_nettype none

module wg_count #(
    parameter INPUTS = 6
) (
    input  wire [INPUTS-1:0]           bits,
    output wire [(INPUTS>3 ? 3:2)-1:0] number
);

    // ---- Datapath -------------------------------------------------------------------------
    // Full adders: three of weight 1 make a sum and a carry, three carries make the two high bits.
    function majority;
        input a, b, c;
        majority = (a & b) | (a & c) | (b & c);
    endfunction

    generate
        if (INPUTS <= 3) begin : g_adder
            wire [2:0] bit3 = {{(3-INPUTS){1'b0}}, bits};
            assign number = {majority(bit3[0], bit3[1], bit3[2]), ^bit3};
        end else begin : g_counter
            wire [6:0] bit7  = {{(7-INPUTS){1'b0}}, bits};
            wire       low   = ^bit7[2:0];
            wire       high  = ^bit7[5:3];
            wire       twos0 = majority(bit7[0], bit7[1], bit7[2]);
            wire       twos1 = majority(bit7[3], bit7[4], bit7[5]);
            wire       twos2 = majority(low, high, bit7[6]);
            assign number = {majority(twos0, twos1, twos2), twos0 ^ twos1 ^ twos2, low ^ high ^ bit7[6]};
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
