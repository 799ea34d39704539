// wg_transpose: element (b, r, c) goes to (b, c, r).
`default_nettype none

module formal_wg_transpose #(
    parameter BLOCKS  = 2,
    parameter ROWS    = 3,
    parameter COLUMNS = 2,
    parameter WIDTH   = 2
) (
    input wire [BLOCKS*ROWS*COLUMNS*WIDTH-1:0] data
);

    wire [BLOCKS*ROWS*COLUMNS*WIDTH-1:0] transposed;

    wg_transpose #(.BLOCKS(BLOCKS), .ROWS(ROWS), .COLUMNS(COLUMNS), .WIDTH(WIDTH)) dut (
        .data(data), .transposed(transposed));

    genvar i;
    generate
        for (i = 0; i < BLOCKS*ROWS*COLUMNS; i = i + 1) begin : g_element
            localparam BLOCK = i / (ROWS*COLUMNS), ROW = i / COLUMNS % ROWS, COLUMN = i % COLUMNS;
            localparam TO = BLOCK*ROWS*COLUMNS + COLUMN*ROWS + ROW;
            always @*
                assert (transposed[TO*WIDTH +: WIDTH] == data[i*WIDTH +: WIDTH]);
        end
    endgenerate

endmodule

`default_nettype wire
