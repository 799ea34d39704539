// Sends stored frames through a network and compares its answers with stored ones, over and over: a network on a
// board shows by itself that it works.
//
// A run lasts PERIOD cycles; whatever has not come by then counts as wrong. Then the network is reset, the verdict
// shown, a line "PASS 8/8" (right frames of all) sent as text, and the next run begins.
//
// Parameters
//   FRAMES        frames, 1 to 9
//   IN_BEATS      beats of an input frame, of 8 bits
//   OUT_BEATS     beats of an output frame
//   OUT_WIDTH     bits of an output beat
//   PERIOD        cycles of a run
//   IMAGE_BITS, ANSWER_BITS   bits of the tables' addresses
//
// Ports
//   restart              reset of the network
//   image_*, answer_*    the tables, with a latency of one cycle: input beats and right output beats of all frames
//   m_axis_*, s_axis_*   to the network and from it
//   text_*               letters of the line
//   passed, failed       verdict of the last run; both low before there is one
//   runs                 changes with each run
`default_nettype none

module wg_self_test #(
    parameter FRAMES      = 8,
    parameter IN_BEATS    = 1,
    parameter OUT_BEATS   = 1,
    parameter OUT_WIDTH   = 8,
    parameter PERIOD      = 12000000,
    parameter IMAGE_BITS  = 3,
    parameter ANSWER_BITS = 3
) (
    input  wire                   clk,
    input  wire                   rst,
    output wire                   restart,
    output wire [IMAGE_BITS-1:0]  image_address,
    input  wire [7:0]             image_data,
    output wire [ANSWER_BITS-1:0] answer_address,
    input  wire [OUT_WIDTH-1:0]   answer_data,
    output wire [7:0]             m_axis_tdata,
    output wire                   m_axis_tvalid,
    input  wire                   m_axis_tready,
    output wire                   m_axis_tlast,
    input  wire [OUT_WIDTH-1:0]   s_axis_tdata,
    input  wire                   s_axis_tvalid,
    output wire                   s_axis_tready,
    input  wire                   s_axis_tlast,
    output wire [7:0]             text_data,
    output wire                   text_valid,
    input  wire                   text_ready,
    output wire                   passed,
    output wire                   failed,
    output wire                   runs
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [31:0] LAST_CYCLE   = PERIOD - 1;
    localparam [31:0] LAST_IN      = IN_BEATS - 1;
    localparam [31:0] LAST_OUT     = OUT_BEATS - 1;
    localparam [31:0] ALL_IN       = FRAMES * IN_BEATS;
    localparam [31:0] ALL_OUT      = FRAMES * OUT_BEATS;
    localparam [3:0]  ALL_FRAMES   = FRAMES;
    localparam [3:0]  TEXT_LETTERS = 4'd10;

    // ---- Declarations ---------------------------------------------------------------------
    reg [31:0] cycle_reg, image_reg, in_beat_reg, answer_reg, out_beat_reg;
    reg        image_there_reg, answer_there_reg, good_reg, surplus_reg;
    reg        passed_reg, failed_reg, runs_reg;
    reg [3:0]  right_reg, shown_reg, letter_reg;

    // ---- Datapath -------------------------------------------------------------------------
    function [7:0] letter;
        input [3:0] at;
        input       good;
        input [3:0] right;
        case (at)
            4'd0:    letter = good ? "P" : "F";
            4'd1:    letter = "A";
            4'd2:    letter = good ? "S" : "I";
            4'd3:    letter = good ? "S" : "L";
            4'd4:    letter = " ";
            4'd5:    letter = "0" + {4'd0, right};
            4'd6:    letter = "/";
            4'd7:    letter = "0" + {4'd0, ALL_FRAMES};
            4'd8:    letter = 8'd13;
            default: letter = 8'd10;
        endcase
    endfunction

    assign text_data = letter(letter_reg, passed_reg, shown_reg);

    // ---- Control --------------------------------------------------------------------------
    wire over     = cycle_reg == LAST_CYCLE;
    wire sent     = m_axis_tvalid && m_axis_tready;
    wire all_out  = answer_reg == ALL_OUT;
    wire came     = s_axis_tvalid && s_axis_tready;
    wire last_out = out_beat_reg == LAST_OUT;
    wire good     = good_reg && s_axis_tdata == answer_data && s_axis_tlast == last_out;
    wire verdict  = right_reg == ALL_FRAMES && !surplus_reg;

    assign restart        = rst || over;
    assign image_address  = image_reg[IMAGE_BITS-1:0];
    assign answer_address = answer_reg[ANSWER_BITS-1:0];
    assign m_axis_tdata   = image_data;
    assign m_axis_tvalid  = image_there_reg;
    assign m_axis_tlast   = in_beat_reg == LAST_IN;
    assign s_axis_tready  = answer_there_reg || all_out;
    assign text_valid     = letter_reg != TEXT_LETTERS;
    assign passed         = passed_reg;
    assign failed         = failed_reg;
    assign runs           = runs_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        // A table shows a beat in the cycle after its address.
        if (restart) begin
            cycle_reg        <= 32'd0;
            image_reg        <= 32'd0;
            in_beat_reg      <= 32'd0;
            image_there_reg  <= 1'b0;
            answer_reg       <= 32'd0;
            out_beat_reg     <= 32'd0;
            answer_there_reg <= 1'b0;
            good_reg         <= 1'b1;
            surplus_reg      <= 1'b0;
            right_reg        <= 4'd0;
        end else begin
            cycle_reg       <= cycle_reg + 32'd1;
            image_there_reg <= !sent && image_reg != ALL_IN;
            if (sent) begin
                image_reg   <= image_reg + 32'd1;
                in_beat_reg <= m_axis_tlast ? 32'd0 : in_beat_reg + 32'd1;
            end
            answer_there_reg <= !came && !all_out;
            if (came && all_out)
                surplus_reg <= 1'b1;
            else if (came) begin
                answer_reg   <= answer_reg + 32'd1;
                out_beat_reg <= last_out ? 32'd0 : out_beat_reg + 32'd1;
                good_reg     <= good || last_out;
                if (good && last_out)
                    right_reg <= right_reg + 4'd1;
            end
        end
        if (rst) begin
            passed_reg <= 1'b0;
            failed_reg <= 1'b0;
            runs_reg   <= 1'b0;
            letter_reg <= TEXT_LETTERS;
        end else if (over) begin
            passed_reg <= verdict;
            failed_reg <= !verdict;
            shown_reg  <= right_reg;
            runs_reg   <= !runs_reg;
            letter_reg <= 4'd0;
        end else if (text_valid && text_ready)
            letter_reg <= letter_reg + 4'd1;
    end

    // ---- Checks ---------------------------------------------------------------------------
    // The line has one digit for each number.
    generate
        if (FRAMES < 1 || FRAMES > 9) begin : g_illegal_frames
            wg_self_test_FRAMES_must_be_1_to_9 stop();
        end
    endgenerate

    wire unused = &{1'b0, image_reg, answer_reg};

endmodule

`default_nettype wire
