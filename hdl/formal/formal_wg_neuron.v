// wg_neuron: the plain sum, compared with its level or offset by it, LATENCY enabled cycles later.
`default_nettype none

module formal_wg_neuron #(
    parameter INPUTS       = 5,
    parameter IN_WIDTH     = 1,
    parameter IN_SIGNED    = 0,
    parameter FIRE         = 1,
    parameter OUT_WIDTH    = 1,
    parameter LATENCY      = 3
) (
    input wire                         clk,
    input wire                         advance,
    input wire [2*INPUTS*IN_WIDTH-1:0] taps
);

    // Two places, two neurons with weights of 3 bits, a level for each of the four.
    localparam SUM_WIDTH = 6;
    localparam [2*INPUTS*3-1:0]    WEIGHTS = 30'b011_101_110_001_100_010_111_011_100_001;
    localparam [2*2*SUM_WIDTH-1:0] LEVELS  = 24'b000010_111101_000100_000000;

    wire [2*2*OUT_WIDTH-1:0] results;
    reg  [2*2*OUT_WIDTH-1:0] expected;

    wg_neuron #(
        .POSITIONS(2), .NEURONS(2), .INPUTS(INPUTS), .IN_WIDTH(IN_WIDTH), .IN_SIGNED(IN_SIGNED), .WEIGHT_WIDTH(3),
        .SUM_WIDTH(SUM_WIDTH), .OUT_WIDTH(OUT_WIDTH), .FIRE(FIRE), .LEVEL_COUNT(2), .WEIGHTS(WEIGHTS), .LEVELS(LEVELS)
    ) dut (.clk(clk), .advance(advance), .taps(taps), .results(results));

    integer                    p, n, i, total;
    reg signed [2:0]           weight;
    reg signed [IN_WIDTH:0]    tap;
    reg signed [SUM_WIDTH-1:0] level;
    always @* begin
        for (p = 0; p < 2; p = p + 1)
            for (n = 0; n < 2; n = n + 1) begin
                total = 0;
                for (i = 0; i < INPUTS; i = i + 1) begin
                    weight = WEIGHTS[(n*INPUTS + i)*3 +: 3];
                    tap    = {1'b0, taps[(p*INPUTS + i)*IN_WIDTH +: IN_WIDTH]};
                    if (IN_SIGNED != 0)
                        tap[IN_WIDTH] = tap[IN_WIDTH-1];
                    total = total + weight * tap;
                end
                level = LEVELS[(p*2 + n)*SUM_WIDTH +: SUM_WIDTH];
                expected[(p*2 + n)*OUT_WIDTH +: OUT_WIDTH] = FIRE != 0 ? total >= level : total + level;
            end
    end

    formal_stages #(.WIDTH(2*2*OUT_WIDTH), .LATENCY(LATENCY)) check (
        .clk(clk), .advance(advance), .expected(expected), .seen(results));

endmodule

`default_nettype wire
