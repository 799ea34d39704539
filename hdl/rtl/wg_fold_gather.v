// Copies elements by a table of addresses, one a cycle: permute, pad, upsample, concatenate.
//
// Latency = interval: COUNT + 4 cycles a frame. Never stalls inside a frame; a frame begins when all
// sources are there and the reader has a free bank.
//
// Parameters
//   SOURCES        frames that are read
//   COUNT          elements that go out
//   WIDTH          bits of an element
//   ADDRESS_BITS   bits of an element's address
//   SELECT_BITS    bits of a source number; SOURCES itself stands for zero
//   TABLE_BITS     bits of the table's address
//
// Ports
//   in_full      every source is there
//   rd_address   one address for all sources; rd_data: element of source k at index k
//   table_*      ROM of {source number, address}, one cycle of latency
`default_nettype none

module wg_fold_gather #(
    parameter SOURCES      = 1,
    parameter COUNT        = 1,
    parameter WIDTH        = 1,
    parameter ADDRESS_BITS = 1,
    parameter SELECT_BITS  = 1,
    parameter TABLE_BITS   = 1
) (
    input  wire                                clk,
    input  wire                                rst,
    input  wire                                in_full,
    output wire                                in_release,
    output wire [ADDRESS_BITS-1:0]             rd_address,
    input  wire [SOURCES*WIDTH-1:0]            rd_data,
    output wire [TABLE_BITS-1:0]               table_address,
    input  wire [SELECT_BITS+ADDRESS_BITS-1:0] table_data,
    input  wire                                out_free,
    output wire                                out_valid,
    output wire [WIDTH-1:0]                    out_data,
    output wire                                out_last
);

    // ---- Local constants ------------------------------------------------------------------
    localparam [31:0] LAST = COUNT - 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg                   busy_reg, walk_reg;
    reg [TABLE_BITS-1:0]  at_reg;
    reg                   table_valid_reg, table_last_reg, read_valid_reg, read_last_reg, result_valid_reg, result_last_reg;
    reg [SELECT_BITS-1:0] select_reg;
    reg [WIDTH-1:0]       element, element_reg;

    // ---- Datapath -------------------------------------------------------------------------
    integer k;
    always @* begin
        element = {WIDTH{1'b0}};
        /* verilator unroll_disable */
        for (k = 0; k < SOURCES; k = k + 1)
            if (select_reg == k[SELECT_BITS-1:0])
                element = rd_data[k*WIDTH +: WIDTH];
    end

    // ---- Control --------------------------------------------------------------------------
    wire start    = !busy_reg && in_full && out_free;
    wire end_walk = at_reg == LAST[TABLE_BITS-1:0];

    assign table_address = at_reg;
    assign rd_address    = table_data[ADDRESS_BITS-1:0];
    assign out_valid     = result_valid_reg;
    assign out_data      = element_reg;
    assign out_last      = result_valid_reg && result_last_reg;
    assign in_release    = out_last;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        table_last_reg  <= end_walk;
        read_last_reg   <= table_last_reg;
        result_last_reg <= read_last_reg;
        select_reg      <= table_data[SELECT_BITS+ADDRESS_BITS-1:ADDRESS_BITS];
        element_reg     <= element;
        if (rst || start)
            at_reg <= {TABLE_BITS{1'b0}};
        else if (walk_reg)
            at_reg <= at_reg + 1'b1;
        if (rst) begin
            busy_reg         <= 1'b0;
            walk_reg         <= 1'b0;
            table_valid_reg  <= 1'b0;
            read_valid_reg   <= 1'b0;
            result_valid_reg <= 1'b0;
        end else begin
            busy_reg         <= start || (busy_reg && !out_last);
            walk_reg         <= start || (walk_reg && !end_walk);
            table_valid_reg  <= walk_reg;
            read_valid_reg   <= table_valid_reg;
            result_valid_reg <= read_valid_reg;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    // The number that stands for zero fits.
    generate
        if (SOURCES >= (1 << SELECT_BITS)) begin : g_illegal_select
            wg_fold_gather_SELECT_BITS_must_hold_SOURCES stop();
        end
    endgenerate

endmodule

`default_nettype wire
