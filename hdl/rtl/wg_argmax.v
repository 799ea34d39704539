// Index of the largest of COUNT scores, the lowest index winning ties: a pipelined tournament.
//
// Latency: ceil(log2(COUNT)) enabled cycles, 0 for one score. Throughput: one set a cycle.
// Stalls with `advance` low.
//
// Parameters
//   COUNT         scores, 1 or more
//   WIDTH         bits of a score (two's complement)
//   INDEX_WIDTH   bits of an index
//
// Ports
//   scores    score i at bit i * WIDTH
//   indices   index that stands for score i at bit i * INDEX_WIDTH, rising with i
//   index     index of the winner
`default_nettype none

module wg_argmax #(
    parameter COUNT       = 2,
    parameter WIDTH       = 8,
    parameter INDEX_WIDTH = 8
) (
    input  wire                         clk,
    input  wire                         advance,
    input  wire [COUNT*WIDTH-1:0]       scores,
    input  wire [COUNT*INDEX_WIDTH-1:0] indices,
    output wire [INDEX_WIDTH-1:0]       index
);

    // ---- Local constants ------------------------------------------------------------------
    localparam NEXT = (COUNT + 1) / 2;

    // ---- Datapath -------------------------------------------------------------------------
    generate
        if (COUNT == 1) begin : g_winner
            assign index = indices;
            wire unused = &{1'b0, clk, advance, scores};
        end else begin : g_round
            reg [NEXT*WIDTH-1:0]       scores_next;
            reg [NEXT*INDEX_WIDTH-1:0] indices_next;
            reg [WIDTH-1:0]            challenger;
            integer                    pair;

            // A score without an opponent waits in flip-flops: a shift register would take a LUT a bit.
            (* shreg_extract = "no" *) reg [NEXT*WIDTH-1:0]       scores_reg;
            (* shreg_extract = "no" *) reg [NEXT*INDEX_WIDTH-1:0] indices_reg;

            always @* begin
                scores_next  = 0;
                indices_next = 0;
                challenger   = {WIDTH{1'b0}};
                /* verilator unroll_disable */
                for (pair = 0; pair < NEXT; pair = pair + 1) begin
                    scores_next[pair*WIDTH +: WIDTH] = scores[2*pair*WIDTH +: WIDTH];
                    indices_next[pair*INDEX_WIDTH +: INDEX_WIDTH] = indices[2*pair*INDEX_WIDTH +: INDEX_WIDTH];
                    if (2*pair + 1 < COUNT) begin
                        challenger = scores[(2*pair + 1)*WIDTH +: WIDTH];
                        // A tie stays with the first of the two, which has the lower index.
                        if ($signed(challenger) > $signed(scores[2*pair*WIDTH +: WIDTH])) begin
                            scores_next[pair*WIDTH +: WIDTH] = challenger;
                            indices_next[pair*INDEX_WIDTH +: INDEX_WIDTH] =
                                indices[(2*pair + 1)*INDEX_WIDTH +: INDEX_WIDTH];
                        end
                    end
                end
            end

            (* keep *) always @(posedge clk)
                if (advance) begin
                    scores_reg  <= scores_next;
                    indices_reg <= indices_next;
                end

            wg_argmax #(
                .COUNT       (NEXT),
                .WIDTH       (WIDTH),
                .INDEX_WIDTH (INDEX_WIDTH)
            ) rest (
                .clk         (clk),
                .advance     (advance),
                .scores      (scores_reg),
                .indices     (indices_reg),
                .index       (index)
            );
        end
    endgenerate

    // ---- Checks ---------------------------------------------------------------------------
    // Every index of COUNT scores fits.
    generate
        if (COUNT < 1 || (COUNT > 1 && INDEX_WIDTH < $clog2(COUNT))) begin : g_illegal_size
            wg_argmax_INDEX_WIDTH_must_hold_COUNT_indices stop();
        end
    endgenerate

endmodule

`default_nettype wire
