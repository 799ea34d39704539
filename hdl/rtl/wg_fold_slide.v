// Sliding windows as registers: each pixel of a map is read once, lines of it wait in one memory, and every window
// stands there whole for as many cycles as the layer needs.
//
// Latency: `tap_*` three cycles after the window's last pixel is asked for. Throughput: a pixel a cycle. A frame takes a cycle
// for each place that windows touch, padding included, and HOLD - 1 more for each window; the next one
// follows without a gap. Stalls: while a pixel is not there yet, and before a result for which there is no room.
//
// Parameters
//   HEIGHT, WIDTH       the map; VIRTUAL_HEIGHT, VIRTUAL_WIDTH: with the padding
//   OUT_HEIGHT, OUT_WIDTH, KERNEL_*, STRIDE_*, DILATION_*, PAD_TOP, PAD_LEFT   as for wg_fold_windows
//   PIXEL_BITS          bits of a pixel
//   FOLDS               parts in which a window is handed on, a divisor of KERNEL_Y * KERNEL_X
//   PLANES, PASSES      times that the parts are handed on: PLANES in a row make a result
//
// Ports as for wg_fold_windows; rd_next: a pixel is taken. rd_data: the pixel, two cycles later.
//   tap_data            the window's part, tap by tap
`default_nettype none

module wg_fold_slide #(
    parameter HEIGHT         = 3,
    parameter WIDTH          = 3,
    parameter VIRTUAL_HEIGHT = 3,
    parameter VIRTUAL_WIDTH  = 3,
    parameter OUT_HEIGHT     = 1,
    parameter OUT_WIDTH      = 1,
    parameter KERNEL_Y       = 3,
    parameter KERNEL_X       = 3,
    parameter STRIDE_Y       = 1,
    parameter STRIDE_X       = 1,
    parameter DILATION_Y     = 1,
    parameter DILATION_X     = 1,
    parameter PAD_TOP        = 0,
    parameter PAD_LEFT       = 0,
    parameter PIXEL_BITS     = 1,
    parameter FOLDS          = 1,
    parameter PLANES         = 1,
    parameter PASSES         = 1,
    parameter PLANE_BITS     = 1
) (
    input  wire                                        clk,
    input  wire                                        rst,
    input  wire                                        in_available,
    output wire                                        rd_next,
    input  wire [PIXEL_BITS-1:0]                       rd_data,
    input  wire                                        out_room,
    output wire                                        out_take,
    output wire                                        tap_soon,
    output wire                                        soon_end,
    output wire                                        soon_last,
    output wire                                        tap_valid,
    output wire                                        tap_first,
    output wire                                        tap_shift,
    output wire                                        tap_last,
    output wire                                        tap_frame,
    output wire [PLANE_BITS-1:0]                       tap_plane,
    output wire [KERNEL_Y*KERNEL_X*PIXEL_BITS/FOLDS-1:0] tap_data
);

    // ---- Local constants ------------------------------------------------------------------
    localparam COLUMN  = KERNEL_Y * PIXEL_BITS;
    localparam COLUMNS = (KERNEL_X - 1)*DILATION_X + 1;
    localparam PART    = KERNEL_Y*KERNEL_X*PIXEL_BITS/FOLDS;
    // Where the first and the last window are complete.
    localparam FIRST_Y = (KERNEL_Y-1)*DILATION_Y, FIRST_X = (KERNEL_X-1)*DILATION_X;
    localparam LAST_Y  = FIRST_Y + (OUT_HEIGHT-1)*STRIDE_Y, LAST_X = FIRST_X + (OUT_WIDTH-1)*STRIDE_X;
    localparam Y_BITS  = $clog2(VIRTUAL_HEIGHT + HEIGHT + 1), X_BITS = $clog2(VIRTUAL_WIDTH + WIDTH + 1);
    localparam F_BITS  = FOLDS > 1 ? $clog2(FOLDS) : 1;
    localparam P_BITS  = PASSES > 1 ? $clog2(PASSES) : 1;
    localparam [31:0] END_Y = VIRTUAL_HEIGHT - 1, END_X = VIRTUAL_WIDTH - 1, TOP = PAD_TOP, ROWS = HEIGHT,
                      LEFT = PAD_LEFT, PLACES = WIDTH, WINDOW_Y = FIRST_Y, WINDOW_X = FIRST_X,
                      FINAL_Y = LAST_Y, FINAL_X = LAST_X, STEP_Y = STRIDE_Y, STEP_X = STRIDE_X;

    // ---- Where we are ---------------------------------------------------------------------
    // The place, and the place at which the next window of this row, and the next row of windows, are complete.
    reg  [Y_BITS-1:0] y_reg, next_y_reg;
    reg  [X_BITS-1:0] x_reg, next_x_reg;
    wire              first_fold, last_fold, first_plane, last_plane, first_pass, last_pass;
    wire [F_BITS-1:0] fold;
    wire [PLANE_BITS-1:0] plane;
    wire [P_BITS-1:0] unused_pass;

    wire window_here = y_reg == next_y_reg && x_reg == next_x_reg;
    wire begins      = first_fold && first_plane && first_pass;
    // Before the map the difference wraps to a number beyond it.
    wire [Y_BITS-1:0] row    = y_reg - TOP[Y_BITS-1:0];
    wire [X_BITS-1:0] place  = x_reg - LEFT[X_BITS-1:0];
    wire inside_map  = row < ROWS[Y_BITS-1:0] && place < PLACES[X_BITS-1:0];
    wire end_result  = window_here && last_fold && last_plane;
    wire end_place   = !window_here || (end_result && last_pass);
    wire end_row     = end_place && x_reg == END_X[X_BITS-1:0];
    wire end_frame   = end_row && y_reg == END_Y[Y_BITS-1:0];
    wire begin_frame = x_reg == {X_BITS{1'b0}} && y_reg == {Y_BITS{1'b0}};
    wire last_window = y_reg == FINAL_Y[Y_BITS-1:0] && x_reg == FINAL_X[X_BITS-1:0];

    // ---- Control --------------------------------------------------------------------------
    // A frame begins with its first pixel even where that lies behind padding.
    wire step = !rst && (in_available || !(begins && (inside_map || begin_frame))) && (out_room || !end_result);

    assign rd_next  = step && begins && inside_map;
    assign out_take = step && end_result;

    wg_loop #(.COUNT(FOLDS), .BITS(F_BITS)) folds (
        .clk(clk), .rst(rst), .step(step && window_here), .at(fold), .first(first_fold), .last(last_fold));
    wg_loop #(.COUNT(PLANES), .BITS(PLANE_BITS)) planes (
        .clk(clk), .rst(rst), .step(step && window_here && last_fold), .at(plane), .first(first_plane), .last(last_plane));
    wg_loop #(.COUNT(PASSES), .BITS(P_BITS)) passes (
        .clk(clk), .rst(rst), .step(step && end_result), .at(unused_pass), .first(first_pass), .last(last_pass));

    always @(posedge clk)
        if (rst || (step && end_frame)) begin
            y_reg      <= {Y_BITS{1'b0}};
            x_reg      <= {X_BITS{1'b0}};
            next_y_reg <= WINDOW_Y[Y_BITS-1:0];
            next_x_reg <= WINDOW_X[X_BITS-1:0];
        end else if (step && end_place) begin
            x_reg <= end_row ? {X_BITS{1'b0}} : x_reg + 1'b1;
            if (end_row)
                y_reg <= y_reg + 1'b1;
            if (end_row) begin
                next_x_reg <= WINDOW_X[X_BITS-1:0];
                if (y_reg == next_y_reg && y_reg != FINAL_Y[Y_BITS-1:0])
                    next_y_reg <= next_y_reg + STEP_Y[Y_BITS-1:0];
            end else if (window_here && x_reg != FINAL_X[X_BITS-1:0])
                next_x_reg <= next_x_reg + STEP_X[X_BITS-1:0];
        end

    // ---- Flags, as the data move on -------------------------------------------------------
    localparam FLAGS = 8;
    wire [FLAGS-1:0] flags = {
        begins, inside_map, window_here && begins, window_here && first_fold && !first_plane,
        window_here && first_fold && first_plane, window_here && last_fold, end_result, last_window && end_result && last_pass};
    reg  [FLAGS-1:0]      flags_1_reg, flags_2_reg, flags_3_reg;
    reg  [F_BITS-1:0]     fold_1_reg, fold_2_reg, fold_3_reg;
    reg  [PLANE_BITS-1:0] plane_1_reg, plane_2_reg, plane_3_reg;
    reg                   step_1_reg, step_2_reg, tap_1_reg, tap_2_reg, tap_3_reg;
    always @(posedge clk) begin
        step_1_reg  <= step;
        step_2_reg  <= step_1_reg && !rst;
        tap_1_reg   <= step && window_here;
        tap_2_reg   <= tap_1_reg && !rst;
        tap_3_reg   <= tap_2_reg && !rst;
        flags_1_reg <= flags;
        flags_2_reg <= flags_1_reg;
        flags_3_reg <= flags_2_reg;
        fold_1_reg  <= fold;
        fold_2_reg  <= fold_1_reg;
        fold_3_reg  <= fold_2_reg;
        plane_1_reg <= plane;
        plane_2_reg <= plane_1_reg;
        plane_3_reg <= plane_2_reg;
    end

    assign tap_soon  = tap_2_reg;
    assign soon_end  = flags_2_reg[2];
    assign soon_last = flags_2_reg[1];
    assign tap_valid = tap_3_reg;
    assign tap_first = flags_3_reg[3];
    assign tap_shift = flags_3_reg[4];
    assign tap_last  = flags_3_reg[1];
    assign tap_frame = flags_3_reg[0];
    assign tap_plane = plane_3_reg;

    // ---- Lines and window -----------------------------------------------------------------
    // A column is the newest pixel below those of the lines above it, which one memory holds side by side.
    wire                      shift = step_2_reg && flags_2_reg[7];
    wire [PIXEL_BITS-1:0]     pixel = flags_2_reg[6] ? rd_data : {PIXEL_BITS{1'b0}};
    wire [COLUMN-1:0]         column;
    reg  [COLUMNS*COLUMN-1:0] window_reg;

    generate
        if (KERNEL_Y > 1) begin : g_lines
            localparam LINES = (KERNEL_Y - 1) * PIXEL_BITS;
            localparam DEPTH = DILATION_Y * VIRTUAL_WIDTH;
            localparam D_BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
            (* no_rw_check *)
            reg  [LINES-1:0]  memory [0:DEPTH-1];
            reg  [LINES-1:0]  above_reg;
            wire [D_BITS-1:0] ask_at, put_at;
            wire              unused_ask_first, unused_ask_last, unused_put_first, unused_put_last;
            wire              asks = step_1_reg && flags_1_reg[7];
            // With one place of depth what is asked for is still on its way.
            wire [LINES-1:0]  above;

            wg_loop #(.COUNT(DEPTH), .BITS(D_BITS)) ask (
                .clk(clk), .rst(rst), .step(asks), .at(ask_at), .first(unused_ask_first), .last(unused_ask_last));
            wg_loop #(.COUNT(DEPTH), .BITS(D_BITS)) put (
                .clk(clk), .rst(rst), .step(shift), .at(put_at), .first(unused_put_first), .last(unused_put_last));
            assign above  = DEPTH == 1 ? memory[0] : above_reg;
            assign column = {pixel, above};
            always @(posedge clk) begin
                if (asks)
                    above_reg <= memory[ask_at];
                if (shift)
                    memory[put_at] <= column[COLUMN-1:PIXEL_BITS];
            end
        end else begin : g_line
            assign column = pixel;
        end
        if (COLUMNS > 1) begin : g_columns
            always @(posedge clk)
                if (shift)
                    window_reg <= {column, window_reg[COLUMNS*COLUMN-1:COLUMN]};
        end else begin : g_column
            always @(posedge clk)
                if (shift)
                    window_reg <= column;
        end
    endgenerate

    // ---- Taps in their order --------------------------------------------------------------
    wire [FOLDS*PART-1:0] taps;
    genvar ky, kx;
    generate
        for (ky = 0; ky < KERNEL_Y; ky = ky + 1) begin : g_row
            for (kx = 0; kx < KERNEL_X; kx = kx + 1) begin : g_tap
                assign taps[(ky*KERNEL_X + kx)*PIXEL_BITS +: PIXEL_BITS] =
                    window_reg[kx*DILATION_X*COLUMN + ky*PIXEL_BITS +: PIXEL_BITS];
            end
        end
        if (FOLDS == 1) begin : g_whole
            wire unused_fold = &{1'b0, fold_3_reg};
            assign tap_data = taps;
        end else begin : g_part
            assign tap_data = taps[fold_3_reg*PART +: PART];
        end
    endgenerate

    // ---- Checks ---------------------------------------------------------------------------
    generate
        if (KERNEL_Y*KERNEL_X % FOLDS != 0) begin : g_illegal_folds
            wg_fold_slide_FOLDS_must_divide_the_taps stop();
        end
        if (LAST_Y >= VIRTUAL_HEIGHT || LAST_X >= VIRTUAL_WIDTH || PAD_TOP + HEIGHT > VIRTUAL_HEIGHT
            || PAD_LEFT + WIDTH > VIRTUAL_WIDTH) begin : g_illegal_place
            wg_fold_slide_windows_and_map_must_lie_on_the_virtual_map stop();
        end
    endgenerate

    wire unused = &{1'b0, flags_3_reg, flags_2_reg, flags_1_reg, window_reg};

endmodule

`default_nettype wire
