// Reads the words of a stream once and in order: WINDOW words make a result, RESULTS results a frame.
//
// Latency: `tap_*` two cycles after the word is asked for, when its data leave the buffer. Throughput: one word a
// cycle, the next frame without a gap. Stalls: while no word is there, and before a result for which there is no room.
//
// Ports as for wg_fold_windows.
`default_nettype none

module wg_fold_sequence #(
    parameter WINDOW  = 1,
    parameter RESULTS = 1
) (
    input  wire clk,
    input  wire rst,
    input  wire in_available,
    output wire rd_next,
    input  wire out_room,
    output wire out_take,
    output reg  tap_soon,
    output reg  soon_last,
    output reg  tap_valid,
    output reg  tap_first,
    output reg  tap_last,
    output reg  tap_frame
);

    // ---- Local constants ------------------------------------------------------------------
    localparam WORD_BITS   = WINDOW > 1 ? $clog2(WINDOW) : 1;
    localparam RESULT_BITS = RESULTS > 1 ? $clog2(RESULTS) : 1;

    // ---- Control --------------------------------------------------------------------------
    wire                   first_word, last_word, last_result, unused_first;
    wire [WORD_BITS-1:0]   unused_word;
    wire [RESULT_BITS-1:0] unused_result;
    wire                   step = !rst && in_available && (out_room || !last_word);

    assign rd_next  = step;
    assign out_take = step && last_word;

    wg_loop #(.COUNT(WINDOW), .BITS(WORD_BITS)) words (
        .clk(clk), .rst(rst), .step(step), .at(unused_word), .first(first_word), .last(last_word));
    wg_loop #(.COUNT(RESULTS), .BITS(RESULT_BITS)) results (
        .clk(clk), .rst(rst), .step(out_take), .at(unused_result), .first(unused_first), .last(last_result));

    // ---- Registers ------------------------------------------------------------------------
    reg soon_first_reg, soon_frame_reg;
    always @(posedge clk) begin
        tap_soon       <= step;
        soon_first_reg <= first_word;
        soon_last      <= last_word;
        soon_frame_reg <= last_word && last_result;
        tap_valid      <= tap_soon && !rst;
        tap_first      <= soon_first_reg;
        tap_last       <= soon_last;
        tap_frame      <= soon_frame_reg;
    end

endmodule

`default_nettype wire
