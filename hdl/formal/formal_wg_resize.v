// wg_resize: each element keeps its value.
`default_nettype none

module formal_wg_resize #(
    parameter COUNT     = 3,
    parameter IN_WIDTH  = 3,
    parameter OUT_WIDTH = 5,
    parameter SIGNED    = 1
) (
    input wire [COUNT*IN_WIDTH-1:0] data
);

    wire [COUNT*OUT_WIDTH-1:0] widened;

    wg_resize #(.COUNT(COUNT), .IN_WIDTH(IN_WIDTH), .OUT_WIDTH(OUT_WIDTH), .SIGNED(SIGNED)) dut (
        .data(data), .widened(widened));

    genvar i;
    generate
        for (i = 0; i < COUNT; i = i + 1) begin : g_element
            wire [IN_WIDTH-1:0]  before = data[i*IN_WIDTH +: IN_WIDTH];
            wire [OUT_WIDTH-1:0] after  = widened[i*OUT_WIDTH +: OUT_WIDTH];
            always @*
                if (SIGNED != 0)
                    assert ($signed(after) == $signed(before));
                else
                    assert (after == before);
        end
    endgenerate

endmodule

`default_nettype wire
