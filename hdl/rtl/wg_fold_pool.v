// Pooling, folded: LANES channels in a cycle, largest element or sum of each window.
//
// Latency = interval: OUT_HEIGHT * OUT_WIDTH * CHUNKS * KERNEL_Y * KERNEL_X + 4 cycles a frame.
// Never stalls inside a frame; a frame begins when it is there and the reader has a free bank.
//
// Parameters
//   geometry     as for wg_walker; CHUNKS = PASSES = channels / LANES
//   LANES        channels in a cycle
//   IN_WIDTH     bits of an element, at most RESULT_WIDTH; SIGNED: elements are two's complement
//   RESULT_WIDTH    bits of a result
//   LARGEST      1: largest element. 0: sum; padding adds nothing and never wins
//
// Ports as for wg_fold_linear, without ROMs.
`default_nettype none

module wg_fold_pool #(
    parameter HEIGHT        = 1,
    parameter WIDTH         = 1,
    parameter CHUNKS        = 1,
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
    parameter PASSES        = 1,
    parameter LANES         = 1,
    parameter IN_WIDTH      = 1,
    parameter RESULT_WIDTH     = 1,
    parameter SIGNED        = 0,
    parameter LARGEST       = 1,
    parameter ADDRESS_BITS  = 1
) (
    input  wire                        clk,
    input  wire                        rst,
    input  wire                        in_full,
    output wire                        in_release,
    output wire [ADDRESS_BITS-1:0]     rd_address,
    input  wire [LANES*IN_WIDTH-1:0]   rd_data,
    input  wire                        out_free,
    output wire                        out_valid,
    output wire [LANES*RESULT_WIDTH-1:0]  out_data,
    output wire                        out_last
);

    // ---- Declarations ---------------------------------------------------------------------
    reg                        busy_reg;
    wire                       unused_walking;
    wire                       walk_valid, walk_inside, walk_first, walk_last, walk_final;
    wire [ADDRESS_BITS-1:0]    walk_address;
    reg                        read_valid_reg, read_inside_reg, read_first_reg, read_last_reg, read_final_reg;
    reg                        result_valid_reg, result_final_reg;
    reg  [LANES*RESULT_WIDTH-1:0] results_next, results_reg;

    // ---- Datapath -------------------------------------------------------------------------
    // The larger word; an inverted sign bit turns the signed order into the unsigned one.
    function [RESULT_WIDTH-1:0] larger;
        input [RESULT_WIDTH-1:0] a;
        input [RESULT_WIDTH-1:0] b;
        reg   [RESULT_WIDTH-1:0] flip;
        begin
            flip              = {RESULT_WIDTH{1'b0}};
            flip[RESULT_WIDTH-1] = SIGNED != 0;
            larger            = (a ^ flip) >= (b ^ flip) ? a : b;
        end
    endfunction

    // What padding counts as: zero, or the lowest word.
    function [RESULT_WIDTH-1:0] neutral;
        input ignored;
        begin
            neutral              = {RESULT_WIDTH{1'b0}};
            neutral[RESULT_WIDTH-1] = (LARGEST != 0 && SIGNED != 0) || (1'b0 & ignored);
        end
    endfunction

    integer             lane;
    reg [RESULT_WIDTH-1:0] element;
    reg [RESULT_WIDTH-1:0] earlier;
    always @* begin
        results_next = results_reg;
        element      = {RESULT_WIDTH{1'b0}};
        earlier      = {RESULT_WIDTH{1'b0}};
        if (read_valid_reg) begin
            /* verilator unroll_disable */
            for (lane = 0; lane < LANES; lane = lane + 1) begin
                element = {RESULT_WIDTH{SIGNED != 0 && rd_data[lane*IN_WIDTH + IN_WIDTH-1]}};
                element[IN_WIDTH-1:0] = rd_data[lane*IN_WIDTH +: IN_WIDTH];
                if (!read_inside_reg)
                    element = neutral(1'b0);
                earlier = read_first_reg ? neutral(1'b0) : results_reg[lane*RESULT_WIDTH +: RESULT_WIDTH];
                results_next[lane*RESULT_WIDTH +: RESULT_WIDTH] = LARGEST != 0 ? larger(earlier, element) : earlier + element;
            end
        end
    end

    // ---- Control --------------------------------------------------------------------------
    wire start = !busy_reg && in_full && out_free;

    assign rd_address = walk_address;
    assign out_valid  = result_valid_reg;
    assign out_data   = results_reg;
    assign out_last   = result_valid_reg && result_final_reg;
    assign in_release = out_last;

    wg_walker #(
        .HEIGHT       (HEIGHT),
        .WIDTH        (WIDTH),
        .CHUNKS       (CHUNKS),
        .OUT_HEIGHT   (OUT_HEIGHT),
        .OUT_WIDTH    (OUT_WIDTH),
        .KERNEL_Y     (KERNEL_Y),
        .KERNEL_X     (KERNEL_X),
        .STRIDE_Y     (STRIDE_Y),
        .STRIDE_X     (STRIDE_X),
        .DILATION_Y   (DILATION_Y),
        .DILATION_X   (DILATION_X),
        .PAD_TOP      (PAD_TOP),
        .PAD_LEFT     (PAD_LEFT),
        .PASSES       (PASSES),
        .BY_CHANNEL   (1),
        .ADDRESS_BITS (ADDRESS_BITS)
    ) walker (
        .clk          (clk),
        .rst          (rst),
        .start        (start),
        .busy         (unused_walking),
        .valid        (walk_valid),
        .address      (walk_address),
        .inside_map   (walk_inside),
        .first        (walk_first),
        .last         (walk_last),
        .final_word   (walk_final)
    );

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        read_inside_reg  <= walk_inside;
        read_first_reg   <= walk_first;
        read_last_reg    <= walk_last;
        read_final_reg   <= walk_final;
        result_final_reg <= read_final_reg;
        results_reg      <= results_next;
        if (rst) begin
            busy_reg         <= 1'b0;
            read_valid_reg   <= 1'b0;
            result_valid_reg <= 1'b0;
        end else begin
            busy_reg         <= start || (busy_reg && !out_last);
            read_valid_reg   <= walk_valid;
            result_valid_reg <= read_valid_reg && read_last_reg;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // Nothing is cut off.
    generate
        if (RESULT_WIDTH < IN_WIDTH) begin : g_illegal_width
            wg_fold_pool_RESULT_WIDTH_must_be_at_least_IN_WIDTH stop();
        end
    endgenerate

endmodule

`default_nettype wire
