// Frame rule of an AXI4-Stream input: `tlast` marks beat BEATS and no other.
//
// A frame whose `tlast` comes early or late is dropped as a whole and counted; the beat after its
// `tlast` begins the next frame.
// Latency: 0 (verdicts are combinational). Throughput: one beat a cycle. Never stalls.
//
// Parameters
//   BEATS   beats in a correct frame, 1 or more
//
// Ports
//   beat, last   a beat is transferred in this cycle (valid and ready), and its tlast
//   final_beat   the next beat is the one that must carry tlast
//   keep         the beat lies inside the expected length
//   commit       the beat completes a correct frame
//   drop         the beat ends a frame that is too short or too long
//   err_frames   frames dropped since reset, wraps at 2**32
`default_nettype none

module wg_frame_check #(
    parameter BEATS = 1
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        beat,
    input  wire        last,
    output wire        final_beat,
    output wire        keep,
    output wire        commit,
    output wire        drop,
    output wire [31:0] err_frames
);

    // ---- Local constants ------------------------------------------------------------------
    localparam COUNT_WIDTH = BEATS > 1 ? $clog2(BEATS) : 1;
    localparam [31:0] FINAL_INDEX = BEATS - 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg  [COUNT_WIDTH-1:0] count_reg;
    reg                    overrun_reg;
    reg  [31:0]            errors_reg;

    // ---- Control --------------------------------------------------------------------------
    assign final_beat = !overrun_reg && count_reg == FINAL_INDEX[COUNT_WIDTH-1:0];
    assign keep       = beat && !overrun_reg;
    assign commit     = beat && last && final_beat;
    assign drop       = beat && last && !final_beat;
    assign err_frames = errors_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (rst) begin
            count_reg   <= {COUNT_WIDTH{1'b0}};
            overrun_reg <= 1'b0;
            errors_reg  <= 32'd0;
        end else if (beat) begin
            if (last || final_beat)
                count_reg <= {COUNT_WIDTH{1'b0}};
            else if (!overrun_reg)
                count_reg <= count_reg + 1'b1;
            overrun_reg <= !last && (overrun_reg || final_beat);
            if (drop)
                errors_reg <= errors_reg + 32'd1;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // A frame has at least one beat.
    generate
        if (BEATS < 1) begin : g_illegal_beats
            wg_frame_check_BEATS_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
