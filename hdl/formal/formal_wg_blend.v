// wg_blend: the plain weighted sum of two enabled cycles ago, compared with the level of one cycle later, or offset.
`default_nettype none

module formal_wg_blend #(
    parameter OPERANDS     = 2,
    parameter COUNT        = 2,
    parameter IN_WIDTH     = 2,
    parameter FACTOR_WIDTH = 2,
    parameter SUM_WIDTH    = 5,
    parameter OUT_WIDTH    = 1,
    parameter FIRE         = 1
) (
    input wire                                   clk,
    input wire                                   advance,
    input wire [OPERANDS*COUNT*FACTOR_WIDTH-1:0] factors,
    input wire [COUNT*SUM_WIDTH-1:0]             levels,
    input wire [OPERANDS*COUNT*IN_WIDTH-1:0]     operands
);

    wire [COUNT*OUT_WIDTH-1:0] results;
    reg  [COUNT*OUT_WIDTH-1:0] expected;

    wg_blend #(
        .OPERANDS(OPERANDS), .COUNT(COUNT), .IN_WIDTH(IN_WIDTH), .FACTOR_WIDTH(FACTOR_WIDTH), .SUM_WIDTH(SUM_WIDTH),
        .OUT_WIDTH(OUT_WIDTH), .FIRE(FIRE)
    ) dut (
        .clk(clk), .advance(advance), .factors(factors), .levels(levels), .operands(operands), .results(results));

    // What went in one enabled cycle before the levels.
    reg [OPERANDS*COUNT*FACTOR_WIDTH-1:0] factors_reg;
    reg [OPERANDS*COUNT*IN_WIDTH-1:0]     operands_reg;
    reg                                   filled_reg;
    initial filled_reg = 1'b0;
    always @(posedge clk)
        if (advance) begin
            factors_reg  <= factors;
            operands_reg <= operands;
            filled_reg   <= 1'b1;
        end

    integer                       i, k, total;
    reg signed [FACTOR_WIDTH-1:0] factor;
    reg signed [IN_WIDTH-1:0]     operand;
    reg signed [SUM_WIDTH-1:0]    level;
    always @* begin
        for (i = 0; i < COUNT; i = i + 1) begin
            total = 0;
            for (k = 0; k < OPERANDS; k = k + 1) begin
                factor  = factors_reg[(k*COUNT + i)*FACTOR_WIDTH +: FACTOR_WIDTH];
                operand = operands_reg[(k*COUNT + i)*IN_WIDTH +: IN_WIDTH];
                total   = total + factor * operand;
            end
            level = levels[i*SUM_WIDTH +: SUM_WIDTH];
            expected[i*OUT_WIDTH +: OUT_WIDTH] = FIRE != 0 ? total >= level : total + level;
        end
    end

    reg                       out_filled_reg;
    reg [COUNT*OUT_WIDTH-1:0] expected_reg;
    initial out_filled_reg = 1'b0;
    always @(posedge clk)
        if (advance) begin
            expected_reg   <= expected;
            out_filled_reg <= filled_reg;
        end
    always @*
        if (out_filled_reg)
            assert (results == expected_reg);

endmodule

`default_nettype wire
