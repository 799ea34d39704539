// Neurons of a convolution or dense layer, folded: PE neurons at once, each adding up the partial sums of its words.
//
//   FIRE = 1:  result = level + sum >= 0          FIRE = 0:  result = level + sum
//
// The partial sum of the word at `tap_valid` comes two cycles later. With PLANES = 1 each result starts at its level and
// adds a partial sum for each word. With PLANES > 1 the bits of an input come one by one, the most significant first: the
// words of a result pass PLANES times, with one bit of each input, and whenever the next bit begins (`tap_shift`) the sum
// so far is worth twice as much:
//
//   sum = 2 * sum + part          (Horner's rule: for bits 1, 0, 1 of an input of weight w, ((w) * 2 + 0) * 2 + w = 5 w)
//
// Only the level must not be doubled: the sum starts at level >> (PLANES - 1), and each doubling shifts in the next lower bit.
// Latency: 3 cycles from a result's last word. Throughput: one word a cycle. Never stalls.
//
// Parameters
//   PE             neurons at once
//   PART_BITS      bits of a partial sum, not negative; SUM_WIDTH: of level and sum (two's complement)
//   RESULT_WIDTH   bits of a result, 1 where FIRE is 1
//   STEPS, PASSES  words of the weight ROM for a pass; passes over it
//   PLANES         times that the words of a result pass: 1, or the bits of an input, which then come one by one
//   LEVEL_WORDS    words of the level ROM
//   *_BITS         bits of the addresses
//
// Ports
//   tap_*, soon_*      as wg_fold_windows gives them
//   weights_address    of the word for the data at tap_valid; levels_address: one level for each neuron
//   parts              partial sums of the taps two cycles ago
`default_nettype none

module wg_fold_linear #(
    parameter PE           = 1,
    parameter PART_BITS    = 1,
    parameter SUM_WIDTH    = 4,
    parameter RESULT_WIDTH = 1,
    parameter FIRE         = 1,
    parameter STEPS        = 1,
    parameter PASSES       = 1,
    parameter PLANES       = 1,
    parameter LEVEL_WORDS  = 1,
    parameter WEIGHTS_BITS = 1,
    parameter LEVELS_BITS  = 1
) (
    input  wire                       clk,
    input  wire                       rst,
    input  wire                       tap_soon,
    input  wire                       soon_end,
    input  wire                       soon_last,
    input  wire                       tap_valid,
    input  wire                       tap_first,
    input  wire                       tap_shift,
    input  wire                       tap_last,
    input  wire                       tap_frame,
    output wire [WEIGHTS_BITS-1:0]    weights_address,
    output wire [LEVELS_BITS-1:0]     levels_address,
    input  wire [PE*SUM_WIDTH-1:0]    levels,
    input  wire [PE*PART_BITS-1:0]    parts,
    output wire                       out_valid,
    output wire [PE*RESULT_WIDTH-1:0] out_data,
    output wire                       out_last
);

    // ---- Weights --------------------------------------------------------------------------
    generate
        if (PLANES == 1) begin : g_once
            wire unused_first, unused_last;
            wire unused = &{1'b0, soon_end, soon_last};
            wg_loop #(.COUNT(STEPS*PASSES), .BITS(WEIGHTS_BITS)) weight (
                .clk(clk), .rst(rst), .step(tap_soon), .at(weights_address), .first(unused_first), .last(unused_last));
        end else begin : g_planes
            localparam [31:0] STEP_WORDS = STEPS, LAST_PASS = STEPS*(PASSES - 1);
            reg  [WEIGHTS_BITS-1:0] at_reg, pass_reg;
            wire [WEIGHTS_BITS-1:0] pass_next = !soon_last ? pass_reg :
                pass_reg == LAST_PASS[WEIGHTS_BITS-1:0] ? {WEIGHTS_BITS{1'b0}} : pass_reg + STEP_WORDS[WEIGHTS_BITS-1:0];
            assign weights_address = at_reg;
            always @(posedge clk)
                if (rst) begin
                    at_reg   <= {WEIGHTS_BITS{1'b0}};
                    pass_reg <= {WEIGHTS_BITS{1'b0}};
                end else if (tap_soon) begin
                    at_reg   <= soon_end ? pass_next : at_reg + 1'b1;
                    pass_reg <= pass_next;
                end
        end
    endgenerate

    // ---- Flags, as the data move on -------------------------------------------------------
    reg valid_1_reg, first_1_reg, shift_1_reg, last_1_reg, frame_1_reg;
    reg valid_2_reg, first_2_reg, shift_2_reg, last_2_reg, frame_2_reg;
    reg valid_3_reg, frame_3_reg;
    always @(posedge clk) begin
        valid_1_reg <= tap_valid && !rst;
        first_1_reg <= tap_first;
        shift_1_reg <= tap_shift;
        last_1_reg  <= tap_last;
        frame_1_reg <= tap_frame;
        valid_2_reg <= valid_1_reg && !rst;
        first_2_reg <= first_1_reg;
        shift_2_reg <= shift_1_reg;
        last_2_reg  <= last_1_reg;
        frame_2_reg <= frame_1_reg;
        valid_3_reg <= valid_2_reg && last_2_reg && !rst;
        frame_3_reg <= frame_2_reg;
    end

    wire unused_level_first, unused_level_last;
    wg_loop #(.COUNT(LEVEL_WORDS), .BITS(LEVELS_BITS)) level (
        .clk(clk), .rst(rst), .step(valid_1_reg && first_1_reg), .at(levels_address),
        .first(unused_level_first), .last(unused_level_last));

    // ---- Sums -----------------------------------------------------------------------------
    genvar n;
    generate
        for (n = 0; n < PE; n = n + 1) begin : g_neuron
            reg  [SUM_WIDTH-1:0] sum_reg;
            wire [SUM_WIDTH-1:0] mine = levels[n*SUM_WIDTH +: SUM_WIDTH];
            wire [SUM_WIDTH-1:0] earlier;
            wire [SUM_WIDTH-1:0] part;

            if (SUM_WIDTH > PART_BITS) begin : g_wider
                assign part = {{(SUM_WIDTH-PART_BITS){1'b0}}, parts[n*PART_BITS +: PART_BITS]};
            end else begin : g_same
                wire unused = &{1'b0, parts[n*PART_BITS +: PART_BITS]};
                assign part = parts[n*PART_BITS +: SUM_WIDTH];
            end
            if (PLANES == 1) begin : g_plain
                assign earlier = first_2_reg ? mine : sum_reg;
            end else begin : g_doubled
                // The level's low bits, each shifted in when the sum is doubled.
                localparam LOW = PLANES - 1;
                reg  [LOW-1:0]       low_reg;
                wire [SUM_WIDTH+LOW-1:0] wide = {{LOW{mine[SUM_WIDTH-1]}}, mine};
                assign earlier = first_2_reg ? wide[LOW +: SUM_WIDTH]
                              : shift_2_reg ? {sum_reg[SUM_WIDTH-2:0], low_reg[LOW-1]} : sum_reg;
                always @(posedge clk)
                    if (valid_2_reg && first_2_reg)
                        low_reg <= wide[LOW-1:0];
                    else if (valid_2_reg && shift_2_reg)
                        low_reg <= low_reg << 1;
            end
            always @(posedge clk)
                if (valid_2_reg)
                    sum_reg <= earlier + part;
            if (FIRE != 0) begin : g_fire
                assign out_data[n*RESULT_WIDTH +: RESULT_WIDTH] = !sum_reg[SUM_WIDTH-1];
            end else begin : g_sum
                assign out_data[n*RESULT_WIDTH +: RESULT_WIDTH] = sum_reg[RESULT_WIDTH-1:0];
            end
        end
    endgenerate

    assign out_valid = valid_3_reg;
    assign out_last  = valid_3_reg && frame_3_reg;

    // ---- Checks ---------------------------------------------------------------------------
    generate
        // A firing neuron has one bit, a sum is not cut off, and doubling has bits to move.
        if ((FIRE != 0 && RESULT_WIDTH != 1) || SUM_WIDTH < RESULT_WIDTH || SUM_WIDTH < 2) begin : g_illegal_width
            wg_fold_linear_RESULT_WIDTH_must_be_1_with_FIRE_and_fit_SUM_WIDTH stop();
        end
    endgenerate

    wire unused_shift = &{1'b0, shift_2_reg};

endmodule

`default_nettype wire
