// Nothing is lost, doubled, reordered, invented or kept: an item that is picked at any time as it goes in comes out
// after exactly those that went in before it.
//
// Parameters
//   WIDTH     bits of an item
//   MOST      items that may be inside at once
//   PATIENCE  cycles that items may be inside without one being offered
`default_nettype none

module formal_order #(
    parameter WIDTH    = 1,
    parameter MOST     = 1,
    parameter PATIENCE = 1
) (
    input wire             clk,
    input wire             rst,
    input wire             enter,
    input wire [WIDTH-1:0] entering,
    input wire             valid,
    input wire             ready,
    input wire [WIDTH-1:0] leaving
);

    (* anyseq *) wire pick;
    wire              leave = valid && ready;
    reg  [7:0]        inside_reg, ahead_reg, waited_reg;
    reg               tracking_reg;
    reg  [WIDTH-1:0]  item_reg;

    always @(posedge clk) begin
        if (rst) begin
            inside_reg   <= 8'd0;
            waited_reg   <= 8'd0;
            tracking_reg <= 1'b0;
        end else begin
            inside_reg <= inside_reg + {7'd0, enter} - {7'd0, leave};
            waited_reg <= inside_reg == 8'd0 || valid ? 8'd0 : waited_reg + 8'd1;
            if (!tracking_reg && enter && pick) begin
                tracking_reg <= 1'b1;
                ahead_reg    <= inside_reg - {7'd0, leave};
                item_reg     <= entering;
            end else if (tracking_reg && leave) begin
                tracking_reg <= ahead_reg != 8'd0;
                ahead_reg    <= ahead_reg - 8'd1;
            end
        end
    end

    always @*
        if (!rst) begin
            // Nothing is offered that did not go in, no more is inside than there is room for.
            assert (!valid || inside_reg != 8'd0);
            assert (inside_reg <= MOST);
            // The picked item comes out in its place.
            if (tracking_reg && valid && ahead_reg == 8'd0)
                assert (leaving == item_reg);
            // What is inside is offered in the end.
            assert (waited_reg <= PATIENCE);
        end

endmodule

`default_nettype wire
