// wg_receive: right frames are written whole and marked, wrong ones dropped; nothing is taken without room.
`default_nettype none

module formal_wg_receive #(
    parameter BUS_WIDTH = 2,
    parameter BEATS     = 3
) (
    input wire                 clk,
    input wire                 rst,
    input wire [BUS_WIDTH-1:0] s_axis_tdata,
    input wire                 s_axis_tvalid,
    input wire                 s_axis_tlast,
    input wire                 out_free
);

    wire                       s_axis_tready, out_valid, out_last, out_drop, right, wrong;
    wire [BUS_WIDTH-1:0]       out_data;
    wire [31:0]                err_frames, wrong_frames;
    wire [7:0]                 number;
    wire [BEATS*BUS_WIDTH-1:0] unused_frame;
    wire                       beat = s_axis_tvalid && s_axis_tready;

    wg_receive #(.BUS_WIDTH(BUS_WIDTH), .BEATS(BEATS)) dut (
        .clk(clk), .rst(rst), .s_axis_tdata(s_axis_tdata), .s_axis_tvalid(s_axis_tvalid),
        .s_axis_tready(s_axis_tready), .s_axis_tlast(s_axis_tlast), .out_free(out_free), .out_valid(out_valid),
        .out_data(out_data), .out_last(out_last), .out_drop(out_drop), .err_frames(err_frames));

    formal_reset start (.clk(clk), .rst(rst));
    formal_beats #(.BUS_WIDTH(BUS_WIDTH), .BEATS(BEATS)) rule (
        .clk(clk), .rst(rst), .beat(beat), .data(s_axis_tdata), .last(s_axis_tlast), .number(number),
        .frame(unused_frame), .right(right), .wrong(wrong), .wrong_frames(wrong_frames));

    // Words written since the last verdict.
    reg [7:0] written_reg;
    always @(posedge clk)
        written_reg <= rst || right || wrong ? 8'd0 : written_reg + {7'd0, out_valid};
    always @*
        if (!rst) begin
            assert (s_axis_tready == out_free);
            assert (out_valid == (beat && number < BEATS));
            assert (!out_valid || out_data == s_axis_tdata);
            assert (out_last == right);
            assert (out_drop == wrong);
            assert (!out_last || (out_valid && written_reg == BEATS - 1));
            assert (written_reg <= BEATS);
            assert (err_frames == wrong_frames);
        end

endmodule

`default_nettype wire
