// wg_tree: sum or largest word of each lane, LATENCY enabled cycles later.
`default_nettype none

module formal_wg_tree #(
    parameter LANES   = 1,
    parameter TERMS   = 5,
    parameter WIDTH   = 3,
    parameter LARGEST = 0,
    parameter SIGNED  = 0,
    parameter LATENCY = 2
) (
    input wire                         clk,
    input wire                         advance,
    input wire [LANES*TERMS*WIDTH-1:0] terms
);

    wire [LANES*WIDTH-1:0] results;
    reg  [LANES*WIDTH-1:0] expected;

    wg_tree #(.LANES(LANES), .TERMS(TERMS), .WIDTH(WIDTH), .LARGEST(LARGEST), .SIGNED(SIGNED)) dut (
        .clk(clk), .advance(advance), .terms(terms), .results(results));

    integer         lane, t;
    reg [WIDTH-1:0] word, term;
    always @* begin
        for (lane = 0; lane < LANES; lane = lane + 1) begin
            word = terms[lane*TERMS*WIDTH +: WIDTH];
            for (t = 1; t < TERMS; t = t + 1) begin
                term = terms[(lane*TERMS + t)*WIDTH +: WIDTH];
                if (LARGEST == 0)
                    word = word + term;
                else if (SIGNED != 0 ? $signed(term) > $signed(word) : term > word)
                    word = term;
            end
            expected[lane*WIDTH +: WIDTH] = word;
        end
    end

    formal_stages #(.WIDTH(LANES*WIDTH), .LATENCY(LATENCY)) check (
        .clk(clk), .advance(advance), .expected(expected), .seen(results));

endmodule

`default_nettype wire
