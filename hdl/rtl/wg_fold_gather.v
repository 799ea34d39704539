// Copies elements by a table of addresses, one a cycle: permute, pad, upsample, concatenate.
//
// Latency: 4 cycles from an element's turn. Throughput: COUNT + 1 cycles a frame. A frame begins when all sources
// hold one; stalls for room.
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
//   in_available   every source is there
//   rd_offset      one address for all sources; rd_data: element of source k at index k
//   rd_free        the frames are no longer needed
//   table_*        ROM of {source number, address}, one cycle of latency
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
    input  wire                                in_available,
    output wire                                rd_free,
    output wire [ADDRESS_BITS-1:0]             rd_offset,
    input  wire [SOURCES*WIDTH-1:0]            rd_data,
    output wire [TABLE_BITS-1:0]               table_address,
    input  wire [SELECT_BITS+ADDRESS_BITS-1:0] table_data,
    input  wire                                out_room,
    output wire                                out_take,
    output wire                                out_valid,
    output wire [WIDTH-1:0]                    out_data,
    output wire                                out_last
);

    // ---- Declarations ---------------------------------------------------------------------
    reg                   valid_1_reg, valid_2_reg, valid_3_reg, valid_4_reg;
    reg                   last_1_reg, last_2_reg, last_3_reg, last_4_reg;
    reg [SELECT_BITS-1:0] select_2_reg, select_3_reg;
    reg [WIDTH-1:0]       element, element_reg;
    wire                  unused_first, last;

    // ---- Datapath -------------------------------------------------------------------------
    integer k;
    always @* begin
        element = {WIDTH{1'b0}};
        /* verilator unroll_disable */
        for (k = 0; k < SOURCES; k = k + 1)
            if (select_3_reg == k[SELECT_BITS-1:0])
                element = rd_data[k*WIDTH +: WIDTH];
    end

    // ---- Control --------------------------------------------------------------------------
    // In the cycle after the last element its frames are still there, and no longer of use.
    wire step = !rst && in_available && out_room && !(valid_1_reg && last_1_reg);

    wg_loop #(.COUNT(COUNT), .BITS(TABLE_BITS)) element_number (
        .clk(clk), .rst(rst), .step(step), .at(table_address), .first(unused_first), .last(last));

    assign out_take  = step;
    assign rd_offset = table_data[ADDRESS_BITS-1:0];
    assign rd_free   = valid_1_reg && last_1_reg;
    assign out_valid = valid_4_reg;
    assign out_data  = element_reg;
    assign out_last  = valid_4_reg && last_4_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        valid_1_reg  <= step;
        last_1_reg   <= last;
        valid_2_reg  <= valid_1_reg && !rst;
        last_2_reg   <= last_1_reg;
        select_2_reg <= table_data[SELECT_BITS+ADDRESS_BITS-1:ADDRESS_BITS];
        valid_3_reg  <= valid_2_reg && !rst;
        last_3_reg   <= last_2_reg;
        select_3_reg <= select_2_reg;
        valid_4_reg  <= valid_3_reg && !rst;
        last_4_reg   <= last_3_reg;
        element_reg  <= element;
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
