// Walks sliding windows over a map: for each position, for each pass, every tap and channel chunk.
//
// Latency: first address two cycles after `start`. Throughput: one address a cycle, without a gap,
// OUT_HEIGHT * OUT_WIDTH * PASSES * KERNEL_Y * KERNEL_X * CHUNKS cycles a frame. Never stalls.
//
// Parameters
//   HEIGHT, WIDTH, CHUNKS       the map, in words of channels
//   OUT_HEIGHT, OUT_WIDTH, KERNEL_*, STRIDE_*, DILATION_*, PAD_TOP, PAD_LEFT   the window: how many places, its size and steps, zeros before the map
//   PASSES                      times that each window is walked
//   BY_CHANNEL                  0: a pass sees all chunks; 1: pass p sees chunk p only (pooling)
//   ADDRESS_BITS                bits of an address
//
// Ports
//   start, busy    begins a frame; high while addresses are made
//   valid          the outputs below hold an address
//   address        word (y * WIDTH + x) * CHUNKS + chunk of the map
//   inside         the tap lies on the map, not in the padding
//   first, last    first and last word of a window; `final` is the last one of the frame
`default_nettype none

module wg_walker #(
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
    parameter BY_CHANNEL   = 0,
    parameter ADDRESS_BITS = 1
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    start,
    output wire                    busy,
    output reg                     valid,
    output reg  [ADDRESS_BITS-1:0] address,
    output reg                     inside_map,
    output reg                     first,
    output reg                     last,
    output reg                     final_word
);

    // ---- Local constants ------------------------------------------------------------------
    localparam INNER = BY_CHANNEL != 0 ? 1 : CHUNKS;

    // ---- Declarations ---------------------------------------------------------------------
    reg        busy_reg;
    integer    chunk_reg, kx_reg, ky_reg, pass_reg, ox_reg, oy_reg;
    wire       end_chunk = chunk_reg == INNER - 1;
    wire       end_kx    = end_chunk && kx_reg == KERNEL_X - 1;
    wire       end_ky    = end_kx && ky_reg == KERNEL_Y - 1;
    wire       end_pass  = end_ky && pass_reg == PASSES - 1;
    wire       end_ox    = end_pass && ox_reg == OUT_WIDTH - 1;
    wire       end_oy    = end_ox && oy_reg == OUT_HEIGHT - 1;

    // ---- Datapath -------------------------------------------------------------------------
    wire signed [31:0] y = oy_reg*STRIDE_Y + ky_reg*DILATION_Y - PAD_TOP;
    wire signed [31:0] x = ox_reg*STRIDE_X + kx_reg*DILATION_X - PAD_LEFT;
    wire        [31:0] at = (y*WIDTH + x)*CHUNKS + (BY_CHANNEL != 0 ? pass_reg : chunk_reg);

    // ---- Control --------------------------------------------------------------------------
    assign busy = busy_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        valid      <= busy_reg && !rst;
        address    <= at[ADDRESS_BITS-1:0];
        inside_map <= y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH;
        first      <= chunk_reg == 0 && kx_reg == 0 && ky_reg == 0;
        last       <= end_ky;
        final_word <= end_oy;
        if (rst || start) begin
            busy_reg  <= start && !rst;
            chunk_reg <= 0;
            kx_reg    <= 0;
            ky_reg    <= 0;
            pass_reg  <= 0;
            ox_reg    <= 0;
            oy_reg    <= 0;
        end else if (busy_reg) begin
            busy_reg  <= !end_oy;
            chunk_reg <= end_chunk ? 0 : chunk_reg + 1;
            if (end_chunk) kx_reg   <= end_kx   ? 0 : kx_reg + 1;
            if (end_kx)    ky_reg   <= end_ky   ? 0 : ky_reg + 1;
            if (end_ky)    pass_reg <= end_pass ? 0 : pass_reg + 1;
            if (end_pass)  ox_reg   <= end_ox   ? 0 : ox_reg + 1;
            if (end_ox)    oy_reg   <= end_oy   ? 0 : oy_reg + 1;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // Pooling walks each chunk of channels once.
    generate
        if (BY_CHANNEL != 0 && PASSES != CHUNKS) begin : g_illegal_passes
            wg_walker_PASSES_must_equal_CHUNKS_with_BY_CHANNEL stop();
        end
    endgenerate

    wire unused = &{1'b0, at};

endmodule

`default_nettype wire
