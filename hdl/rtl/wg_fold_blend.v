// Element-wise weighted sum of several streams, folded: LANES elements at once, see wg_blend.
//
// Latency: 2 cycles from the operands. Throughput: one word a cycle. Never stalls.
//
// Parameters
//   OPERANDS       streams that are blended
//   TABLE_WORDS    words of both ROMs; they begin again with each frame
//   others         as for wg_blend; TABLE_BITS: bits of the addresses
//
// Ports
//   tap_*            as wg_fold_sequence gives them
//   rd_data          element i of operand k at index k * LANES + i, all two's complement of IN_WIDTH
//   factors_*        ROM of OPERANDS * LANES factors a word, one cycle of latency
//   levels_*         ROM of LANES levels a word, one cycle of latency
`default_nettype none

module wg_fold_blend #(
    parameter OPERANDS     = 2,
    parameter LANES        = 1,
    parameter TABLE_WORDS  = 1,
    parameter IN_WIDTH     = 2,
    parameter FACTOR_WIDTH = 2,
    parameter SUM_WIDTH    = 4,
    parameter OUT_WIDTH    = 1,
    parameter FIRE         = 1,
    parameter TABLE_BITS   = 1
) (
    input  wire                                   clk,
    input  wire                                   rst,
    input  wire                                   tap_soon,
    input  wire                                   tap_valid,
    input  wire                                   tap_frame,
    input  wire [OPERANDS*LANES*IN_WIDTH-1:0]     rd_data,
    output wire [TABLE_BITS-1:0]                  factors_address,
    input  wire [OPERANDS*LANES*FACTOR_WIDTH-1:0] factors,
    output wire [TABLE_BITS-1:0]                  levels_address,
    input  wire [LANES*SUM_WIDTH-1:0]             levels,
    output wire                                   out_valid,
    output wire [LANES*OUT_WIDTH-1:0]             out_data,
    output wire                                   out_last
);

    // ---- Datapath -------------------------------------------------------------------------
    wg_blend #(
        .OPERANDS     (OPERANDS),
        .COUNT        (LANES),
        .IN_WIDTH     (IN_WIDTH),
        .FACTOR_WIDTH (FACTOR_WIDTH),
        .SUM_WIDTH    (SUM_WIDTH),
        .OUT_WIDTH    (OUT_WIDTH),
        .FIRE         (FIRE)
    ) blend (
        .clk          (clk),
        .advance      (1'b1),
        .factors      (factors),
        .levels       (levels),
        .operands     (rd_data),
        .results      (out_data)
    );

    // ---- Control --------------------------------------------------------------------------
    wire                  unused_first, unused_last;
    reg  [TABLE_BITS-1:0] levels_at_reg;
    reg                   valid_1_reg, frame_1_reg, valid_2_reg, frame_2_reg;

    wg_loop #(.COUNT(TABLE_WORDS), .BITS(TABLE_BITS)) word (
        .clk(clk), .rst(rst), .step(tap_soon), .at(factors_address), .first(unused_first), .last(unused_last));

    assign levels_address = levels_at_reg;
    assign out_valid      = valid_2_reg;
    assign out_last       = valid_2_reg && frame_2_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        levels_at_reg <= factors_address;
        valid_1_reg   <= tap_valid && !rst;
        frame_1_reg   <= tap_frame;
        valid_2_reg   <= valid_1_reg && !rst;
        frame_2_reg   <= frame_1_reg;
    end

endmodule

`default_nettype wire
