// wg_window: each tap of each position shows its element of the map, or FILL outside.
`default_nettype none

module formal_wg_window #(
    parameter HEIGHT        = 3,
    parameter WIDTH         = 2,
    parameter CHANNELS      = 2,
    parameter OUT_HEIGHT    = 2,
    parameter OUT_WIDTH     = 2,
    parameter KERNEL_Y      = 2,
    parameter KERNEL_X      = 2,
    parameter STRIDE_Y      = 2,
    parameter STRIDE_X      = 1,
    parameter DILATION_Y    = 1,
    parameter DILATION_X    = 2,
    parameter PAD_TOP       = 1,
    parameter PAD_LEFT      = 1,
    parameter ELEMENT_WIDTH = 2,
    parameter [ELEMENT_WIDTH-1:0] FILL = 2'b10
) (
    input wire [HEIGHT*WIDTH*CHANNELS*ELEMENT_WIDTH-1:0] map
);

    localparam TAPS  = KERNEL_Y * KERNEL_X;
    localparam COUNT = OUT_HEIGHT * OUT_WIDTH * TAPS * CHANNELS;

    wire [COUNT*ELEMENT_WIDTH-1:0] windows;

    wg_window #(
        .HEIGHT(HEIGHT), .WIDTH(WIDTH), .CHANNELS(CHANNELS), .OUT_HEIGHT(OUT_HEIGHT), .OUT_WIDTH(OUT_WIDTH),
        .KERNEL_Y(KERNEL_Y), .KERNEL_X(KERNEL_X), .STRIDE_Y(STRIDE_Y), .STRIDE_X(STRIDE_X),
        .DILATION_Y(DILATION_Y), .DILATION_X(DILATION_X), .PAD_TOP(PAD_TOP), .PAD_LEFT(PAD_LEFT),
        .ELEMENT_WIDTH(ELEMENT_WIDTH), .FILL(FILL)
    ) dut (.map(map), .windows(windows));

    genvar i;
    generate
        for (i = 0; i < COUNT; i = i + 1) begin : g_element
            localparam CHANNEL  = i % CHANNELS;
            localparam TAP      = i / CHANNELS % TAPS;
            localparam POSITION = i / CHANNELS / TAPS;
            localparam Y = POSITION / OUT_WIDTH * STRIDE_Y + TAP / KERNEL_X * DILATION_Y - PAD_TOP;
            localparam X = POSITION % OUT_WIDTH * STRIDE_X + TAP % KERNEL_X * DILATION_X - PAD_LEFT;
            localparam OUTSIDE = Y < 0 || Y >= HEIGHT || X < 0 || X >= WIDTH;
            localparam FROM = OUTSIDE ? 0 : (Y*WIDTH + X)*CHANNELS + CHANNEL;
            wire [ELEMENT_WIDTH-1:0] expected = OUTSIDE ? FILL : map[FROM*ELEMENT_WIDTH +: ELEMENT_WIDTH];
            always @*
                assert (windows[i*ELEMENT_WIDTH +: ELEMENT_WIDTH] == expected);
        end
    endgenerate

endmodule

`default_nettype wire
