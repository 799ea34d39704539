// wg_argmax: the index of a score that no earlier one reaches and no later one exceeds, LATENCY enabled cycles later.
`default_nettype none

module formal_wg_argmax #(
    parameter COUNT   = 3,
    parameter WIDTH   = 3,
    parameter LATENCY = 2
) (
    input wire                   clk,
    input wire                   advance,
    input wire [COUNT*WIDTH-1:0] scores
);

    wire [COUNT*8-1:0] indices;
    wire [7:0]         index;
    wire [COUNT-1:0]   wins;
    reg  [7:0]         expected;

    wg_argmax #(.COUNT(COUNT), .WIDTH(WIDTH), .INDEX_WIDTH(8)) dut (
        .clk(clk), .advance(advance), .scores(scores), .indices(indices), .index(index));

    genvar i, j;
    generate
        for (i = 0; i < COUNT; i = i + 1) begin : g_score
            wire [WIDTH-1:0] score = scores[i*WIDTH +: WIDTH];
            wire [COUNT-1:0] beats;
            for (j = 0; j < COUNT; j = j + 1) begin : g_other
                wire [WIDTH-1:0] other = scores[j*WIDTH +: WIDTH];
                assign beats[j] = j < i ? $signed(score) > $signed(other) : $signed(score) >= $signed(other);
            end
            assign wins[i] = &beats;
            assign indices[i*8 +: 8] = i;
        end
    endgenerate

    integer k;
    always @* begin
        expected = 8'd0;
        for (k = 0; k < COUNT; k = k + 1)
            if (wins[k])
                expected = k;
    end

    formal_stages #(.WIDTH(8), .LATENCY(LATENCY)) check (
        .clk(clk), .advance(advance), .expected(expected), .seen(index));

endmodule

`default_nettype wire
