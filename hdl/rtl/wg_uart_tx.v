// Sends bytes over a serial line: 8 data bits, low bit first, no parity, one stop bit.
//
// Latency: the start bit begins in the cycle after the byte is taken. Throughput: a byte each 10 * CLOCKS_PER_BIT
// cycles. Stalls: `ready` is low while a byte is on its way.
//
// Parameters
//   CLOCKS_PER_BIT   clock cycles of a bit, 2 or more
//
// Ports
//   data, valid, ready   a byte is taken where both are high
//   tx                   the line, high when idle
`default_nettype none

module wg_uart_tx #(
    parameter CLOCKS_PER_BIT = 104
) (
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] data,
    input  wire       valid,
    output wire       ready,
    output wire       tx
);

    // ---- Local constants ------------------------------------------------------------------
    localparam COUNT_WIDTH = $clog2(CLOCKS_PER_BIT);
    localparam [31:0] WHOLE = CLOCKS_PER_BIT - 1;

    // ---- Declarations ---------------------------------------------------------------------
    reg [COUNT_WIDTH-1:0] count_reg;
    reg [3:0]             bits_reg;
    reg [8:0]             rest_reg;
    reg                   tx_reg;

    // ---- Control --------------------------------------------------------------------------
    wire busy = bits_reg != 4'd0;
    wire next = count_reg == {COUNT_WIDTH{1'b0}};

    assign ready = !busy;
    assign tx    = tx_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (rst) begin
            bits_reg <= 4'd0;
            tx_reg   <= 1'b1;
        end else if (!busy) begin
            bits_reg <= valid ? 4'd10 : 4'd0;
            tx_reg   <= !valid;
        end else if (next) begin
            bits_reg <= bits_reg - 4'd1;
            tx_reg   <= rest_reg[0];
        end
        count_reg <= !busy || next ? WHOLE[COUNT_WIDTH-1:0] : count_reg - 1'b1;
        if (!busy)
            rest_reg <= {1'b1, data};
        else if (next)
            rest_reg <= {1'b1, rest_reg[8:1]};
    end

    // ---- Checks ---------------------------------------------------------------------------
    // A counter counts something.
    generate
        if (CLOCKS_PER_BIT < 2) begin : g_illegal_clocks
            wg_uart_tx_CLOCKS_PER_BIT_must_be_2_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
