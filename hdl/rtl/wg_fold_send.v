// Sends the words of a stream as an AXI4-Stream, a word in each beat.
//
// Latency: 2 cycles from a word's being available to its beat. Throughput: one beat a cycle.
// Stalls: only with m_axis_tready low.
//
// Parameters
//   BEATS       beats of a frame
//   WIDTH       bits of a word; SIGNED: it is two's complement
//   BUS_WIDTH   bits of tdata, at least WIDTH
//
// Ports
//   in_*, rd_*   the buffer that is read
//   m_axis_*     the stream
`default_nettype none

module wg_fold_send #(
    parameter BEATS     = 1,
    parameter WIDTH     = 8,
    parameter SIGNED    = 0,
    parameter BUS_WIDTH = 8
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 in_available,
    output wire                 rd_enable,
    output wire                 rd_next,
    input  wire [WIDTH-1:0]     rd_data,
    output wire [BUS_WIDTH-1:0] m_axis_tdata,
    output wire                 m_axis_tvalid,
    input  wire                 m_axis_tready,
    output wire                 m_axis_tlast
);

    // ---- Local constants ------------------------------------------------------------------
    localparam BEAT_BITS = BEATS > 1 ? $clog2(BEATS) : 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg                  asked_reg, asked_last_reg, valid_reg, last_reg;
    wire                 unused_first, last;
    wire [BEAT_BITS-1:0] unused_at;

    // ---- Datapath -------------------------------------------------------------------------
    generate
        if (BUS_WIDTH == WIDTH) begin : g_same
            assign m_axis_tdata = rd_data;
        end else begin : g_wider
            assign m_axis_tdata = {{(BUS_WIDTH-WIDTH){SIGNED != 0 && rd_data[WIDTH-1]}}, rd_data};
        end
    endgenerate

    // ---- Control --------------------------------------------------------------------------
    assign rd_enable     = !valid_reg || m_axis_tready;
    assign rd_next       = !rst && in_available && rd_enable;
    assign m_axis_tvalid = valid_reg;
    assign m_axis_tlast  = last_reg;

    wg_loop #(.COUNT(BEATS), .BITS(BEAT_BITS)) beat (
        .clk(clk), .rst(rst), .step(rd_next), .at(unused_at), .first(unused_first), .last(last));

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk)
        if (rst) begin
            asked_reg <= 1'b0;
            valid_reg <= 1'b0;
        end else if (rd_enable) begin
            asked_reg      <= in_available;
            asked_last_reg <= last;
            valid_reg      <= asked_reg;
            last_reg       <= asked_last_reg;
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
