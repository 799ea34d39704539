// wg_frame_out: the beats of the frames, all of them, in order, without a gap, tlast on each frame's last.
`default_nettype none

module formal_wg_frame_out #(
    parameter BUS_WIDTH = 2,
    parameter BEATS     = 3
) (
    input wire                       clk,
    input wire                       rst,
    input wire [BEATS*BUS_WIDTH-1:0] frame,
    input wire                       frame_valid,
    input wire                       m_axis_tready
);

    wire                       frame_ready, m_axis_tvalid, m_axis_tlast, right, wrong;
    wire [BUS_WIDTH-1:0]       m_axis_tdata;
    wire [BEATS*BUS_WIDTH-1:0] sent;
    wire [31:0]                unused_wrong_frames;
    wire [7:0]                 number;
    wire                       beat = m_axis_tvalid && m_axis_tready;

    wg_frame_out #(.BUS_WIDTH(BUS_WIDTH), .BEATS(BEATS)) dut (
        .clk(clk), .rst(rst), .frame(frame), .frame_valid(frame_valid), .frame_ready(frame_ready),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast));

    formal_reset start (.clk(clk), .rst(rst));
    formal_hold #(.WIDTH(BUS_WIDTH + 1)) hold (
        .clk(clk), .rst(rst), .valid(m_axis_tvalid), .ready(m_axis_tready), .item({m_axis_tlast, m_axis_tdata}));
    formal_beats #(.BUS_WIDTH(BUS_WIDTH), .BEATS(BEATS)) rule (
        .clk(clk), .rst(rst), .beat(beat), .data(m_axis_tdata), .last(m_axis_tlast), .number(number), .frame(sent),
        .right(right), .wrong(wrong), .wrong_frames(unused_wrong_frames));
    // A frame is out when its last beat is taken.
    formal_order #(.WIDTH(BEATS*BUS_WIDTH), .MOST(1), .PATIENCE(255)) order (
        .clk(clk), .rst(rst), .enter(frame_valid && frame_ready), .entering(frame),
        .valid(m_axis_tvalid && m_axis_tlast), .ready(m_axis_tready), .leaving(sent));

    // While a frame is being sent, a beat is offered in every cycle; another frame is taken with its last one.
    reg sending_reg;
    always @(posedge clk)
        sending_reg <= !rst && ((frame_valid && frame_ready) || (sending_reg && !right));
    always @*
        if (!rst) begin
            assert (!wrong);
            assert (number < BEATS);
            assert (m_axis_tvalid == sending_reg);
            assert (frame_ready == (!m_axis_tvalid || (m_axis_tready && m_axis_tlast)));
        end

endmodule

`default_nettype wire
