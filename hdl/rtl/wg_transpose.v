// Swaps rows and columns of BLOCKS matrices of elements: wiring only.
//
// Latency: 0. No logic after synthesis.
//
// Parameters
//   BLOCKS          matrices, one after the other
//   ROWS, COLUMNS   size of each matrix as it comes in
//   WIDTH           bits of an element
//
// Ports
//   data         element (b, r, c) at index (b * ROWS + r) * COLUMNS + c
//   transposed   element (b, r, c) at index (b * COLUMNS + c) * ROWS + r
`default_nettype none

module wg_transpose #(
    parameter BLOCKS  = 1,
    parameter ROWS    = 1,
    parameter COLUMNS = 1,
    parameter WIDTH   = 1
) (
    input  wire [BLOCKS*ROWS*COLUMNS*WIDTH-1:0] data,
    output reg  [BLOCKS*ROWS*COLUMNS*WIDTH-1:0] transposed
);

    // ---- Datapath -------------------------------------------------------------------------
    integer block, row, column;
    always @* begin
        transposed = 0;
        /* verilator unroll_disable */
        for (block = 0; block < BLOCKS; block = block + 1) begin
            /* verilator unroll_disable */
            for (row = 0; row < ROWS; row = row + 1) begin
                /* verilator unroll_disable */
                for (column = 0; column < COLUMNS; column = column + 1)
                    transposed[((block*COLUMNS + column)*ROWS + row)*WIDTH +: WIDTH] =
                        data[((block*ROWS + row)*COLUMNS + column)*WIDTH +: WIDTH];
            end
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // A matrix has elements.
    generate
        if (BLOCKS < 1 || ROWS < 1 || COLUMNS < 1) begin : g_illegal_size
            wg_transpose_sizes_must_be_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
