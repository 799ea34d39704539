// A word of a ROM with check bits above it: corrects one flipped bit of each part of the word, notices two.
//
// Each data bit has a column, the check bits that it belongs to, an odd number of at least three, no two columns alike
// (Hsiao's code). One flipped bit makes the syndrome its own column, or a single bit where a check bit itself flipped,
// which is an odd number of ones in any case; two flipped bits make an even number that is not 0.
// Combinational.
//
// Parameters
//   WIDTH, PART   bits of the word, and of its parts, of which the last may be shorter
//   CHECKS        check bits of a part
//   COLUMNS       column of bit n of a part at n*CHECKS
//
// Ports
//   stored        the word, and above it the check bits of its parts
//   data          the word, one bit of each part corrected
//   corrected     an odd number of flips in a part: taken to be one
//   fault         an even number
`default_nettype none

module wg_secded #(
    parameter WIDTH  = 4,
    parameter PART   = 4,
    parameter CHECKS = 4,
    parameter [PART*CHECKS-1:0] COLUMNS = 16'hedb7
) (
    input  wire [WIDTH+(WIDTH+PART-1)/PART*CHECKS-1:0] stored,
    output wire [WIDTH-1:0]                            data,
    output wire                                        corrected,
    output wire                                        fault
);

    // ---- Local constants ------------------------------------------------------------------
    localparam PARTS = (WIDTH + PART - 1) / PART;

    // ---- Datapath -------------------------------------------------------------------------
    wire [PARTS-1:0] odd, even;
    genvar p, c, n;
    generate
        for (p = 0; p < PARTS; p = p + 1) begin : g_part
            localparam BITS = p < PARTS - 1 ? PART : WIDTH - p*PART;
            wire [BITS-1:0]   word = stored[p*PART +: BITS];
            wire [CHECKS-1:0] syndrome;

            for (c = 0; c < CHECKS; c = c + 1) begin : g_check
                wire [BITS-1:0] covered;
                for (n = 0; n < BITS; n = n + 1) begin : g_bit
                    assign covered[n] = COLUMNS[n*CHECKS + c] && word[n];
                end
                assign syndrome[c] = ^covered ^ stored[WIDTH + p*CHECKS + c];
            end
            for (n = 0; n < BITS; n = n + 1) begin : g_data
                assign data[p*PART + n] = word[n] ^ (syndrome == COLUMNS[n*CHECKS +: CHECKS]);
            end
            assign odd[p]  = ^syndrome;
            assign even[p] = |syndrome && !odd[p];
        end
    endgenerate

    assign corrected = |odd;
    assign fault     = |even;

endmodule

`default_nettype wire
