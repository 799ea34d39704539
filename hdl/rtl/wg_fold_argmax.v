// Index of the largest element of a frame, the lowest index winning ties, as an AXI4-Stream beat.
//
// Latency: 3 cycles from the last element's being available to the beat. Throughput: a frame each max(COUNT, 4)
// cycles. Stalls: holds its beat until m_axis_tready, and meanwhile takes all but the last element of the next frame.
//
// Parameters
//   COUNT       elements of a frame
//   WIDTH       bits of an element; SIGNED: elements are two's complement
//   BUS_WIDTH   bits of tdata, enough for COUNT - 1
//
// Ports
//   in_*, rd_*   the buffer that is read
//   m_axis_*     the stream
`default_nettype none

module wg_fold_argmax #(
    parameter COUNT     = 2,
    parameter WIDTH     = 8,
    parameter SIGNED    = 1,
    parameter BUS_WIDTH = 8
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 in_available,
    output wire                 rd_next,
    input  wire [WIDTH-1:0]     rd_data,
    output wire [BUS_WIDTH-1:0] m_axis_tdata,
    output wire                 m_axis_tvalid,
    input  wire                 m_axis_tready,
    output wire                 m_axis_tlast
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [WIDTH-1:0] FLIP = {SIGNED != 0, {(WIDTH-1){1'b0}}};
    localparam AT_BITS = COUNT > 1 ? $clog2(COUNT) : 1;

    // ---- Declarations ---------------------------------------------------------------------
    // Both flags are of the words that were asked for one and two cycles ago.
    reg                  asked_1_reg, last_1_reg, asked_2_reg, last_2_reg;
    reg                  pending_reg, done_reg;
    reg  [AT_BITS-1:0]   at_1_reg, at_2_reg, winner_reg;
    reg  [WIDTH-1:0]     best_reg;
    wire [AT_BITS-1:0]   at;
    wire                 unused_first, last;

    // ---- Datapath -------------------------------------------------------------------------
    // An inverted sign bit turns the signed order into the unsigned one.
    wire [WIDTH-1:0] score  = rd_data ^ FLIP;
    wire             better = at_2_reg == {AT_BITS{1'b0}} || score > best_reg;
    reg  [AT_BITS-1:0] index_reg;

    generate
        if (BUS_WIDTH > AT_BITS) begin : g_wider
            assign m_axis_tdata = {{(BUS_WIDTH-AT_BITS){1'b0}}, index_reg};
        end else begin : g_same
            assign m_axis_tdata = index_reg[BUS_WIDTH-1:0];
        end
    endgenerate

    // ---- Control --------------------------------------------------------------------------
    // From the last element on a frame owns the output until its beat is taken.
    assign rd_next       = !rst && in_available && !(last && pending_reg);
    assign m_axis_tvalid = done_reg;
    assign m_axis_tlast  = 1'b1;

    wg_loop #(.COUNT(COUNT), .BITS(AT_BITS)) element (
        .clk(clk), .rst(rst), .step(rd_next), .at(at), .first(unused_first), .last(last));

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        at_1_reg   <= at;
        last_1_reg <= last;
        at_2_reg   <= at_1_reg;
        last_2_reg <= last_1_reg;
        if (asked_2_reg && better) begin
            best_reg   <= score;
            winner_reg <= at_2_reg;
        end
        if (asked_2_reg && last_2_reg)
            index_reg <= better ? at_2_reg : winner_reg;
        if (rst) begin
            asked_1_reg <= 1'b0;
            asked_2_reg <= 1'b0;
            pending_reg <= 1'b0;
            done_reg    <= 1'b0;
        end else begin
            asked_1_reg <= rd_next;
            asked_2_reg <= asked_1_reg;
            pending_reg <= (rd_next && last) || (pending_reg && !(done_reg && m_axis_tready));
            done_reg    <= (asked_2_reg && last_2_reg) || (done_reg && !m_axis_tready);
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // Every index fits a beat.
    generate
        if (COUNT > 1 && BUS_WIDTH < $clog2(COUNT)) begin : g_illegal_bus
            wg_fold_argmax_BUS_WIDTH_must_hold_COUNT_indices stop();
        end
    endgenerate

endmodule

`default_nettype wire
