// Receives bytes from a serial line: 8 data bits, low bit first, no parity, one stop bit.
//
// Latency: `valid` is high for one cycle in the middle of the stop bit. A byte whose stop bit is not high is dropped.
// Never waits: who reads has a byte's time, ten bits, to take it.
//
// Parameters
//   CLOCKS_PER_BIT   clock cycles of a bit, 4 or more; the sender may be off by 3 % where it is 16 or more
//
// Ports
//   rx             the line, high when idle; not synchronous to clk
//   data, valid    a byte
`default_nettype none

module wg_uart_rx #(
    parameter CLOCKS_PER_BIT = 104
) (
    input  wire       clk,
    input  wire       rst,
    input  wire       rx,
    output wire [7:0] data,
    output wire       valid
);

    // ---- Local constants ------------------------------------------------------------------
    localparam COUNT_WIDTH = $clog2(CLOCKS_PER_BIT);
    localparam [31:0] WHOLE = CLOCKS_PER_BIT - 1;
    localparam [31:0] HALF  = CLOCKS_PER_BIT / 2 - 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg                   meta_reg, line_reg, before_reg, busy_reg, valid_reg;
    reg [COUNT_WIDTH-1:0] count_reg;
    reg [3:0]             bit_reg;
    reg [7:0]             data_reg;

    // ---- Control --------------------------------------------------------------------------
    // A start bit is an edge: what is left of a low stop bit is none.
    // Bit 0 is the start bit, 1 to 8 are data, 9 is the stop bit; each is looked at in its middle.
    wire look = busy_reg && count_reg == {COUNT_WIDTH{1'b0}};
    wire quit = look && (bit_reg == 4'd9 || (bit_reg == 4'd0 && line_reg));

    assign data  = data_reg;
    assign valid = valid_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        // Two registers, so that a late edge does not reach the logic half-way.
        meta_reg   <= rst || rx;
        line_reg   <= rst || meta_reg;
        before_reg <= rst || line_reg;
        if (rst) begin
            busy_reg  <= 1'b0;
            valid_reg <= 1'b0;
        end else begin
            busy_reg  <= busy_reg ? !quit : before_reg && !line_reg;
            valid_reg <= look && bit_reg == 4'd9 && line_reg;
        end
        if (!busy_reg) begin
            count_reg <= HALF[COUNT_WIDTH-1:0];
            bit_reg   <= 4'd0;
        end else if (look) begin
            count_reg <= WHOLE[COUNT_WIDTH-1:0];
            bit_reg   <= bit_reg + 4'd1;
        end else
            count_reg <= count_reg - 1'b1;
        if (look && bit_reg != 4'd9)
            data_reg <= {line_reg, data_reg[7:1]};
    end

    // ---- Checks ---------------------------------------------------------------------------
    // A bit has a middle.
    generate
        if (CLOCKS_PER_BIT < 4) begin : g_illegal_clocks
            wg_uart_rx_CLOCKS_PER_BIT_must_be_4_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
