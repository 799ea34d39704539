// Feeds an AXI4-Stream into stream buffers.
//
// Latency: 0, each beat is written as it is taken. Throughput: one beat a cycle. Stalls: no beat is
// taken while a buffer has no room. A short or long frame is dropped whole and counted.
//
// Parameters
//   BUS_WIDTH   bits of tdata
//   BEATS       beats of a frame
//
// Ports
//   s_axis_*             the stream
//   out_free             every buffer has room; each word that is written takes it at once
//   out_valid, out_*     write port of the buffers
`default_nettype none

module wg_receive #(
    parameter BUS_WIDTH = 64,
    parameter BEATS     = 1
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire [BUS_WIDTH-1:0] s_axis_tdata,
    input  wire                 s_axis_tvalid,
    output wire                 s_axis_tready,
    input  wire                 s_axis_tlast,
    input  wire                 out_free,
    output wire                 out_valid,
    output wire [BUS_WIDTH-1:0] out_data,
    output wire                 out_last,
    output wire                 out_drop,
    output wire [31:0]          err_frames
);

    // ---- Control --------------------------------------------------------------------------
    wire unused_final_beat;

    assign s_axis_tready = out_free;
    assign out_data      = s_axis_tdata;

    wg_frame_check #(
        .BEATS      (BEATS)
    ) check (
        .clk        (clk),
        .rst        (rst),
        .beat       (s_axis_tvalid && s_axis_tready),
        .last       (s_axis_tlast),
        .final_beat (unused_final_beat),
        .keep       (out_valid),
        .commit     (out_last),
        .drop       (out_drop),
        .err_frames (err_frames)
    );

endmodule

`default_nettype wire
