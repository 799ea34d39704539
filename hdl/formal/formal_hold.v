// Rule of a valid/ready pair: what is offered stays, unchanged, until it is taken.
`default_nettype none

module formal_hold #(
    parameter WIDTH = 1
) (
    input wire             clk,
    input wire             rst,
    input wire             valid,
    input wire             ready,
    input wire [WIDTH-1:0] item
);

    reg             waiting_reg;
    reg [WIDTH-1:0] item_reg;
    initial waiting_reg = 1'b0;
    always @(posedge clk) begin
        waiting_reg <= valid && !ready && !rst;
        item_reg    <= item;
    end

    // Valid stays; the item (data, last) does not change.
    always @*
        if (waiting_reg && !rst) begin
            assert (valid);
            assert (item == item_reg);
        end

endmodule

`default_nettype wire
