// wg_pipeline with its datapath, a wg_delay of as many stages: items leave as they came, INTERVAL cycles apart or more.
`default_nettype none

module formal_wg_pipeline #(
    parameter STAGES   = 3,
    parameter INTERVAL = 1,
    parameter WIDTH    = 2
) (
    input wire             clk,
    input wire             rst,
    input wire             in_valid,
    input wire [WIDTH-1:0] data,
    input wire             out_ready
);

    wire             in_ready, out_valid, advance;
    wire [WIDTH-1:0] delayed;
    wire             enter = in_valid && in_ready;

    wg_pipeline #(.STAGES(STAGES), .INTERVAL(INTERVAL)) dut (
        .clk(clk), .rst(rst), .in_valid(in_valid), .in_ready(in_ready), .out_valid(out_valid), .out_ready(out_ready),
        .advance(advance));
    wg_delay #(.WIDTH(WIDTH), .CYCLES(STAGES)) datapath (.clk(clk), .advance(advance), .data(data), .delayed(delayed));

    formal_reset start (.clk(clk), .rst(rst));
    formal_hold #(.WIDTH(WIDTH)) hold (
        .clk(clk), .rst(rst), .valid(out_valid), .ready(out_ready), .item(delayed));
    formal_order #(.WIDTH(WIDTH), .MOST(STAGES), .PATIENCE(STAGES - 1)) order (
        .clk(clk), .rst(rst), .enter(enter), .entering(data), .valid(out_valid), .ready(out_ready), .leaving(delayed));

    // Two items are INTERVAL cycles apart; nothing else makes the sender wait while the reader takes what is offered.
    reg [7:0] since_reg;
    always @(posedge clk)
        if (rst)
            since_reg <= INTERVAL;
        else
            since_reg <= enter ? 8'd1 : since_reg < INTERVAL ? since_reg + 8'd1 : INTERVAL;
    always @*
        if (!rst) begin
            assert (!enter || since_reg >= INTERVAL);
            assert (in_ready || since_reg < INTERVAL || (out_valid && !out_ready));
        end

endmodule

`default_nettype wire
