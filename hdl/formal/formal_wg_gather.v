// wg_gather: output i is the source that its index names, or zero.
`default_nettype none

module formal_wg_gather #(
    parameter SOURCES     = 3,
    parameter COUNT       = 5,
    parameter WIDTH       = 2,
    parameter INDEX_WIDTH = 2,
    parameter [COUNT*INDEX_WIDTH-1:0] INDICES = 10'b10_11_00_10_01
) (
    input wire [SOURCES*WIDTH-1:0] data
);

    wire [COUNT*WIDTH-1:0] gathered;

    wg_gather #(
        .SOURCES(SOURCES), .COUNT(COUNT), .WIDTH(WIDTH), .INDEX_WIDTH(INDEX_WIDTH), .INDICES(INDICES)
    ) dut (.data(data), .gathered(gathered));

    genvar i;
    generate
        for (i = 0; i < COUNT; i = i + 1) begin : g_element
            localparam [INDEX_WIDTH-1:0] INDEX = INDICES >> (i*INDEX_WIDTH);
            wire [WIDTH-1:0] expected = INDEX < SOURCES ? data >> (INDEX*WIDTH) : {WIDTH{1'b0}};
            always @*
                assert (gathered[i*WIDTH +: WIDTH] == expected);
        end
    endgenerate

endmodule

`default_nettype wire
