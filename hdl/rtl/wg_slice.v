// Cuts a stream into two in both directions: a register slice, also called skid buffer.
//
// Latency: 1 cycle. Throughput: one item each cycle. Stalls: while the reader does not take, after one more item.
// Every output is a register, so that no path leads through it.
//
// Parameters
//   WIDTH   bits of an item
//
// Ports
//   in_*    an item enters where in_valid and in_ready are high
//   out_*   an item leaves where out_valid and out_ready are high; it stays until then
`default_nettype none

module wg_slice #(
    parameter WIDTH = 1
) (
    input  wire             clk,
    input  wire             rst,
    input  wire [WIDTH-1:0] in_item,
    input  wire             in_valid,
    output wire             in_ready,
    output wire [WIDTH-1:0] out_item,
    output wire             out_valid,
    input  wire             out_ready
);

    // ---- Declarations ---------------------------------------------------------------------
    reg [WIDTH-1:0] item_reg;
    reg [WIDTH-1:0] spare_reg;  // what came in while the reader stalled
    reg             valid_reg;
    reg             ready_reg;  // the spare is empty

    // ---- Control --------------------------------------------------------------------------
    wire free = !valid_reg || out_ready;

    assign in_ready  = ready_reg;
    assign out_item  = item_reg;
    assign out_valid = valid_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (ready_reg)
            spare_reg <= in_item;
        if (free)
            item_reg <= ready_reg ? in_item : spare_reg;

        if (rst) begin
            valid_reg <= 1'b0;
            ready_reg <= 1'b1;
        end else if (free) begin
            valid_reg <= in_valid || !ready_reg;
            ready_reg <= 1'b1;
        end else if (in_valid) begin
            ready_reg <= 1'b0;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // An item has at least one bit.
    generate
        if (WIDTH < 1) begin : g_illegal_width
            wg_slice_WIDTH_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
