// Index of the largest element of a frame, the lowest index winning ties, as an AXI4-Stream beat.
//
// Latency: COUNT + 3 cycles from the frame's last word to the beat; interval the same.
// Stalls: holds its beat until m_axis_tready; reading a frame never stalls.
//
// Parameters
//   COUNT          elements of a frame
//   WIDTH          bits of an element; SIGNED: elements are two's complement
//   BUS_WIDTH      bits of tdata, enough for COUNT - 1
//   ADDRESS_BITS   bits of an element's address
//
// Ports
//   in_*, rd_*   the frame buffer that is read
//   m_axis_*     the stream
`default_nettype none

module wg_fold_argmax #(
    parameter COUNT        = 2,
    parameter WIDTH        = 8,
    parameter SIGNED       = 1,
    parameter BUS_WIDTH    = 8,
    parameter ADDRESS_BITS = 1
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    in_full,
    output wire                    in_release,
    output wire [ADDRESS_BITS-1:0] rd_address,
    input  wire [WIDTH-1:0]        rd_data,
    output wire [BUS_WIDTH-1:0]    m_axis_tdata,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output wire                    m_axis_tlast
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [31:0] LAST = COUNT - 1;
    localparam [WIDTH-1:0] FLIP = {SIGNED != 0, {(WIDTH-1){1'b0}}};

    // ---- Declarations ---------------------------------------------------------------------
    reg                    busy_reg, walk_reg, read_valid_reg, read_last_reg, done_reg;
    reg [ADDRESS_BITS-1:0] at_reg;
    reg [BUS_WIDTH-1:0]    index_reg, winner_reg;
    reg [WIDTH-1:0]        best_reg;

    // ---- Datapath -------------------------------------------------------------------------
    // An inverted sign bit turns the signed order into the unsigned one.
    wire [WIDTH-1:0] score  = rd_data ^ FLIP;
    wire             better = index_reg == {BUS_WIDTH{1'b0}} || score > best_reg;

    // ---- Control --------------------------------------------------------------------------
    wire start    = !busy_reg && in_full;
    wire end_walk = at_reg == LAST[ADDRESS_BITS-1:0];

    assign rd_address    = at_reg;
    assign m_axis_tdata  = winner_reg;
    assign m_axis_tvalid = done_reg;
    assign m_axis_tlast  = 1'b1;
    assign in_release    = done_reg && m_axis_tready;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        read_last_reg <= end_walk;
        if (read_valid_reg && better) begin
            best_reg   <= score;
            winner_reg <= index_reg;
        end
        if (rst || start) begin
            at_reg    <= {ADDRESS_BITS{1'b0}};
            index_reg <= {BUS_WIDTH{1'b0}};
        end else begin
            if (walk_reg)
                at_reg <= at_reg + 1'b1;
            if (read_valid_reg)
                index_reg <= index_reg + 1'b1;
        end
        if (rst) begin
            busy_reg       <= 1'b0;
            walk_reg       <= 1'b0;
            read_valid_reg <= 1'b0;
            done_reg       <= 1'b0;
        end else begin
            busy_reg       <= start || (busy_reg && !in_release);
            walk_reg       <= start || (walk_reg && !end_walk);
            read_valid_reg <= walk_reg;
            done_reg       <= (read_valid_reg && read_last_reg) || (done_reg && !m_axis_tready);
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
