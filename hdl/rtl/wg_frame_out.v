// Sends one wide word as an AXI4-Stream frame.
//
// Latency: the first beat is offered in the cycle after the frame is taken. Throughput: one frame
// each BEATS cycles, without a gap between frames. Stalls: only with m_axis_tready low.
//
// Parameters
//   BUS_WIDTH   bits of tdata, a multiple of 8
//   BEATS       beats of a frame
//
// Ports
//   frame*      the frame, low bits first, with its valid/ready pair
//   m_axis_*    the stream; tvalid and tdata hold until tready
`default_nettype none

module wg_frame_out #(
    parameter BUS_WIDTH = 8,
    parameter BEATS     = 1
) (
    input  wire                       clk,
    input  wire                       rst,
    input  wire [BEATS*BUS_WIDTH-1:0] frame,
    input  wire                       frame_valid,
    output wire                       frame_ready,
    output wire [BUS_WIDTH-1:0]       m_axis_tdata,
    output wire                       m_axis_tvalid,
    input  wire                       m_axis_tready,
    output wire                       m_axis_tlast
);

    // ---- Local constants ------------------------------------------------------------------
    localparam COUNT_WIDTH = BEATS > 1 ? $clog2(BEATS) : 1;
    localparam [31:0] FINAL_INDEX = BEATS - 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg [BEATS*BUS_WIDTH-1:0] rest_reg;
    reg [COUNT_WIDTH-1:0]     count_reg;
    reg                       valid_reg;

    // ---- Control --------------------------------------------------------------------------
    wire beat = valid_reg && m_axis_tready;
    wire take = frame_valid && frame_ready;

    assign m_axis_tdata  = rest_reg[BUS_WIDTH-1:0];
    assign m_axis_tvalid = valid_reg;
    assign m_axis_tlast  = count_reg == FINAL_INDEX[COUNT_WIDTH-1:0];
    assign frame_ready   = !valid_reg || (beat && m_axis_tlast);

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (rst)
            valid_reg <= 1'b0;
        else
            valid_reg <= take || (valid_reg && !(beat && m_axis_tlast));

        if (take) begin
            rest_reg  <= frame;
            count_reg <= {COUNT_WIDTH{1'b0}};
        end else if (beat) begin
            rest_reg  <= rest_reg >> BUS_WIDTH;
            count_reg <= count_reg + 1'b1;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // A frame has at least one beat.
    generate
        if (BEATS < 1) begin : g_illegal_beats
            wg_frame_out_BEATS_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
