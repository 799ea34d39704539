// A network on streams: each right frame gives one result, in order, that of a reference; malformed frames give none.
//
// One frame is looked at, whatever it holds and wherever it comes. Beats may come and go in any pattern, tlast may be wrong.
// The first cycle is a reset, from any state: so a reset in mid-run is covered, too.
//
// Parameters
//   BUS_WIDTH, BEATS         of a frame that comes in
//   RESULT_WIDTH, RESULTS    bits of tdata, and beats, of a frame that goes out
//   LATENCY                  cycles from the first beat that comes in to the first that goes out, in an idle network
//
// Ports
//   s_axis_*, m_axis_*, err_frames   those of the network
//   frame, result                    a frame, and what the reference makes of it
`default_nettype none

module formal_stream #(
    parameter BUS_WIDTH    = 8,
    parameter BEATS        = 1,
    parameter RESULT_WIDTH = 8,
    parameter RESULTS      = 1,
    parameter LATENCY      = 1
) (
    input  wire                            clk,
    input  wire                            rst,
    input  wire [BUS_WIDTH-1:0]            s_axis_tdata,
    input  wire                            s_axis_tvalid,
    input  wire                            s_axis_tready,
    input  wire                            s_axis_tlast,
    input  wire [RESULT_WIDTH-1:0]         m_axis_tdata,
    input  wire                            m_axis_tvalid,
    input  wire                            m_axis_tready,
    input  wire                            m_axis_tlast,
    input  wire [31:0]                     err_frames,
    output wire [BEATS*BUS_WIDTH-1:0]      frame,
    input  wire [RESULTS*RESULT_WIDTH-1:0] result
);

    reg started_reg;
    initial started_reg = 1'b0;
    always @(posedge clk)
        started_reg <= 1'b1;
    always @* assume (rst == !started_reg);

    // ---- What comes in --------------------------------------------------------------------
    wire [7:0]                 number;
    wire [BEATS*BUS_WIDTH-1:0] came;
    wire                       right, unused_wrong;
    wire [31:0]                wrong_frames;
    formal_beats #(.BUS_WIDTH(BUS_WIDTH), .BEATS(BEATS)) beats (
        .clk(clk), .rst(rst), .beat(s_axis_tvalid && s_axis_tready), .data(s_axis_tdata), .last(s_axis_tlast),
        .number(number), .frame(came), .right(right), .wrong(unused_wrong), .wrong_frames(wrong_frames));

    // ---- The frame that is looked at, and what is in front of it ----------------------------
    (* anyseq *) wire [BEATS*BUS_WIDTH-1:0] any;
    (* anyseq *) wire                       pick;
    reg  [BEATS*BUS_WIDTH-1:0] frame_reg;
    reg  [7:0]                 inside_reg, ahead_reg, at_reg;
    reg                        tracking_reg;
    wire                       beat  = m_axis_tvalid && m_axis_tready;
    wire                       leave = beat && at_reg == RESULTS - 1;
    assign frame = frame_reg;

    always @(posedge clk)
        if (rst) begin
            frame_reg    <= any;
            inside_reg   <= 8'd0;
            at_reg       <= 8'd0;
            tracking_reg <= 1'b0;
        end else begin
            inside_reg <= inside_reg + {7'd0, right} - {7'd0, leave};
            if (beat)
                at_reg <= leave ? 8'd0 : at_reg + 8'd1;
            if (!tracking_reg && right && pick && came == frame_reg) begin
                tracking_reg <= 1'b1;
                ahead_reg    <= inside_reg - {7'd0, leave};
            end else if (tracking_reg && leave) begin
                tracking_reg <= ahead_reg != 8'd0;
                ahead_reg    <= ahead_reg - 8'd1;
            end
        end

    formal_hold #(.WIDTH(RESULT_WIDTH + 1)) hold (
        .clk(clk), .rst(rst), .valid(m_axis_tvalid), .ready(m_axis_tready), .item({m_axis_tlast, m_axis_tdata}));
    always @*
        if (!rst) begin
            // Only what went in comes out, with tlast in its place, and malformed frames are counted.
            assert (!m_axis_tvalid || inside_reg != 8'd0);
            assert (!m_axis_tvalid || m_axis_tlast == (at_reg == RESULTS - 1));
            assert (err_frames == wrong_frames);
            if (m_axis_tvalid && tracking_reg && ahead_reg == 8'd0)
                assert (m_axis_tdata == result[at_reg*RESULT_WIDTH +: RESULT_WIDTH]);
        end

    // ---- When it comes out ----------------------------------------------------------------
    // Cycles since the first beat, up to LATENCY; whether the first frame is right and its beats have come in a row.
    reg  [7:0] since_reg, waited_reg;
    reg        began_reg, entered_reg, smooth_reg, given_reg;
    wire       begins = began_reg || (s_axis_tvalid && s_axis_tready);
    always @(posedge clk)
        if (rst) begin
            since_reg   <= 8'd0;
            waited_reg  <= 8'd0;
            began_reg   <= 1'b0;
            entered_reg <= 1'b0;
            smooth_reg  <= 1'b1;
            given_reg   <= 1'b0;
        end else begin
            since_reg   <= begins && since_reg != LATENCY ? since_reg + 8'd1 : since_reg;
            waited_reg  <= inside_reg == 8'd0 || m_axis_tvalid ? 8'd0 : waited_reg + 8'd1;
            began_reg   <= begins;
            entered_reg <= entered_reg || right;
            smooth_reg  <= smooth_reg && (entered_reg || !begins
                                          || (s_axis_tvalid && s_axis_tlast == (number == BEATS - 1)));
            given_reg   <= given_reg || beat;
        end
    always @*
        if (!rst) begin
            // The first frame is as late as promised, to the cycle.
            if (smooth_reg && began_reg && !given_reg)
                assert (m_axis_tvalid == (since_reg == LATENCY));
            // Whatever came before, a frame that is inside is offered after no more cycles than in an idle network.
            assert (waited_reg <= LATENCY);
        end

endmodule

`default_nettype wire
