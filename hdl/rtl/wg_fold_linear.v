// Convolution or dense layer, folded: PE neurons and SIMD inputs in a cycle, weights from a ROM.
//
//   FIRE = 1:  result = sum >= level          FIRE = 0:  result = sum + level
//
// Latency = interval: OUT_HEIGHT * OUT_WIDTH * PASSES * KERNEL_Y * KERNEL_X * CHUNKS + 6 cycles a frame,
// from the last word of the frame coming in to the last word going out. Never stalls inside a frame;
// a frame begins when it is there and the reader has a free bank.
//
// Parameters
//   geometry           as for wg_walker; CHUNKS = channels / SIMD, PASSES = neurons / PE
//   SIMD, PE           inputs and neurons in a cycle; cost PE * SIMD multipliers (adders for bits)
//   IN_WIDTH           bits of an input; IN_SIGNED: inputs are two's complement
//   WEIGHT_WIDTH       bits of a weight (two's complement), at most SUM_WIDTH
//   SUM_WIDTH          bits of sum and level (two's complement), more than IN_WIDTH
//   RESULT_WIDTH          bits of a result, 1 where FIRE is 1
//   LEVEL_WORDS        PASSES, or positions * PASSES: words of the level ROM
//   *_BITS             bits of the addresses
//
// Ports
//   in_*, rd_*         the frame buffer that is read
//   out_*              the frame buffers that are written; out_free says that all have a free bank
//   weights_*          ROM of PE * SIMD weights a word, neuron by neuron, one cycle of latency
//   levels_*           ROM of PE levels a word, one cycle of latency
`default_nettype none

module wg_fold_linear #(
    parameter HEIGHT        = 1,
    parameter WIDTH         = 1,
    parameter CHUNKS        = 1,
    parameter OUT_HEIGHT    = 1,
    parameter OUT_WIDTH     = 1,
    parameter KERNEL_Y      = 1,
    parameter KERNEL_X      = 1,
    parameter STRIDE_Y      = 1,
    parameter STRIDE_X      = 1,
    parameter DILATION_Y    = 1,
    parameter DILATION_X    = 1,
    parameter PAD_TOP       = 0,
    parameter PAD_LEFT      = 0,
    parameter PASSES        = 1,
    parameter SIMD          = 1,
    parameter PE            = 1,
    parameter IN_WIDTH      = 1,
    parameter IN_SIGNED     = 0,
    parameter WEIGHT_WIDTH  = 2,
    parameter SUM_WIDTH     = 4,
    parameter RESULT_WIDTH     = 1,
    parameter FIRE          = 1,
    parameter LEVEL_WORDS   = 1,
    parameter ADDRESS_BITS  = 1,
    parameter WEIGHTS_BITS  = 1,
    parameter LEVELS_BITS   = 1
) (
    input  wire                             clk,
    input  wire                             rst,
    input  wire                             in_full,
    output wire                             in_release,
    output wire [ADDRESS_BITS-1:0]          rd_address,
    input  wire [SIMD*IN_WIDTH-1:0]         rd_data,
    output wire [WEIGHTS_BITS-1:0]          weights_address,
    input  wire [PE*SIMD*WEIGHT_WIDTH-1:0]  weights,
    output wire [LEVELS_BITS-1:0]           levels_address,
    input  wire [PE*SUM_WIDTH-1:0]          levels,
    input  wire                             out_free,
    output wire                             out_valid,
    output wire [PE*RESULT_WIDTH-1:0]          out_data,
    output wire                             out_last
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [31:0] LAST_WEIGHTS = PASSES*KERNEL_Y*KERNEL_X*CHUNKS - 1;
    localparam [31:0] LAST_LEVELS  = LEVEL_WORDS - 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg                      busy_reg;
    wire                     unused_walking;
    wire                     walk_valid, walk_inside, walk_first, walk_last, walk_final;
    wire [ADDRESS_BITS-1:0]  walk_address;
    reg  [WEIGHTS_BITS-1:0]  weights_at_reg;
    reg  [LEVELS_BITS-1:0]   levels_at_reg;
    // One set of flags for each stage: word read, partial sum, accumulated.
    reg                      read_valid_reg, read_inside_reg, read_first_reg, read_last_reg, read_final_reg;
    reg                      partial_valid_reg, partial_first_reg, partial_last_reg, partial_final_reg;
    reg                      total_valid_reg, total_final_reg;
    reg                      result_valid_reg, result_final_reg;
    reg  [PE*SUM_WIDTH-1:0]  partials_next, partials_reg, totals_next, totals_reg;
    reg  [PE*RESULT_WIDTH-1:0]  results_next, results_reg;

    // ---- Datapath -------------------------------------------------------------------------
    // Weight times input; an input of one bit selects the weight instead.
    function [SUM_WIDTH-1:0] product;
        input [WEIGHT_WIDTH-1:0] weight;
        input [IN_WIDTH-1:0]     tap;
        reg   [SUM_WIDTH-1:0]    wide_weight;
        reg   [SUM_WIDTH-1:0]    wide_tap;
        begin
            wide_weight = {SUM_WIDTH{weight[WEIGHT_WIDTH-1]}};
            wide_weight[WEIGHT_WIDTH-1:0] = weight;
            wide_tap = {SUM_WIDTH{IN_SIGNED != 0 && tap[IN_WIDTH-1]}};
            wide_tap[IN_WIDTH-1:0] = tap;
            if (IN_WIDTH == 1 && IN_SIGNED == 0)
                product = tap[0] ? wide_weight : {SUM_WIDTH{1'b0}};
            else
                product = $signed(wide_weight) * $signed(wide_tap);
        end
    endfunction

    integer               pe, lane, at, to;
    reg [SUM_WIDTH-1:0]   partial;
    always @* begin
        partials_next = 0;
        partial       = {SUM_WIDTH{1'b0}};
        if (read_valid_reg && read_inside_reg) begin
            /* verilator unroll_disable */
            for (pe = 0; pe < PE; pe = pe + 1) begin
                partial = {SUM_WIDTH{1'b0}};
                /* verilator unroll_disable */
                for (lane = 0; lane < SIMD; lane = lane + 1)
                    partial = partial + product(
                        weights[(pe*SIMD + lane)*WEIGHT_WIDTH +: WEIGHT_WIDTH],
                        rd_data[lane*IN_WIDTH +: IN_WIDTH]);
                partials_next[pe*SUM_WIDTH +: SUM_WIDTH] = partial;
            end
        end
    end

    always @* begin
        totals_next = partials_reg;
        if (!partial_first_reg) begin
            /* verilator unroll_disable */
            for (at = 0; at < PE; at = at + 1)
                totals_next[at*SUM_WIDTH +: SUM_WIDTH] =
                    totals_reg[at*SUM_WIDTH +: SUM_WIDTH] + partials_reg[at*SUM_WIDTH +: SUM_WIDTH];
        end
    end

    reg [SUM_WIDTH-1:0]   total;
    reg [SUM_WIDTH-1:0]   level;
    always @* begin
        results_next = 0;
        total        = {SUM_WIDTH{1'b0}};
        level        = {SUM_WIDTH{1'b0}};
        /* verilator unroll_disable */
        for (to = 0; to < PE; to = to + 1) begin
            total = totals_reg[to*SUM_WIDTH +: SUM_WIDTH];
            level = levels[to*SUM_WIDTH +: SUM_WIDTH];
            if (FIRE != 0)
                results_next[to*RESULT_WIDTH] = $signed(total) >= $signed(level);
            else begin
                total = total + level;
                results_next[to*RESULT_WIDTH +: RESULT_WIDTH] = total[RESULT_WIDTH-1:0];
            end
        end
    end

    // ---- Control --------------------------------------------------------------------------
    wire start = !busy_reg && in_full && out_free;

    assign rd_address      = walk_address;
    assign weights_address = weights_at_reg;
    assign levels_address  = levels_at_reg;
    assign out_valid       = result_valid_reg;
    assign out_data        = results_reg;
    assign out_last        = result_valid_reg && result_final_reg;
    assign in_release      = out_last;

    wg_walker #(
        .HEIGHT       (HEIGHT),
        .WIDTH        (WIDTH),
        .CHUNKS       (CHUNKS),
        .OUT_HEIGHT   (OUT_HEIGHT),
        .OUT_WIDTH    (OUT_WIDTH),
        .KERNEL_Y     (KERNEL_Y),
        .KERNEL_X     (KERNEL_X),
        .STRIDE_Y     (STRIDE_Y),
        .STRIDE_X     (STRIDE_X),
        .DILATION_Y   (DILATION_Y),
        .DILATION_X   (DILATION_X),
        .PAD_TOP      (PAD_TOP),
        .PAD_LEFT     (PAD_LEFT),
        .PASSES       (PASSES),
        .BY_CHANNEL   (0),
        .ADDRESS_BITS (ADDRESS_BITS)
    ) walker (
        .clk          (clk),
        .rst          (rst),
        .start        (start),
        .busy         (unused_walking),
        .valid        (walk_valid),
        .address      (walk_address),
        .inside_map   (walk_inside),
        .first        (walk_first),
        .last         (walk_last),
        .final_word   (walk_final)
    );

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        read_inside_reg   <= walk_inside;
        read_first_reg    <= walk_first;
        read_last_reg     <= walk_last;
        read_final_reg    <= walk_final;
        partial_first_reg <= read_first_reg;
        partial_last_reg  <= read_last_reg;
        partial_final_reg <= read_final_reg;
        total_final_reg   <= partial_final_reg;
        result_final_reg  <= total_final_reg;
        if (read_valid_reg)
            partials_reg <= partials_next;
        if (partial_valid_reg)
            totals_reg <= totals_next;
        if (total_valid_reg)
            results_reg <= results_next;

        if (rst) begin
            busy_reg          <= 1'b0;
            read_valid_reg    <= 1'b0;
            partial_valid_reg <= 1'b0;
            total_valid_reg   <= 1'b0;
            result_valid_reg  <= 1'b0;
            weights_at_reg    <= {WEIGHTS_BITS{1'b0}};
            levels_at_reg     <= {LEVELS_BITS{1'b0}};
        end else begin
            busy_reg          <= start || (busy_reg && !out_last);
            read_valid_reg    <= walk_valid;
            partial_valid_reg <= read_valid_reg;
            total_valid_reg   <= partial_valid_reg && partial_last_reg;
            result_valid_reg  <= total_valid_reg;
            if (walk_valid)
                weights_at_reg <= weights_at_reg == LAST_WEIGHTS[WEIGHTS_BITS-1:0]
                    ? {WEIGHTS_BITS{1'b0}} : weights_at_reg + 1'b1;
            if (partial_valid_reg && partial_last_reg)
                levels_at_reg <= levels_at_reg == LAST_LEVELS[LEVELS_BITS-1:0]
                    ? {LEVELS_BITS{1'b0}} : levels_at_reg + 1'b1;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    generate
        // Sums are wider than inputs and as wide as weights, or their signs would be lost.
        if (SUM_WIDTH <= IN_WIDTH || SUM_WIDTH < WEIGHT_WIDTH || SUM_WIDTH < RESULT_WIDTH) begin : g_illegal_width
            wg_fold_linear_SUM_WIDTH_must_exceed_the_other_widths stop();
        end
        // A firing neuron has one bit.
        if (FIRE != 0 && RESULT_WIDTH != 1) begin : g_illegal_result
            wg_fold_linear_RESULT_WIDTH_must_be_1_with_FIRE stop();
        end
    endgenerate

endmodule

`default_nettype wire
