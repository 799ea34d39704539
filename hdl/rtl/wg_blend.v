// Element-wise weighted sum of several tensors, compared with a level or offset by it.
//
//   total[i] = sum_k FACTORS[k, i] * operands[k, i]
//   FIRE = 1:  results[i] = total[i] >= LEVELS[i]          FIRE = 0:  results[i] = total[i] + LEVELS[i]
//
// Latency: 2 enabled cycles. Throughput: one set of operands a cycle. Stalls with `advance` low.
// Sums are modulo 2**SUM_WIDTH: exact where every total fits.
//
// Parameters
//   OPERANDS       tensors
//   COUNT          elements of each
//   IN_WIDTH       bits of an element (two's complement), less than SUM_WIDTH
//   FACTOR_WIDTH   bits of a factor (two's complement), at most SUM_WIDTH
//   SUM_WIDTH      bits of total and level (two's complement)
//   OUT_WIDTH      bits of a result, 1 where FIRE is 1, at most SUM_WIDTH
//
// Ports
//   factors    factor of element i of operand k at index k * COUNT + i (a constant in folded use: a ROM)
//   levels     level of element i at index i, belongs to the operands of the cycle before
//   operands   element i of operand k at index k * COUNT + i
//   results    result i at index i
`default_nettype none

module wg_blend #(
    parameter OPERANDS     = 2,
    parameter COUNT        = 1,
    parameter IN_WIDTH     = 2,
    parameter FACTOR_WIDTH = 2,
    parameter SUM_WIDTH    = 4,
    parameter OUT_WIDTH    = 1,
    parameter FIRE         = 1
) (
    input  wire                                   clk,
    input  wire                                   advance,
    input  wire [OPERANDS*COUNT*FACTOR_WIDTH-1:0] factors,
    input  wire [COUNT*SUM_WIDTH-1:0]             levels,
    input  wire [OPERANDS*COUNT*IN_WIDTH-1:0]     operands,
    output wire [COUNT*OUT_WIDTH-1:0]             results
);

    // ---- Declarations ---------------------------------------------------------------------
    reg [COUNT*SUM_WIDTH-1:0] totals_next;
    reg [COUNT*SUM_WIDTH-1:0] totals_reg;
    reg [COUNT*OUT_WIDTH-1:0] results_next;
    reg [COUNT*OUT_WIDTH-1:0] results_reg;

    // ---- Datapath -------------------------------------------------------------------------
    function [SUM_WIDTH-1:0] product;
        input [FACTOR_WIDTH-1:0] factor;
        input [IN_WIDTH-1:0]     element;
        reg   [SUM_WIDTH-1:0]    wide_factor;
        reg   [SUM_WIDTH-1:0]    wide_element;
        begin
            wide_factor = {SUM_WIDTH{factor[FACTOR_WIDTH-1]}};
            wide_factor[FACTOR_WIDTH-1:0] = factor;
            wide_element = {SUM_WIDTH{element[IN_WIDTH-1]}};
            wide_element[IN_WIDTH-1:0] = element;
            product = $signed(wide_factor) * $signed(wide_element);
        end
    endfunction

    integer                 i, k;
    reg     [SUM_WIDTH-1:0] sum;
    always @* begin
        totals_next = 0;
        sum         = {SUM_WIDTH{1'b0}};
        /* verilator unroll_disable */
        for (i = 0; i < COUNT; i = i + 1) begin
            sum = {SUM_WIDTH{1'b0}};
            /* verilator unroll_disable */
            for (k = 0; k < OPERANDS; k = k + 1)
                sum = sum + product(
                    factors[(k*COUNT + i)*FACTOR_WIDTH +: FACTOR_WIDTH],
                    operands[(k*COUNT + i)*IN_WIDTH +: IN_WIDTH]);
            totals_next[i*SUM_WIDTH +: SUM_WIDTH] = sum;
        end
    end

    integer                 at;
    reg     [SUM_WIDTH-1:0] total;
    reg     [SUM_WIDTH-1:0] level;
    always @* begin
        results_next = 0;
        total        = {SUM_WIDTH{1'b0}};
        level        = {SUM_WIDTH{1'b0}};
        /* verilator unroll_disable */
        for (at = 0; at < COUNT; at = at + 1) begin
            total = totals_reg[at*SUM_WIDTH +: SUM_WIDTH];
            level = levels[at*SUM_WIDTH +: SUM_WIDTH];
            if (FIRE != 0)
                results_next[at*OUT_WIDTH] = $signed(total) >= $signed(level);
            else begin
                total = total + level;
                results_next[at*OUT_WIDTH +: OUT_WIDTH] = total[OUT_WIDTH-1:0];
            end
        end
    end

    assign results = results_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk)
        if (advance) begin
            totals_reg  <= totals_next;
            results_reg <= results_next;
        end

    // ---- Checks ---------------------------------------------------------------------------
    generate
        // Sums are wider than elements and as wide as factors, or their signs would be lost.
        if (SUM_WIDTH <= IN_WIDTH || SUM_WIDTH < FACTOR_WIDTH || SUM_WIDTH < OUT_WIDTH) begin : g_illegal_width
            wg_blend_SUM_WIDTH_must_exceed_the_other_widths stop();
        end
        // A firing element has one bit.
        if (FIRE != 0 && OUT_WIDTH != 1) begin : g_illegal_result
            wg_blend_OUT_WIDTH_must_be_1_with_FIRE stop();
        end
    endgenerate

endmodule

`default_nettype wire
