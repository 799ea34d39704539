// wg_uart_frames: a right frame holds the bytes that came, in order; silence, and nothing else, ends a wrong one.
//
// Assumed: a byte comes only when the one before it is taken, as the network is faster than the line.
`default_nettype none

module formal_wg_uart_frames #(
    parameter BEATS    = 3,
    parameter PATIENCE = 4
) (
    input wire       clk,
    input wire       rst,
    input wire       byte_valid,
    input wire [7:0] byte_data,
    input wire       m_axis_tready
);

    wire [7:0]       m_axis_tdata, number;
    wire             m_axis_tvalid, m_axis_tlast, right, wrong;
    wire [BEATS-1:0] unused_frame;
    wire [31:0]      unused_wrong_frames;
    wire             beat = m_axis_tvalid && m_axis_tready;

    wg_uart_frames #(.BEATS(BEATS), .PATIENCE(PATIENCE)) dut (
        .clk(clk), .rst(rst), .byte_valid(byte_valid), .byte_data(byte_data), .m_axis_tdata(m_axis_tdata),
        .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast));

    formal_reset start (.clk(clk), .rst(rst));
    formal_hold #(.WIDTH(9)) hold (
        .clk(clk), .rst(rst), .valid(m_axis_tvalid), .ready(m_axis_tready), .item({m_axis_tlast, m_axis_tdata}));
    formal_beats #(.BEATS(BEATS)) rule (
        .clk(clk), .rst(rst), .beat(beat), .data(1'b0), .last(m_axis_tlast), .number(number), .frame(unused_frame),
        .right(right), .wrong(wrong), .wrong_frames(unused_wrong_frames));

    // The newest byte, and how many came since the last frame ended; silence, and silence with the reader ready.
    localparam [3:0] LONG = PATIENCE + 6;
    reg [7:0] newest_reg;
    reg [3:0] came_reg, silent_reg, stalled_reg;
    always @(posedge clk) begin
        if (byte_valid)
            newest_reg <= byte_data;
        came_reg    <= rst || (beat && m_axis_tlast) ? {3'd0, byte_valid && !rst} : came_reg + {3'd0, byte_valid};
        silent_reg  <= rst || byte_valid ? 4'd0 : silent_reg == LONG ? LONG : silent_reg + 4'd1;
        stalled_reg <= rst || byte_valid || !m_axis_tready ? 4'd0 : stalled_reg == LONG ? LONG : stalled_reg + 4'd1;
    end
    always @*
        if (!rst) begin
            assume (!byte_valid || !m_axis_tvalid);
            // A beat is the byte that came last, or, after silence, a filler; a right frame has none of these.
            assert (!m_axis_tvalid || m_axis_tdata == newest_reg || silent_reg >= PATIENCE);
            assert (!right || (came_reg == BEATS && m_axis_tdata == newest_reg));
            assert (!wrong || silent_reg >= PATIENCE);
            assert (number == 8'd0 || stalled_reg <= PATIENCE + 4);
        end

endmodule

`default_nettype wire
