// Neurons of several thresholds, folded: how many of its thresholds each of LANES sums reaches.
//
//   result = (sum >= 0) + (sum >= threshold 1) + ... + (sum >= threshold STEPS)
//
// The lowest threshold is taken off the sum beforehand, so that a sign compares with it; the others are distances from it,
// ascending. Of an ascending row those that are reached come first, so bit j of their number changes with every 2**j-th:
// it is the parity of those.
//
// Latency: 2 cycles. Throughput: one word a cycle. Never stalls.
//
// Parameters
//   LANES          sums at once
//   STEPS          thresholds of a sum beside the lowest
//   IN_WIDTH       bits of sum and threshold (two's complement); OUT_WIDTH: those that STEPS + 1 has
//   TABLE_WORDS    words of the ROM; they begin again with the frame
//   TABLE_BITS     bits of its addresses
//
// Ports
//   sums_*               words as they come, and whether one is a frame's last
//   thresholds_address   ROM with one cycle of latency: threshold k of lane n at index (k - 1) * LANES + n
`default_nettype none

module wg_fold_thresholds #(
    parameter LANES       = 1,
    parameter STEPS       = 2,
    parameter IN_WIDTH    = 4,
    parameter OUT_WIDTH   = 2,
    parameter TABLE_WORDS = 1,
    parameter TABLE_BITS  = 1
) (
    input  wire                            clk,
    input  wire                            rst,
    input  wire                            sums_valid,
    input  wire [LANES*IN_WIDTH-1:0]       sums_data,
    input  wire                            sums_last,
    output wire [TABLE_BITS-1:0]           thresholds_address,
    input  wire [STEPS*LANES*IN_WIDTH-1:0] thresholds,
    output wire                            out_valid,
    output wire [LANES*OUT_WIDTH-1:0]      out_data,
    output wire                            out_last
);

    // ---- Control --------------------------------------------------------------------------
    wire unused_first, unused_last;
    reg  valid_1_reg, last_1_reg, valid_2_reg, last_2_reg;

    wg_loop #(.COUNT(TABLE_WORDS), .BITS(TABLE_BITS)) word (
        .clk(clk), .rst(rst), .step(sums_valid), .at(thresholds_address), .first(unused_first), .last(unused_last));

    // ---- Datapath -------------------------------------------------------------------------
    reg [LANES*IN_WIDTH-1:0]  sums_reg;
    reg [LANES*OUT_WIDTH-1:0] results_reg;
    genvar n, k, j;
    generate
        for (n = 0; n < LANES; n = n + 1) begin : g_lane
            wire [IN_WIDTH-1:0] sum = sums_reg[n*IN_WIDTH +: IN_WIDTH];
            wire [STEPS:0]      reached;
            assign reached[0] = !sum[IN_WIDTH-1];
            for (k = 1; k <= STEPS; k = k + 1) begin : g_step
                assign reached[k] = $signed(sum) >= $signed(thresholds[((k - 1)*LANES + n)*IN_WIDTH +: IN_WIDTH]);
            end
            for (j = 0; j < OUT_WIDTH; j = j + 1) begin : g_bit
                wire [((STEPS + 1) >> j)-1:0] every;
                for (k = 0; k < (STEPS + 1) >> j; k = k + 1) begin : g_every
                    assign every[k] = reached[((k + 1) << j) - 1];
                end
                always @(posedge clk)
                    results_reg[n*OUT_WIDTH + j] <= ^every;
            end
        end
    endgenerate

    assign out_valid = valid_2_reg;
    assign out_data  = results_reg;
    assign out_last  = valid_2_reg && last_2_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        sums_reg    <= sums_data;
        valid_1_reg <= sums_valid && !rst;
        last_1_reg  <= sums_last;
        valid_2_reg <= valid_1_reg && !rst;
        last_2_reg  <= last_1_reg;
    end

    // ---- Checks ---------------------------------------------------------------------------
    generate
        // A result holds every number of thresholds, and no bit of it would always be 0.
        if (STEPS < 1 || (STEPS + 1) >> OUT_WIDTH != 0 || (STEPS + 1) >> (OUT_WIDTH - 1) == 0) begin : g_illegal_width
            wg_fold_thresholds_OUT_WIDTH_must_hold_the_number_of_thresholds stop();
        end
    endgenerate

endmodule

`default_nettype wire
