// Walks sliding windows over a map that comes as a stream: for each position, for each pass, for each bit plane (one bit of
// every element), every tap and chunk of channels, one word a cycle. The input of a dense layer is a map of one pixel, its
// window that pixel: what the parameters from HEIGHT to PAD_LEFT are by default.
//
// Latency: `tap_*` two cycles after the word is asked for, when its data leave the buffer. Throughput: one word a
// cycle, OUT_HEIGHT * OUT_WIDTH * PASSES * PLANES * KERNEL_Y * KERNEL_X * CHUNKS cycles a frame, the next frame
// without a gap. Stalls: while a word is not there yet, and before a result for which there is no room.
//
// Parameters
//   HEIGHT, WIDTH, CHUNKS       the map, in words of channels
//   OUT_HEIGHT, OUT_WIDTH       windows; KERNEL_*: taps of one, STRIDE_*: pixels from one to the next, DILATION_*: from
//                               tap to tap; PAD_TOP, PAD_LEFT: rows and columns of padding in front of the map
//   PASSES, PLANES              times that each window is walked: PLANES in a row, with one bit of each element or 1 with all
//                               of them, make a result
//   BY_CHANNEL                  0: a pass sees all chunks; 1: pass p sees chunk p only (pooling)
//   BY_ROW                      1: rows are freed as soon as no later window reads them, which asks for
//                               (OUT_HEIGHT - 1) * STRIDE_Y - PAD_TOP < HEIGHT; 0: frames are
//   PARTS                       words in a memory word of the buffer, a divisor of WIDTH * CHUNKS with BY_ROW
//   FRAME_WORDS                 memory words of a frame
//   OFFSET_BITS, RELEASE_BITS   as for wg_stream_buffer
//
// Ports
//   in_*, rd_*    the buffer that is read; out_room, out_take: those that are written
//   tap_soon      the cycle before tap_valid; soon_end, soon_last: the last word of a walk, of a result
//   tap_valid     data are there; inside: not in the padding; first, shift: first word of a pass, of a later plane
//   tap_last      last word of a result; tap_frame: and of the frame; tap_plane: counts planes
`default_nettype none

module wg_fold_windows #(
    parameter HEIGHT       = 1,
    parameter WIDTH        = 1,
    parameter CHUNKS       = 1,
    parameter OUT_HEIGHT   = 1,
    parameter OUT_WIDTH    = 1,
    parameter KERNEL_Y     = 1,
    parameter KERNEL_X     = 1,
    parameter STRIDE_Y     = 1,
    parameter STRIDE_X     = 1,
    parameter DILATION_Y   = 1,
    parameter DILATION_X   = 1,
    parameter PAD_TOP      = 0,
    parameter PAD_LEFT     = 0,
    parameter PASSES       = 1,
    parameter PLANES       = 1,
    parameter BY_CHANNEL   = 0,
    parameter BY_ROW       = 1,
    parameter PARTS        = 1,
    parameter FRAME_WORDS  = 1,
    parameter OFFSET_BITS  = 1,
    parameter RELEASE_BITS = 1,
    parameter PLANE_BITS   = 1
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    in_any,
    input  wire                    in_available,
    output wire [OFFSET_BITS-1:0]  rd_offset,
    output wire                    rd_next,
    output wire [RELEASE_BITS-1:0] rd_release,
    input  wire                    out_room,
    output wire                    out_take,
    output reg                     tap_soon,
    output reg                     soon_end,
    output reg                     soon_last,
    output reg                     tap_valid,
    output reg                     tap_inside,
    output reg                     tap_first,
    output reg                     tap_shift,
    output reg                     tap_last,
    output reg                     tap_frame,
    output reg  [PLANE_BITS-1:0]   tap_plane
);

    // ---- Local constants ------------------------------------------------------------------
    localparam INNER = BY_CHANNEL != 0 ? 1 : CHUNKS;
    localparam ROW   = WIDTH * CHUNKS;
    // The last row and column that any window touches.
    localparam FAR_Y = (OUT_HEIGHT-1)*STRIDE_Y + (KERNEL_Y-1)*DILATION_Y - PAD_TOP;
    localparam FAR_X = (OUT_WIDTH-1)*STRIDE_X + (KERNEL_X-1)*DILATION_X - PAD_LEFT;
    localparam PADDED = PAD_TOP > 0 || PAD_LEFT > 0 || FAR_Y >= HEIGHT || FAR_X >= WIDTH;
    localparam Y_BITS = $clog2((FAR_Y > PAD_TOP ? FAR_Y : PAD_TOP) + HEIGHT + STRIDE_Y + 2) + 1;
    localparam X_BITS = $clog2((FAR_X > PAD_LEFT ? FAR_X : PAD_LEFT) + WIDTH + STRIDE_X + 2) + 1;
    localparam AT_BITS = $clog2((FAR_Y + PAD_TOP + HEIGHT + STRIDE_Y + 2)*ROW + (FAR_X + PAD_LEFT + 2)*CHUNKS + 2) + 2;
    // Steps of the offset: to the next word, tap, row of taps, back to the window's first word, to the next window.
    localparam TO_TAP   = DILATION_X*CHUNKS - (INNER - 1);
    localparam TO_ROW   = DILATION_Y*ROW - (KERNEL_X-1)*DILATION_X*CHUNKS - (INNER - 1);
    localparam BACK     = -((KERNEL_Y-1)*DILATION_Y*ROW + (KERNEL_X-1)*DILATION_X*CHUNKS + (INNER - 1));
    localparam TO_PASS  = BACK + (BY_CHANNEL != 0 ? 1 : 0);
    localparam TO_RIGHT = BACK + STRIDE_X*CHUNKS - (BY_CHANNEL != 0 ? PASSES - 1 : 0);
    localparam FIRST_AT = -PAD_TOP*ROW - PAD_LEFT*CHUNKS;
    localparam LEFT_AT  = -PAD_LEFT*CHUNKS;
    localparam DOWN     = STRIDE_Y*ROW;
    // Rows that a row of windows frees: while windows begin in the padding, then, and with the last one.
    localparam LAST_TOP   = (OUT_HEIGHT-1)*STRIDE_Y - PAD_TOP;
    localparam REST_ROWS  = HEIGHT - (LAST_TOP > 0 ? LAST_TOP : 0);
    localparam MIXED_ROWS = (STRIDE_Y - PAD_TOP % STRIDE_Y) % STRIDE_Y;
    localparam [31:0] FREE_ROW = STRIDE_Y*ROW/PARTS, FREE_MIXED = MIXED_ROWS*ROW/PARTS,
                      FREE_REST = BY_ROW != 0 ? REST_ROWS*ROW/PARTS : FRAME_WORDS;
    localparam OX_BITS = OUT_WIDTH > 1 ? $clog2(OUT_WIDTH) : 1;
    localparam OY_BITS = OUT_HEIGHT > 1 ? $clog2(OUT_HEIGHT) : 1;
    localparam KX_BITS = KERNEL_X > 1 ? $clog2(KERNEL_X) : 1;
    localparam KY_BITS = KERNEL_Y > 1 ? $clog2(KERNEL_Y) : 1;
    localparam CH_BITS = INNER > 1 ? $clog2(INNER) : 1;
    localparam PS_BITS = PASSES > 1 ? $clog2(PASSES) : 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg signed [AT_BITS-1:0] at_reg, top_reg;
    wire                     inside_map, step;
    wire [PLANE_BITS-1:0]    plane;
    wire                     first_chunk, first_kx, first_ky, first_plane;
    wire                     last_chunk, last_kx, last_ky, last_plane, last_pass, last_ox, last_oy;
    wire                     low_row, mixed_row;
    wire                     first_pass, first_ox, first_oy;

    wire end_kx    = last_chunk && last_kx;
    wire end_walk  = end_kx && last_ky;
    wire end_total = end_walk && last_plane;
    wire end_pass  = end_total && last_pass;
    wire end_row   = end_pass && last_ox;
    wire end_frame = end_row && last_oy;

    wire begin_pass  = first_chunk && first_kx && first_ky && first_plane;
    wire begin_frame = begin_pass && first_pass && first_ox && first_oy;

    // ---- Control --------------------------------------------------------------------------
    // Without `in_any` padding at the begin would be walked before its frame is there, and at the end rows be
    // freed that did not come yet.
    assign step      = !rst && (inside_map ? in_available : in_any || !(begin_frame || end_row)) && (out_room || !end_total);
    assign out_take  = step && end_total;
    assign rd_offset = at_reg[OFFSET_BITS-1:0];

    wire [CH_BITS-1:0] unused_chunk;
    wire [KX_BITS-1:0] unused_kx;
    wire [KY_BITS-1:0] unused_ky;
    wire [PS_BITS-1:0] unused_pass;
    wire [OX_BITS-1:0] unused_ox;
    wire [OY_BITS-1:0] unused_oy;
    wg_loop #(.COUNT(INNER), .BITS(CH_BITS)) chunks (
        .clk(clk), .rst(rst), .step(step), .at(unused_chunk), .first(first_chunk), .last(last_chunk));
    wg_loop #(.COUNT(KERNEL_X), .BITS(KX_BITS)) columns (
        .clk(clk), .rst(rst), .step(step && last_chunk), .at(unused_kx), .first(first_kx), .last(last_kx));
    wg_loop #(.COUNT(KERNEL_Y), .BITS(KY_BITS)) rows (
        .clk(clk), .rst(rst), .step(step && end_kx), .at(unused_ky), .first(first_ky), .last(last_ky));
    wg_loop #(.COUNT(PLANES), .BITS(PLANE_BITS)) planes (
        .clk(clk), .rst(rst), .step(step && end_walk), .at(plane), .first(first_plane), .last(last_plane));
    wg_loop #(.COUNT(PASSES), .BITS(PS_BITS)) passes (
        .clk(clk), .rst(rst), .step(step && end_total), .at(unused_pass), .first(first_pass), .last(last_pass));
    wg_loop #(.COUNT(OUT_WIDTH), .BITS(OX_BITS)) across (
        .clk(clk), .rst(rst), .step(step && end_pass), .at(unused_ox), .first(first_ox), .last(last_ox));
    wg_loop #(.COUNT(OUT_HEIGHT), .BITS(OY_BITS)) down (
        .clk(clk), .rst(rst), .step(step && end_row), .at(unused_oy), .first(first_oy), .last(last_oy));

    // ---- Padding --------------------------------------------------------------------------
    generate
        if (PADDED) begin : g_padded
            localparam signed [31:0] Y_FIRST = -PAD_TOP, X_FIRST = -PAD_LEFT, Y_STEP = DILATION_Y, X_STEP = DILATION_X,
                                     Y_MOVE = STRIDE_Y, X_MOVE = STRIDE_X, Y_END = HEIGHT, X_END = WIDTH;
            reg  signed [Y_BITS-1:0] y_reg, y0_reg;
            reg  signed [X_BITS-1:0] x_reg, x0_reg;
            wire signed [Y_BITS-1:0] y_down  = y0_reg + Y_MOVE[Y_BITS-1:0];
            wire signed [Y_BITS-1:0] y0_next = end_frame ? Y_FIRST[Y_BITS-1:0] : end_row ? y_down : y0_reg;
            wire signed [X_BITS-1:0] x0_next = end_row ? X_FIRST[X_BITS-1:0] : end_pass ? x0_reg + X_MOVE[X_BITS-1:0] : x0_reg;

            assign inside_map = !y_reg[Y_BITS-1] && y_reg < $signed(Y_END[Y_BITS-1:0])
                             && !x_reg[X_BITS-1] && x_reg < $signed(X_END[X_BITS-1:0]);
            assign low_row    = y0_reg[Y_BITS-1] && (y_down[Y_BITS-1] || y_down == {Y_BITS{1'b0}});
            assign mixed_row  = y0_reg[Y_BITS-1] && !low_row;
            always @(posedge clk)
                if (rst) begin
                    y_reg  <= Y_FIRST[Y_BITS-1:0];
                    y0_reg <= Y_FIRST[Y_BITS-1:0];
                    x_reg  <= X_FIRST[X_BITS-1:0];
                    x0_reg <= X_FIRST[X_BITS-1:0];
                end else if (step) begin
                    y0_reg <= y0_next;
                    x0_reg <= x0_next;
                    if (end_walk)
                        y_reg <= y0_next;
                    else if (end_kx)
                        y_reg <= y_reg + Y_STEP[Y_BITS-1:0];
                    if (end_kx)
                        x_reg <= x0_next;
                    else if (last_chunk)
                        x_reg <= x_reg + X_STEP[X_BITS-1:0];
                end
        end else begin : g_unpadded
            assign inside_map = 1'b1;
            assign low_row    = 1'b0;
            assign mixed_row  = 1'b0;
        end
    endgenerate

    // ---- Offsets --------------------------------------------------------------------------
    // With BY_ROW the oldest word is the first of the window's first row, or of the map while that lies in the padding.
    localparam signed [31:0] AT_TAP = TO_TAP, AT_ROW = TO_ROW, AT_BACK = BACK, AT_PASS = TO_PASS, AT_RIGHT = TO_RIGHT,
                             AT_FIRST = FIRST_AT, AT_LEFT = LEFT_AT, AT_DOWN = DOWN;
    wire signed [AT_BITS-1:0] delta =
        !last_chunk ? {{(AT_BITS-1){1'b0}}, 1'b1} :
        !last_kx    ? AT_TAP[AT_BITS-1:0] :
        !last_ky    ? AT_ROW[AT_BITS-1:0] :
        !last_plane ? AT_BACK[AT_BITS-1:0] :
        !last_pass  ? AT_PASS[AT_BITS-1:0] : AT_RIGHT[AT_BITS-1:0];
    wire signed [AT_BITS-1:0] top_next =
        end_frame               ? AT_FIRST[AT_BITS-1:0] :
        BY_ROW != 0 && !low_row ? AT_LEFT[AT_BITS-1:0] : top_reg + AT_DOWN[AT_BITS-1:0];

    assign rd_next    = step;
    assign rd_release = !end_row           ? {RELEASE_BITS{1'b0}} :
                        end_frame          ? FREE_REST[RELEASE_BITS-1:0] :
                        BY_ROW == 0 || low_row ? {RELEASE_BITS{1'b0}} :
                        mixed_row          ? FREE_MIXED[RELEASE_BITS-1:0] : FREE_ROW[RELEASE_BITS-1:0];

    // ---- Registers ------------------------------------------------------------------------
    reg                  soon_inside_reg, soon_first_reg, soon_shift_reg, soon_frame_reg;
    reg [PLANE_BITS-1:0] soon_plane_reg;
    always @(posedge clk) begin
        if (rst) begin
            at_reg  <= AT_FIRST[AT_BITS-1:0];
            top_reg <= AT_FIRST[AT_BITS-1:0];
        end else if (step) begin
            at_reg <= end_row ? top_next : at_reg + delta;
            if (end_row)
                top_reg <= top_next;
        end
        tap_soon        <= step;
        soon_end        <= end_walk;
        soon_last       <= end_total;
        soon_inside_reg <= inside_map;
        soon_first_reg  <= begin_pass;
        soon_shift_reg  <= first_chunk && first_kx && first_ky && !first_plane;
        soon_frame_reg  <= end_frame;
        soon_plane_reg  <= plane;
        tap_valid       <= tap_soon && !rst;
        tap_inside      <= soon_inside_reg;
        tap_first       <= soon_first_reg;
        tap_shift       <= soon_shift_reg;
        tap_last        <= soon_last;
        tap_frame       <= soon_frame_reg;
        tap_plane       <= soon_plane_reg;
    end

    // ---- Checks ---------------------------------------------------------------------------
    generate
        // Pooling walks each chunk of channels once.
        if (BY_CHANNEL != 0 && PASSES != CHUNKS) begin : g_illegal_passes
            wg_fold_windows_PASSES_must_equal_CHUNKS_with_BY_CHANNEL stop();
        end
        // Rows are whole memory words, and every row of windows begins on the map or before it.
        if (BY_ROW != 0 && (ROW % PARTS != 0 || LAST_TOP >= HEIGHT)) begin : g_illegal_rows
            wg_fold_windows_BY_ROW_needs_rows_of_whole_words_that_begin_on_the_map stop();
        end
    endgenerate

    wire unused = &{1'b0, at_reg, inside_map};

endmodule

`default_nettype wire
