// wg_vote: one copy that says something else is outvoted, and told.
`default_nettype none

module formal_wg_vote #(
    parameter WIDTH = 3
) (
    input wire [WIDTH-1:0] right,
    input wire [WIDTH-1:0] other,
    input wire [1:0]       place
);

    wire [WIDTH-1:0] one   = place == 2'd1 ? other : right;
    wire [WIDTH-1:0] two   = place == 2'd2 ? other : right;
    wire [WIDTH-1:0] three = place == 2'd3 ? other : right;
    wire [WIDTH-1:0] value;
    wire             differs;

    wg_vote #(.WIDTH(WIDTH)) dut (.copies({three, two, one}), .value(value), .differs(differs));

    always @* begin
        assert (value == right);
        assert (differs == (place != 2'd0 && other != right));
    end

endmodule

`default_nettype wire
