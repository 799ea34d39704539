// Pipelined reduction of TERMS words to one, four at a time, in LANES independent lanes.
//
// Latency: ceil(log4(TERMS)) enabled cycles, 0 for one term. Throughput: one set a cycle.
// Stalls with `advance` low. Sums are modulo 2**WIDTH: exact where the total fits WIDTH bits.
//
// Parameters
//   LANES    independent reductions, 1 or more
//   TERMS    words in each, 1 or more
//   WIDTH    bits of a word
//   LARGEST  0: sum. 1: largest word
//   SIGNED   words are two's complement (matters for LARGEST only)
//
// Ports
//   terms     word t of lane l at bit (l * TERMS + t) * WIDTH
//   results   word of lane l at bit l * WIDTH
`default_nettype none

module wg_tree #(
    parameter LANES   = 1,
    parameter TERMS   = 4,
    parameter WIDTH   = 8,
    parameter LARGEST = 0,
    parameter SIGNED  = 0
) (
    input  wire                         clk,
    input  wire                         advance,
    input  wire [LANES*TERMS*WIDTH-1:0] terms,
    output wire [LANES*WIDTH-1:0]       results
);

    // ---- Local constants ------------------------------------------------------------------
    localparam NEXT = (TERMS + 3) / 4;

    // ---- Datapath -------------------------------------------------------------------------
    // The larger word; an inverted sign bit turns the signed order into the unsigned one.
    function [WIDTH-1:0] larger;
        input [WIDTH-1:0] a;
        input [WIDTH-1:0] b;
        reg   [WIDTH-1:0] flip;
        begin
            flip          = {WIDTH{1'b0}};
            flip[WIDTH-1] = SIGNED != 0;
            larger        = (a ^ flip) >= (b ^ flip) ? a : b;
        end
    endfunction

    generate
        if (TERMS == 1) begin : g_wire
            assign results = terms;
            wire unused = &{1'b0, clk, advance, larger(terms[WIDTH-1:0], terms[WIDTH-1:0])};
        end else begin : g_level
            reg [LANES*NEXT*WIDTH-1:0] group_next;
            reg [LANES*NEXT*WIDTH-1:0] group_reg;
            reg [WIDTH-1:0]            word;
            reg [WIDTH-1:0]            term;
            integer                    lane, group, member;

            always @* begin
                group_next = 0;
                word       = {WIDTH{1'b0}};
                term       = {WIDTH{1'b0}};
                /* verilator unroll_disable */
                for (lane = 0; lane < LANES; lane = lane + 1) begin
                    /* verilator unroll_disable */
                    for (group = 0; group < NEXT; group = group + 1) begin
                        word = terms[(lane*TERMS + group*4)*WIDTH +: WIDTH];
                        /* verilator unroll_disable */
                        for (member = 1; member < 4; member = member + 1)
                            if (group*4 + member < TERMS) begin
                                term = terms[(lane*TERMS + group*4 + member)*WIDTH +: WIDTH];
                                word = LARGEST != 0 ? larger(word, term) : word + term;
                            end
                        group_next[(lane*NEXT + group)*WIDTH +: WIDTH] = word;
                    end
                end
            end

            always @(posedge clk)
                if (advance)
                    group_reg <= group_next;

            wg_tree #(
                .LANES   (LANES),
                .TERMS   (NEXT),
                .WIDTH   (WIDTH),
                .LARGEST (LARGEST),
                .SIGNED  (SIGNED)
            ) rest (
                .clk     (clk),
                .advance (advance),
                .terms   (group_reg),
                .results (results)
            );
        end
    endgenerate

    // ---- Checks ---------------------------------------------------------------------------
    // There is something to reduce.
    generate
        if (TERMS < 1 || LANES < 1) begin : g_illegal_size
            wg_tree_TERMS_and_LANES_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
