// Quotient and remainder by a constant: long division, a few bits at a time, each step one level of tables.
//
// Combinational. A step takes the rest so far and as many bits as make six inputs with it (at least one): with a divisor of up to
// 32 every bit of its results is one LUT. A power of two takes no logic.
//
// Parameters
//   WIDTH        bits of the number
//   DIVISOR      1 or more
//   REST_BITS    of the remainder: enough for DIVISOR - 1, 1 at least
//
// Ports
//   number, quotient, remainder    number = quotient * DIVISOR + remainder, remainder < DIVISOR
`default_nettype none

module wg_divide #(
    parameter WIDTH     = 8,
    parameter DIVISOR   = 3,
    parameter REST_BITS = DIVISOR > 1 ? $clog2(DIVISOR) : 1
) (
    input  wire [WIDTH-1:0]     number,
    output wire [WIDTH-1:0]     quotient,
    output wire [REST_BITS-1:0] remainder
);

    // ---- Local constants ------------------------------------------------------------------
    localparam STEP   = REST_BITS < 6 ? 6 - REST_BITS : 1;
    localparam STEPS  = (WIDTH + STEP - 1) / STEP;
    localparam INPUTS = REST_BITS + STEP;

    // Truth table of one bit of a step's quotient (WANTED < STEP) or, above these, of its rest.
    function [(1<<INPUTS)-1:0] truth;
        input integer wanted;
        integer value;
        for (value = 0; value < 1 << INPUTS; value = value + 1)
            truth[value] = (wanted < STEP ? (value / DIVISOR) >> wanted & 1
                                          : (value % DIVISOR) >> (wanted - STEP) & 1) != 0;
    endfunction

    // ---- Datapath -------------------------------------------------------------------------
    genvar n, k;
    generate
        if (DIVISOR == 1) begin : g_one
            assign quotient  = number;
            assign remainder = 1'b0;
        end else if (1 << REST_BITS == DIVISOR) begin : g_shift
            wire [WIDTH+REST_BITS-1:0] wide = {{REST_BITS{1'b0}}, number};
            assign quotient  = wide[WIDTH+REST_BITS-1:REST_BITS];
            assign remainder = wide[REST_BITS-1:0];
        end else begin : g_divide
            wire [STEPS*STEP:0]   padded = {{(STEPS*STEP-WIDTH+1){1'b0}}, number};
            wire [STEPS*STEP-1:0] found;

            for (n = STEPS - 1; n >= 0; n = n - 1) begin : g_step
                wire [REST_BITS-1:0] carried, rest;
                wire [INPUTS-1:0]    partial = {carried, padded[n*STEP +: STEP]};

                if (n == STEPS - 1) begin : g_first
                    assign carried = {REST_BITS{1'b0}};
                end else begin : g_next
                    assign carried = g_step[n+1].rest;
                end
                for (k = 0; k < STEP; k = k + 1) begin : g_digit
                    wg_table #(.INPUTS(INPUTS), .TRUTH(truth(k))) digit (.bits(partial), .value(found[n*STEP+k]));
                end
                for (k = 0; k < REST_BITS; k = k + 1) begin : g_rest
                    wg_table #(.INPUTS(INPUTS), .TRUTH(truth(STEP + k))) left (.bits(partial), .value(rest[k]));
                end
            end
            assign quotient  = found[WIDTH-1:0];
            assign remainder = g_step[0].rest;
            wire unused = &{1'b0, found, padded};
        end
    endgenerate

    // ---- Checks ---------------------------------------------------------------------------
    generate
        if (DIVISOR < 1 || WIDTH < 1) begin : g_illegal_divisor
            wg_divide_DIVISOR_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
