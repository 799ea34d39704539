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

    wire [7:0]         m_axis_tdata, number;
    wire               m_axis_tvalid, m_axis_tlast, right, wrong;
    wire [8*BEATS-1:0] frame;
    wire [31:0]        unused_wrong_frames;

    wg_uart_frames #(.BEATS(BEATS), .PATIENCE(PATIENCE)) dut (
        .clk(clk), .rst(rst), .byte_valid(byte_valid), .byte_data(byte_data), .m_axis_tdata(m_axis_tdata),
        .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast));

    formal_reset start (.clk(clk), .rst(rst));
    formal_hold #(.WIDTH(9)) hold (
        .clk(clk), .rst(rst), .valid(m_axis_tvalid), .ready(m_axis_tready), .item({m_axis_tlast, m_axis_tdata}));
    formal_beats #(.BUS_WIDTH(8), .BEATS(BEATS)) rule (
        .clk(clk), .rst(rst), .beat(m_axis_tvalid && m_axis_tready), .data(m_axis_tdata), .last(m_axis_tlast),
        .number(number), .frame(frame), .right(right), .wrong(wrong), .wrong_frames(unused_wrong_frames));

    // The last bytes that came, the newest in the high bits; silence since then, while the reader is ready.
    reg [8*BEATS-1:0] came_reg;
    reg [7:0]         silent_reg;
    always @(posedge clk) begin
        if (byte_valid)
            came_reg <= {byte_data, came_reg} >> 8;
        silent_reg <= rst || byte_valid ? 8'd0 : silent_reg == 8'd100 ? 8'd100 : silent_reg + 8'd1;
    end
    reg [7:0] stalled_reg;
    always @(posedge clk)
        stalled_reg <= rst || byte_valid || !m_axis_tready ? 8'd0 : stalled_reg == 8'd100 ? 8'd100 : stalled_reg + 8'd1;
    always @*
        if (!rst) begin
            assume (!byte_valid || !m_axis_tvalid);
            assert (!right || frame == came_reg);
            assert (!wrong || silent_reg >= PATIENCE);
            assert (number == 8'd0 || stalled_reg <= PATIENCE + 4);
        end

endmodule

`default_nettype wire
