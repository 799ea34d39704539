// Sends a frame as an AXI4-Stream, a word of the buffer in each beat.
//
// Latency: 3 cycles from the frame's last word to the first beat; interval BEATS + 2 cycles.
// Stalls: only with m_axis_tready low.
//
// Parameters
//   BEATS          beats of a frame
//   WIDTH          bits of a word; SIGNED: it is two's complement
//   BUS_WIDTH      bits of tdata, at least WIDTH
//   ADDRESS_BITS   bits of a word's address
//
// Ports
//   in_*, rd_*   the frame buffer that is read
//   m_axis_*     the stream
`default_nettype none

module wg_fold_send #(
    parameter BEATS        = 1,
    parameter WIDTH        = 8,
    parameter SIGNED       = 0,
    parameter BUS_WIDTH    = 8,
    parameter ADDRESS_BITS = 1
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    in_full,
    output wire                    in_release,
    output wire                    rd_enable,
    output wire [ADDRESS_BITS-1:0] rd_address,
    input  wire [WIDTH-1:0]        rd_data,
    output wire [BUS_WIDTH-1:0]    m_axis_tdata,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output wire                    m_axis_tlast
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [31:0] LAST = BEATS - 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg                    busy_reg, walk_reg, valid_reg, last_reg;
    reg [ADDRESS_BITS-1:0] at_reg;

    // ---- Datapath -------------------------------------------------------------------------
    generate
        if (BUS_WIDTH == WIDTH) begin : g_same
            assign m_axis_tdata = rd_data;
        end else begin : g_wider
            assign m_axis_tdata = {{(BUS_WIDTH-WIDTH){SIGNED != 0 && rd_data[WIDTH-1]}}, rd_data};
        end
    endgenerate

    // ---- Control --------------------------------------------------------------------------
    wire start    = !busy_reg && in_full;
    wire end_walk = at_reg == LAST[ADDRESS_BITS-1:0];

    assign rd_enable     = !valid_reg || m_axis_tready;
    assign rd_address    = at_reg;
    assign m_axis_tvalid = valid_reg;
    assign m_axis_tlast  = last_reg;
    assign in_release    = valid_reg && last_reg && m_axis_tready;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (rst || start)
            at_reg <= {ADDRESS_BITS{1'b0}};
        else if (walk_reg && rd_enable)
            at_reg <= at_reg + 1'b1;
        if (rd_enable)
            last_reg <= end_walk;
        if (rst) begin
            busy_reg  <= 1'b0;
            walk_reg  <= 1'b0;
            valid_reg <= 1'b0;
        end else begin
            busy_reg <= start || (busy_reg && !in_release);
            if (start)
                walk_reg <= 1'b1;
            else if (rd_enable && end_walk)
                walk_reg <= 1'b0;
            if (rd_enable)
                valid_reg <= walk_reg;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // Nothing is cut off.
    generate
        if (BUS_WIDTH < WIDTH) begin : g_illegal_width
            wg_fold_send_BUS_WIDTH_must_be_at_least_WIDTH stop();
        end
    endgenerate

endmodule

`default_nettype wire
