// wg_frame_check: its verdicts are those of the frame rule.
`default_nettype none

module formal_wg_frame_check #(
    parameter BEATS = 3
) (
    input wire clk,
    input wire rst,
    input wire beat,
    input wire last
);

    wire        final_beat, keep, commit, drop, right, wrong;
    wire [31:0] err_frames, wrong_frames;
    wire [7:0]  number;
    wire [BEATS-1:0] unused_frame;

    wg_frame_check #(.BEATS(BEATS)) dut (
        .clk(clk), .rst(rst), .beat(beat), .last(last), .final_beat(final_beat), .keep(keep), .commit(commit),
        .drop(drop), .err_frames(err_frames));

    formal_reset start (.clk(clk), .rst(rst));
    formal_beats #(.BEATS(BEATS)) rule (
        .clk(clk), .rst(rst), .beat(beat), .data(1'b0), .last(last), .number(number), .frame(unused_frame),
        .right(right), .wrong(wrong), .wrong_frames(wrong_frames));

    always @*
        if (!rst) begin
            assert (final_beat == (number == BEATS - 1));
            assert (keep == (beat && number < BEATS));
            assert (commit == right);
            assert (drop == wrong);
            assert (err_frames == wrong_frames);
        end

endmodule

`default_nettype wire
