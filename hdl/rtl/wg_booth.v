// A number times a digit of a weight, by Booth's recoding in radix 4: digits are -2 to 2, digit D counts 4**D times.
//
//   digit    = middle + low - 2 high                    (bits 2D + 1, 2D and 2D - 1 of the weight in two's complement)
//   multiple = number * digit - high + 2**(WIDTH + 1)
//
// So it is never negative, and what it has too much depends on the weight alone. Combinational. Each bit is a LUT of five
// inputs, which an adder behind it takes in. Source: A. D. Booth, "A signed binary multiplication technique", 1951; in
// radix 4: O. L. MacSorley, "High-speed arithmetic in binary computers", 1961.
//
// Parameters
//   WIDTH      bits of the number, not negative
//
// Ports
//   number                the number
//   high, middle, low     bits of the weight
//   multiple              the number times the digit, and the constants above
`default_nettype none

module wg_booth #(
    parameter WIDTH = 8
) (
    input  wire [WIDTH-1:0] number,
    input  wire             high,
    input  wire             middle,
    input  wire             low,
    output wire [WIDTH+1:0] multiple
);

    // ---- Datapath -------------------------------------------------------------------------
    // Once or twice the number, inverted where the digit is negative; the sign inverted adds 2**(WIDTH + 1).
    wire once  = middle ^ low;
    wire twice = high ? !(middle || low) : middle && low;
    wire [WIDTH:0] size = ({1'b0, number} & {(WIDTH+1){once}}) | ({number, 1'b0} & {(WIDTH+1){twice}});
    assign multiple = {!high, size ^ {(WIDTH+1){high}}};

    // ---- Checks ---------------------------------------------------------------------------
    // A number of no bits has no multiples.
    generate
        if (WIDTH < 1) begin : g_illegal_width
            wg_booth_WIDTH_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
