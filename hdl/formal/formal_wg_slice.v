// wg_slice: items pass in order, none lost or doubled, two fit, each is offered in the cycle after it came or its turn.
`default_nettype none

module formal_wg_slice #(
    parameter WIDTH = 2
) (
    input wire             clk,
    input wire             rst,
    input wire [WIDTH-1:0] in_item,
    input wire             in_valid,
    input wire             out_ready
);

    wire             in_ready, out_valid;
    wire [WIDTH-1:0] out_item;
    wire             enter = in_valid && in_ready;
    wire             leave = out_valid && out_ready;

    wg_slice #(.WIDTH(WIDTH)) dut (
        .clk(clk), .rst(rst), .in_item(in_item), .in_valid(in_valid), .in_ready(in_ready), .out_item(out_item),
        .out_valid(out_valid), .out_ready(out_ready));

    formal_reset start (.clk(clk), .rst(rst));
    formal_hold #(.WIDTH(WIDTH)) hold (
        .clk(clk), .rst(rst), .valid(out_valid), .ready(out_ready), .item(out_item));
    formal_order #(.WIDTH(WIDTH), .MOST(2), .PATIENCE(0)) order (
        .clk(clk), .rst(rst), .enter(enter), .entering(in_item), .valid(out_valid), .ready(out_ready), .leaving(out_item));

    // How many items are inside tells what is offered and whether one more is taken: ready depends on no input.
    reg [1:0] inside_reg;
    always @(posedge clk)
        inside_reg <= rst ? 2'd0 : inside_reg + {1'b0, enter} - {1'b0, leave};
    always @*
        if (!rst) begin
            assert (out_valid == (inside_reg != 2'd0));
            assert (in_ready == (inside_reg != 2'd2));
        end

endmodule

`default_nettype wire
