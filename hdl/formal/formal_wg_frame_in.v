// wg_frame_in: right frames come out whole and in order, wrong ones are counted and leave no trace.
`default_nettype none

module formal_wg_frame_in #(
    parameter BUS_WIDTH   = 2,
    parameter BEATS       = 2,
    parameter FRAME_WIDTH = 3
) (
    input wire                 clk,
    input wire                 rst,
    input wire [BUS_WIDTH-1:0] s_axis_tdata,
    input wire                 s_axis_tvalid,
    input wire                 s_axis_tlast,
    input wire                 frame_ready
);

    wire                       s_axis_tready, frame_valid, right, unused_wrong;
    wire [FRAME_WIDTH-1:0]     frame;
    wire [BEATS*BUS_WIDTH-1:0] given;
    wire [31:0]                err_frames, wrong_frames;
    wire [7:0]                 number;

    wg_frame_in #(.BUS_WIDTH(BUS_WIDTH), .BEATS(BEATS), .FRAME_WIDTH(FRAME_WIDTH)) dut (
        .clk(clk), .rst(rst), .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid),
        .s_axis_tready(s_axis_tready), .s_axis_tlast(s_axis_tlast), .frame(frame), .frame_valid(frame_valid),
        .frame_ready(frame_ready), .err_frames(err_frames));

    formal_reset start (.clk(clk), .rst(rst));
    formal_beats #(.BUS_WIDTH(BUS_WIDTH), .BEATS(BEATS)) rule (
        .clk(clk), .rst(rst), .beat(s_axis_tvalid && s_axis_tready), .data(s_axis_tdata), .last(s_axis_tlast),
        .number(number), .frame(given), .right(right), .wrong(unused_wrong), .wrong_frames(wrong_frames));
    formal_hold #(.WIDTH(FRAME_WIDTH)) hold (
        .clk(clk), .rst(rst), .valid(frame_valid), .ready(frame_ready), .item(frame));
    formal_order #(.WIDTH(FRAME_WIDTH), .MOST(1), .PATIENCE(0)) order (
        .clk(clk), .rst(rst), .enter(right), .entering(given[FRAME_WIDTH-1:0]), .valid(frame_valid),
        .ready(frame_ready), .leaving(frame));

    always @*
        if (!rst) begin
            assert (err_frames == wrong_frames);
            // Only the beat that may complete a frame waits, and only for the frame before it.
            assert (s_axis_tready || (number == BEATS - 1 && frame_valid && !frame_ready));
        end

endmodule

`default_nettype wire
