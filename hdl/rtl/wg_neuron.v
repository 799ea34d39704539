// NEURONS neurons with constant weights that read the same taps, applied at POSITIONS places at once.
//
//   total[p, n] = sum_i WEIGHTS[n, i] * taps[p, i]
//   FIRE = 1:  results[p, n] = total >= LEVELS[p, n]          FIRE = 0:  results[p, n] = total + LEVELS[p, n]
//
// Latency: 2 + ceil(log4(ceil(INPUTS / 4))) enabled cycles. Throughput: one set of taps a cycle.
// Stalls with `advance` low. Sums are modulo 2**SUM_WIDTH: exact where every total fits.
//
// Parameters
//   POSITIONS      places, 1 for a dense layer
//   NEURONS        neurons at each place
//   INPUTS         taps at each place
//   IN_WIDTH       bits of a tap; IN_SIGNED: taps are two's complement
//   WEIGHT_WIDTH   bits of a weight (two's complement), at most SUM_WIDTH
//   SUM_WIDTH      bits of total and level (two's complement), more than IN_WIDTH
//   OUT_WIDTH      bits of a result, 1 where FIRE is 1, at most SUM_WIDTH
//   WEIGHTS        weight i of neuron n at bit (n * INPUTS + i) * WEIGHT_WIDTH; zeros cost nothing
//   LEVELS         level of place p, neuron n at bit ((p % LEVEL_COUNT) * NEURONS + n) * SUM_WIDTH
//   LEVEL_COUNT    1: the same levels everywhere; POSITIONS: a set for each place
//
// Ports
//   taps      tap i of place p at bit (p * INPUTS + i) * IN_WIDTH
//   results   result of place p, neuron n at bit (p * NEURONS + n) * OUT_WIDTH
//
// Loops are marked as loops: a simulator that unrolls them builds many times slower.
`default_nettype none

module wg_neuron #(
    parameter POSITIONS    = 1,
    parameter NEURONS      = 1,
    parameter INPUTS       = 4,
    parameter IN_WIDTH     = 1,
    parameter IN_SIGNED    = 0,
    parameter WEIGHT_WIDTH = 2,
    parameter SUM_WIDTH    = 4,
    parameter OUT_WIDTH    = 1,
    parameter FIRE         = 1,
    parameter LEVEL_COUNT  = 1,
    parameter [NEURONS*INPUTS*WEIGHT_WIDTH-1:0]   WEIGHTS = 0,
    parameter [LEVEL_COUNT*NEURONS*SUM_WIDTH-1:0] LEVELS  = 0
) (
    input  wire                                   clk,
    input  wire                                   advance,
    input  wire [POSITIONS*INPUTS*IN_WIDTH-1:0]   taps,
    output wire [POSITIONS*NEURONS*OUT_WIDTH-1:0] results
);

    // ---- Local constants ------------------------------------------------------------------
    localparam GROUPS = (INPUTS + 3) / 4;
    localparam LANES  = POSITIONS * NEURONS;

    // ---- Declarations ---------------------------------------------------------------------
    reg  [LANES*GROUPS*SUM_WIDTH-1:0] partial_next;
    reg  [LANES*GROUPS*SUM_WIDTH-1:0] partial_reg;
    wire [LANES*SUM_WIDTH-1:0]        totals;
    reg  [LANES*OUT_WIDTH-1:0]        results_next;
    reg  [LANES*OUT_WIDTH-1:0]        results_reg;

    // ---- Datapath -------------------------------------------------------------------------
    // Weight times tap; a tap of one bit selects the weight instead.
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

    integer                 lane, group, member;
    reg     [SUM_WIDTH-1:0] partial;
    always @* begin
        partial_next = 0;
        partial      = {SUM_WIDTH{1'b0}};
        /* verilator unroll_disable */
        for (lane = 0; lane < LANES; lane = lane + 1) begin
            /* verilator unroll_disable */
            for (group = 0; group < GROUPS; group = group + 1) begin
                partial = {SUM_WIDTH{1'b0}};
                /* verilator unroll_disable */
                for (member = 0; member < 4; member = member + 1)
                    if (group*4 + member < INPUTS)
                        partial = partial + product(
                            WEIGHTS[((lane % NEURONS)*INPUTS + group*4 + member)*WEIGHT_WIDTH +: WEIGHT_WIDTH],
                            taps[((lane / NEURONS)*INPUTS + group*4 + member)*IN_WIDTH +: IN_WIDTH]);
                partial_next[(lane*GROUPS + group)*SUM_WIDTH +: SUM_WIDTH] = partial;
            end
        end
    end

    wg_tree #(
        .LANES   (LANES),
        .TERMS   (GROUPS),
        .WIDTH   (SUM_WIDTH)
    ) sum (
        .clk     (clk),
        .advance (advance),
        .terms   (partial_reg),
        .results (totals)
    );

    integer                 at;
    reg     [SUM_WIDTH-1:0] total;
    reg     [SUM_WIDTH-1:0] level;
    always @* begin
        results_next = 0;
        total        = {SUM_WIDTH{1'b0}};
        level        = {SUM_WIDTH{1'b0}};
        /* verilator unroll_disable */
        for (at = 0; at < LANES; at = at + 1) begin
            total = totals[at*SUM_WIDTH +: SUM_WIDTH];
            level = LEVELS[(at % (LEVEL_COUNT*NEURONS))*SUM_WIDTH +: SUM_WIDTH];
            if (FIRE != 0)
                results_next[at*OUT_WIDTH] = $signed(total) >= $signed(level);
            else begin
                total = total + level;
                results_next[at*OUT_WIDTH +: OUT_WIDTH] = total[OUT_WIDTH-1:0];
            end
        end
    end

    assign results = results_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk)
        if (advance) begin
            partial_reg <= partial_next;
            results_reg <= results_next;
        end

    // ---- Checks ---------------------------------------------------------------------------
    generate
        // Sums are wider than taps and as wide as weights, or their signs would be lost.
        if (SUM_WIDTH <= IN_WIDTH || SUM_WIDTH < WEIGHT_WIDTH || SUM_WIDTH < OUT_WIDTH) begin : g_illegal_width
            wg_neuron_SUM_WIDTH_must_exceed_the_other_widths stop();
        end
        // A firing neuron has one bit.
        if (FIRE != 0 && OUT_WIDTH != 1) begin : g_illegal_result
            wg_neuron_OUT_WIDTH_must_be_1_with_FIRE stop();
        end
    endgenerate

endmodule

`default_nettype wire
