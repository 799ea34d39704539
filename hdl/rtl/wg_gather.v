// Picks elements by a constant table of indices: wiring only.
//
// Latency: 0. No logic after synthesis.
//
// Parameters
//   SOURCES       elements that come in
//   COUNT         elements that go out
//   WIDTH         bits of an element
//   INDEX_WIDTH   bits of an index
//   INDICES       index of output element i at bit i * INDEX_WIDTH; SOURCES or more gives zero
`default_nettype none

module wg_gather #(
    parameter SOURCES     = 1,
    parameter COUNT       = 1,
    parameter WIDTH       = 1,
    parameter INDEX_WIDTH = 1,
    parameter [COUNT*INDEX_WIDTH-1:0] INDICES = 0
) (
    input  wire [SOURCES*WIDTH-1:0] data,
    output reg  [COUNT*WIDTH-1:0]   gathered
);

    // ---- Datapath -------------------------------------------------------------------------
    integer i, index;
    always @* begin
        gathered = 0;
        index    = 0;
        /* verilator unroll_disable */
        for (i = 0; i < COUNT; i = i + 1) begin
            index = 0;
            index[INDEX_WIDTH-1:0] = INDICES[i*INDEX_WIDTH +: INDEX_WIDTH];
            if (index < SOURCES)
                gathered[i*WIDTH +: WIDTH] = data[index*WIDTH +: WIDTH];
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // An index is an ordinary integer.
    generate
        if (INDEX_WIDTH < 1 || INDEX_WIDTH > 31) begin : g_illegal_index
            wg_gather_INDEX_WIDTH_must_be_1_to_31 stop();
        end
    endgenerate

endmodule

`default_nettype wire
