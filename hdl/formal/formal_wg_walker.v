// wg_walker: number n of a frame's addresses is that of word n in the order position, pass, tap, chunk; no gap.
`default_nettype none

module formal_wg_walker #(
    parameter HEIGHT       = 3,
    parameter WIDTH        = 2,
    parameter CHUNKS       = 2,
    parameter OUT_HEIGHT   = 2,
    parameter OUT_WIDTH    = 1,
    parameter KERNEL_Y     = 2,
    parameter KERNEL_X     = 2,
    parameter STRIDE_Y     = 2,
    parameter STRIDE_X     = 1,
    parameter DILATION_Y   = 1,
    parameter DILATION_X   = 2,
    parameter PAD_TOP      = 1,
    parameter PAD_LEFT     = 1,
    parameter PASSES       = 2,
    parameter BY_CHANNEL   = 0,
    parameter ADDRESS_BITS = 4
) (
    input wire clk,
    input wire rst,
    input wire start
);

    localparam INNER = BY_CHANNEL != 0 ? 1 : CHUNKS;
    localparam TAPS  = KERNEL_Y * KERNEL_X * INNER;
    localparam TOTAL = OUT_HEIGHT * OUT_WIDTH * PASSES * TAPS;

    wire                    busy, valid, inside_map, first, last, final_word;
    wire [ADDRESS_BITS-1:0] address;

    wg_walker #(
        .HEIGHT(HEIGHT), .WIDTH(WIDTH), .CHUNKS(CHUNKS), .OUT_HEIGHT(OUT_HEIGHT), .OUT_WIDTH(OUT_WIDTH),
        .KERNEL_Y(KERNEL_Y), .KERNEL_X(KERNEL_X), .STRIDE_Y(STRIDE_Y), .STRIDE_X(STRIDE_X),
        .DILATION_Y(DILATION_Y), .DILATION_X(DILATION_X), .PAD_TOP(PAD_TOP), .PAD_LEFT(PAD_LEFT), .PASSES(PASSES),
        .BY_CHANNEL(BY_CHANNEL), .ADDRESS_BITS(ADDRESS_BITS)
    ) dut (
        .clk(clk), .rst(rst), .start(start), .busy(busy), .valid(valid), .address(address), .inside_map(inside_map),
        .first(first), .last(last), .final_word(final_word));

    formal_reset begins (.clk(clk), .rst(rst));

    // Words made since the start, one a cycle; the outputs show word n one cycle after it is made.
    reg [7:0] made_reg, n_reg;
    reg       making_reg, shown_reg;
    always @(posedge clk) begin
        shown_reg <= making_reg && !rst;
        n_reg     <= made_reg;
        if (rst || start) begin
            making_reg <= start && !rst;
            made_reg   <= 8'd0;
        end else if (making_reg) begin
            making_reg <= made_reg != TOTAL - 1;
            made_reg   <= made_reg + 8'd1;
        end
    end

    wire [7:0]        chunk = BY_CHANNEL != 0 ? n_reg / TAPS % PASSES : n_reg % INNER;
    wire [7:0]        tap_x = n_reg / INNER % KERNEL_X, tap_y = n_reg / INNER / KERNEL_X % KERNEL_Y;
    wire [7:0]        out_x = n_reg / TAPS / PASSES % OUT_WIDTH, out_y = n_reg / TAPS / PASSES / OUT_WIDTH;
    wire signed [8:0] x = out_x*STRIDE_X + tap_x*DILATION_X - PAD_LEFT;
    wire signed [8:0] y = out_y*STRIDE_Y + tap_y*DILATION_Y - PAD_TOP;
    wire              on_map = x >= 0 && x < WIDTH && y >= 0 && y < HEIGHT;
    wire [15:0]       word = (y*WIDTH + x)*CHUNKS + chunk;

    reg started_reg;
    initial started_reg = 1'b0;
    always @(posedge clk)
        started_reg <= 1'b1;
    always @*
        if (started_reg) begin
            assert (busy == making_reg);
            assert (valid == shown_reg);
            if (valid) begin
                assert (inside_map == on_map);
                assert (!on_map || address == word);
                assert (first == (n_reg % TAPS == 0));
                assert (last == (n_reg % TAPS == TAPS - 1));
                assert (final_word == (n_reg == TOTAL - 1));
            end
        end

endmodule

`default_nettype wire
