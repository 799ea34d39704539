// Collects the beats of an AXI4-Stream frame into one wide word.
//
// Latency: `frame_valid` rises in the cycle after the last beat. Throughput: one frame each BEATS cycles.
// Stalls: the last beat waits while the previous frame is not yet taken; earlier beats never wait.
// A short or long frame is dropped whole and counted.
//
// Parameters
//   BUS_WIDTH     bits of tdata, a multiple of 8
//   BEATS         beats of a frame
//   FRAME_WIDTH   bits of a frame, more than (BEATS - 1) * BUS_WIDTH, at most BEATS * BUS_WIDTH
//
// Ports
//   s_axis_*      the stream; the first beat holds the low bits of the frame
//   frame*        the frame with its valid/ready pair
//   err_frames    frames dropped since reset
`default_nettype none

module wg_frame_in #(
    parameter BUS_WIDTH   = 64,
    parameter BEATS       = 1,
    parameter FRAME_WIDTH = BEATS * BUS_WIDTH
) (
    input  wire                   clk,
    input  wire                   rst,
    input  wire [BUS_WIDTH-1:0]   s_axis_tdata,
    input  wire                   s_axis_tvalid,
    output wire                   s_axis_tready,
    input  wire                   s_axis_tlast,
    output wire [FRAME_WIDTH-1:0] frame,
    output wire                   frame_valid,
    input  wire                   frame_ready,
    output wire [31:0]            err_frames
);

    // ---- Declarations ---------------------------------------------------------------------
    wire                       beat = s_axis_tvalid && s_axis_tready;
    wire                       final_beat;
    wire                       keep;
    wire                       commit;
    wire                       drop;
    wire [BEATS*BUS_WIDTH-1:0] collected;
    reg  [FRAME_WIDTH-1:0]     frame_reg;
    reg                        valid_reg;

    // ---- Datapath -------------------------------------------------------------------------
    generate
        if (BEATS > 1) begin : g_collect
            reg [(BEATS-1)*BUS_WIDTH-1:0] earlier_reg;

            assign collected = {s_axis_tdata, earlier_reg};
            always @(posedge clk)
                if (keep)
                    earlier_reg <= collected[BEATS*BUS_WIDTH-1:BUS_WIDTH];
        end else begin : g_single
            assign collected = s_axis_tdata;
        end
    endgenerate

    // ---- Control --------------------------------------------------------------------------
    assign s_axis_tready = !final_beat || !valid_reg || frame_ready;
    assign frame         = frame_reg;
    assign frame_valid   = valid_reg;

    wg_frame_check #(
        .BEATS      (BEATS)
    ) check (
        .clk        (clk),
        .rst        (rst),
        .beat       (beat),
        .last       (s_axis_tlast),
        .final_beat (final_beat),
        .keep       (keep),
        .commit     (commit),
        .drop       (drop),
        .err_frames (err_frames)
    );

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (commit)
            frame_reg <= collected[FRAME_WIDTH-1:0];
        if (rst)
            valid_reg <= 1'b0;
        else
            valid_reg <= commit || (valid_reg && !frame_ready);
    end

    // ---- Checks ---------------------------------------------------------------------------
    // The beats hold the frame, and no beat is superfluous.
    generate
        if (FRAME_WIDTH > BEATS * BUS_WIDTH || FRAME_WIDTH <= (BEATS - 1) * BUS_WIDTH) begin : g_illegal_width
            wg_frame_in_FRAME_WIDTH_must_fill_exactly_BEATS_beats stop();
        end
    endgenerate

    // Padding of the last beat, and the verdict `drop`, are of no use here.
    wire unused = &{1'b0, drop, keep, collected};

endmodule

`default_nettype wire
