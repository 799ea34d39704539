// Pooling, folded: LANES channels at once, largest element or sum of the words of each window.
//
// Latency: 1 cycle from a window's last word. Throughput: one word a cycle. Never stalls.
//
// Parameters
//   LANES          channels at once
//   IN_WIDTH       bits of an element, at most RESULT_WIDTH; SIGNED: elements are two's complement
//   RESULT_WIDTH   bits of a result
//   LARGEST        1: largest element (of bits: OR). 0: sum; padding adds nothing and never wins
//
// Ports
//   tap_*   as wg_fold_windows gives them, with the data of the buffer
`default_nettype none

module wg_fold_pool #(
    parameter LANES        = 1,
    parameter IN_WIDTH     = 1,
    parameter RESULT_WIDTH = 1,
    parameter SIGNED       = 0,
    parameter LARGEST      = 1
) (
    input  wire                          clk,
    input  wire                          rst,
    input  wire                          tap_valid,
    input  wire                          tap_inside,
    input  wire                          tap_first,
    input  wire                          tap_last,
    input  wire                          tap_frame,
    input  wire [LANES*IN_WIDTH-1:0]     rd_data,
    output wire                          out_valid,
    output wire [LANES*RESULT_WIDTH-1:0] out_data,
    output wire                          out_last
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [RESULT_WIDTH-1:0] ONE = 1, SIGN = ONE << (RESULT_WIDTH - 1);
    // An inverted sign bit turns the signed order into the unsigned one.
    localparam [RESULT_WIDTH-1:0] FLIP = SIGNED != 0 ? SIGN : {RESULT_WIDTH{1'b0}};
    // What padding counts as: zero, or the lowest word.
    localparam [RESULT_WIDTH-1:0] NEUTRAL = LARGEST != 0 ? FLIP : {RESULT_WIDTH{1'b0}};

    // ---- Datapath -------------------------------------------------------------------------
    reg valid_reg, frame_reg;
    genvar i;
    generate
        for (i = 0; i < LANES; i = i + 1) begin : g_lane
            reg  [RESULT_WIDTH-1:0] result_reg;
            wire [IN_WIDTH-1:0]     word = rd_data[i*IN_WIDTH +: IN_WIDTH];
            wire [RESULT_WIDTH-1:0] wide;
            wire [RESULT_WIDTH-1:0] element = tap_inside ? wide : NEUTRAL;
            wire [RESULT_WIDTH-1:0] earlier  = tap_first ? NEUTRAL : result_reg;
            wire [RESULT_WIDTH-1:0] result;

            if (RESULT_WIDTH > IN_WIDTH) begin : g_wider
                assign wide = {{(RESULT_WIDTH-IN_WIDTH){SIGNED != 0 && word[IN_WIDTH-1]}}, word};
            end else begin : g_same
                assign wide = word;
            end
            if (LARGEST != 0) begin : g_largest
                assign result = (earlier ^ FLIP) >= (element ^ FLIP) ? earlier : element;
            end else begin : g_sum
                assign result = earlier + element;
            end
            always @(posedge clk)
                if (tap_valid)
                    result_reg <= result;
            assign out_data[i*RESULT_WIDTH +: RESULT_WIDTH] = result_reg;
        end
    endgenerate

    assign out_valid = valid_reg;
    assign out_last  = valid_reg && frame_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        valid_reg <= tap_valid && tap_last && !rst;
        frame_reg <= tap_frame;
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
