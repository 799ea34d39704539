// Element-wise weighted sum of several frames, folded: LANES elements in a cycle, see wg_blend.
//
// Latency = interval: WORDS + 4 cycles a frame. Never stalls inside a frame; a frame begins when all
// operands are there and the reader has a free bank.
//
// Parameters
//   OPERANDS       frames that are blended
//   WORDS          words of LANES elements in a frame
//   TABLE_WORDS    words of both ROMs, a divisor of WORDS
//   others         as for wg_blend; *_BITS: bits of the addresses
//
// Ports
//   in_full          every operand is there
//   rd_data          element i of operand k at index k * LANES + i, all two's complement of IN_WIDTH
//   factors_*        ROM of OPERANDS * LANES factors a word, one cycle of latency
//   levels_*         ROM of LANES levels a word, one cycle of latency
`default_nettype none

module wg_fold_blend #(
    parameter OPERANDS     = 2,
    parameter LANES        = 1,
    parameter WORDS        = 1,
    parameter TABLE_WORDS  = 1,
    parameter IN_WIDTH     = 2,
    parameter FACTOR_WIDTH = 2,
    parameter SUM_WIDTH    = 4,
    parameter OUT_WIDTH    = 1,
    parameter FIRE         = 1,
    parameter ADDRESS_BITS = 1,
    parameter TABLE_BITS   = 1
) (
    input  wire                                   clk,
    input  wire                                   rst,
    input  wire                                   in_full,
    output wire                                   in_release,
    output wire [ADDRESS_BITS-1:0]                rd_address,
    input  wire [OPERANDS*LANES*IN_WIDTH-1:0]     rd_data,
    output wire [TABLE_BITS-1:0]                  factors_address,
    input  wire [OPERANDS*LANES*FACTOR_WIDTH-1:0] factors,
    output wire [TABLE_BITS-1:0]                  levels_address,
    input  wire [LANES*SUM_WIDTH-1:0]             levels,
    input  wire                                   out_free,
    output wire                                   out_valid,
    output wire [LANES*OUT_WIDTH-1:0]             out_data,
    output wire                                   out_last
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [31:0] LAST_WORD  = WORDS - 1;
    localparam [31:0] LAST_TABLE = TABLE_WORDS - 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg                    busy_reg, walk_reg;
    reg [ADDRESS_BITS-1:0] at_reg;
    reg [TABLE_BITS-1:0]   table_reg, table_delayed_1_reg;
    reg                    read_valid_reg, read_last_reg, total_valid_reg, total_last_reg, result_valid_reg, result_last_reg;

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
    wire start    = !busy_reg && in_full && out_free;
    wire end_walk = at_reg == LAST_WORD[ADDRESS_BITS-1:0];

    assign rd_address      = at_reg;
    assign factors_address = table_reg;
    assign levels_address  = table_delayed_1_reg;
    assign out_valid       = result_valid_reg;
    assign out_last        = result_valid_reg && result_last_reg;
    assign in_release      = out_last;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        table_delayed_1_reg <= table_reg;
        read_last_reg       <= end_walk;
        total_last_reg      <= read_last_reg;
        result_last_reg     <= total_last_reg;
        if (rst || start) begin
            at_reg    <= {ADDRESS_BITS{1'b0}};
            table_reg <= {TABLE_BITS{1'b0}};
        end else if (walk_reg) begin
            at_reg    <= at_reg + 1'b1;
            table_reg <= table_reg == LAST_TABLE[TABLE_BITS-1:0] ? {TABLE_BITS{1'b0}} : table_reg + 1'b1;
        end
        if (rst) begin
            busy_reg         <= 1'b0;
            walk_reg         <= 1'b0;
            read_valid_reg   <= 1'b0;
            total_valid_reg  <= 1'b0;
            result_valid_reg <= 1'b0;
        end else begin
            busy_reg         <= start || (busy_reg && !out_last);
            walk_reg         <= start || (walk_reg && !end_walk);
            read_valid_reg   <= walk_reg;
            total_valid_reg  <= read_valid_reg;
            result_valid_reg <= total_valid_reg;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // The tables repeat a whole number of times in a frame.
    generate
        if (WORDS % TABLE_WORDS != 0) begin : g_illegal_table
            wg_fold_blend_TABLE_WORDS_must_divide_WORDS stop();
        end
    endgenerate

endmodule

`default_nettype wire
