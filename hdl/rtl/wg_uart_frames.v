// Makes an AXI4-Stream of received bytes: every BEATS bytes are a frame. A line that falls silent inside a frame ends
// it in the wrong place, so that the network drops it and the next byte begins a new one.
//
// Latency: a byte is offered in the cycle after it came. Stalls: while a byte is not taken, the next ones are lost;
// their frame then lacks bytes and ends by silence.
//
// Parameters
//   BEATS      bytes of a frame, 1 or more
//   PATIENCE   cycles of silence that end an unfinished frame
//
// Ports
//   byte_valid, byte_data   a byte has come
//   m_axis_*                the stream
`default_nettype none

module wg_uart_frames #(
    parameter BEATS    = 1,
    parameter PATIENCE = 1000000
) (
    input  wire       clk,
    input  wire       rst,
    input  wire       byte_valid,
    input  wire [7:0] byte_data,
    output wire [7:0] m_axis_tdata,
    output wire       m_axis_tvalid,
    input  wire       m_axis_tready,
    output wire       m_axis_tlast
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [31:0] FINAL = BEATS - 1;
    localparam [31:0] LONG  = PATIENCE;

    // ---- Declarations ---------------------------------------------------------------------
    reg  [7:0]  data_reg;
    reg         valid_reg, ending_reg;
    reg  [31:0] count_reg, silent_reg;

    // ---- Control --------------------------------------------------------------------------
    // A frame that silence ends must not have the right length by chance: one beat before the end gets two.
    wire beat   = m_axis_tvalid && m_axis_tready;
    wire taken  = beat && !ending_reg;
    wire silent = silent_reg == LONG;

    assign m_axis_tdata  = ending_reg ? 8'd0 : data_reg;
    assign m_axis_tvalid = valid_reg || ending_reg;
    assign m_axis_tlast  = ending_reg ? count_reg != FINAL : count_reg == FINAL;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (rst) begin
            valid_reg  <= 1'b0;
            ending_reg <= 1'b0;
            count_reg  <= 32'd0;
            silent_reg <= 32'd0;
        end else begin
            valid_reg  <= byte_valid || (valid_reg && !taken);
            ending_reg <= ending_reg ? !(beat && m_axis_tlast) : silent && !valid_reg && !byte_valid;
            if (beat)
                count_reg <= m_axis_tlast ? 32'd0 : count_reg + 32'd1;
            if (byte_valid || ending_reg || count_reg == 32'd0)
                silent_reg <= 32'd0;
            else if (!silent)
                silent_reg <= silent_reg + 32'd1;
        end
        if (byte_valid && (!valid_reg || taken))
            data_reg <= byte_data;
    end

    // ---- Checks ---------------------------------------------------------------------------
    // A frame has at least one byte.
    generate
        if (BEATS < 1 || PATIENCE < 1) begin : g_illegal_size
            wg_uart_frames_BEATS_and_PATIENCE_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
