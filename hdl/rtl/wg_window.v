// Sliding windows of a (HEIGHT, WIDTH, CHANNELS) map, side by side: wiring only.
//
// Latency: 0. No logic after synthesis.
//
// Parameters
//   HEIGHT, WIDTH, CHANNELS     the map
//   OUT_HEIGHT, OUT_WIDTH       positions of the window
//   KERNEL_*, STRIDE_*, DILATION_*   the window, _Y down and _X across
//   PAD_TOP, PAD_LEFT           rows and columns of padding before the map
//   ELEMENT_WIDTH, FILL         bits of an element, and the element that stands in the padding
//
// Ports
//   map       element (y, x, c) at index (y * WIDTH + x) * CHANNELS + c
//   windows   element c of tap (ky, kx) of position p at index (p * TAPS + ky * KERNEL_X + kx) * CHANNELS + c
`default_nettype none

module wg_window #(
    parameter HEIGHT        = 1,
    parameter WIDTH         = 1,
    parameter CHANNELS      = 1,
    parameter OUT_HEIGHT    = 1,
    parameter OUT_WIDTH     = 1,
    parameter KERNEL_Y      = 1,
    parameter KERNEL_X      = 1,
    parameter STRIDE_Y      = 1,
    parameter STRIDE_X      = 1,
    parameter DILATION_Y    = 1,
    parameter DILATION_X    = 1,
    parameter PAD_TOP       = 0,
    parameter PAD_LEFT      = 0,
    parameter ELEMENT_WIDTH = 1,
    parameter [ELEMENT_WIDTH-1:0] FILL = {ELEMENT_WIDTH{1'b0}}
) (
    input  wire [HEIGHT*WIDTH*CHANNELS*ELEMENT_WIDTH-1:0]                                    map,
    output reg  [OUT_HEIGHT*OUT_WIDTH*KERNEL_Y*KERNEL_X*CHANNELS*ELEMENT_WIDTH-1:0] windows
);

    // ---- Local constants ------------------------------------------------------------------
    localparam PIXEL = CHANNELS * ELEMENT_WIDTH;

    // ---- Datapath -------------------------------------------------------------------------
    integer oy, ox, ky, kx, y, x;
    always @* begin
        windows = {OUT_HEIGHT*OUT_WIDTH*KERNEL_Y*KERNEL_X*CHANNELS{FILL}};
        y = 0;
        x = 0;
        /* verilator unroll_disable */
        for (oy = 0; oy < OUT_HEIGHT; oy = oy + 1) begin
            /* verilator unroll_disable */
            for (ox = 0; ox < OUT_WIDTH; ox = ox + 1) begin
                /* verilator unroll_disable */
                for (ky = 0; ky < KERNEL_Y; ky = ky + 1) begin
                    /* verilator unroll_disable */
                    for (kx = 0; kx < KERNEL_X; kx = kx + 1) begin
                        y   = oy*STRIDE_Y + ky*DILATION_Y - PAD_TOP;
                        x   = ox*STRIDE_X + kx*DILATION_X - PAD_LEFT;
                        if (y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH)
                            windows[(((oy*OUT_WIDTH + ox)*KERNEL_Y + ky)*KERNEL_X + kx)*PIXEL +: PIXEL] =
                                map[(y*WIDTH + x)*PIXEL +: PIXEL];
                    end
                end
            end
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // No window lies wholly before the map.
    generate
        if (PAD_TOP < 0 || PAD_LEFT < 0 || STRIDE_Y < 1 || STRIDE_X < 1) begin : g_illegal_geometry
            wg_window_PAD_must_not_be_negative_and_STRIDE_at_least_1 stop();
        end
    endgenerate

endmodule

`default_nettype wire
