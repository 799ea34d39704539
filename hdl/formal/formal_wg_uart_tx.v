// wg_uart_tx: the line shows start bit, data from the low bit, stop bit, CLOCKS_PER_BIT cycles each, and idles high.
`default_nettype none

module formal_wg_uart_tx #(
    parameter CLOCKS_PER_BIT = 3
) (
    input wire       clk,
    input wire       rst,
    input wire [7:0] data,
    input wire       valid
);

    wire ready, tx;

    wg_uart_tx #(.CLOCKS_PER_BIT(CLOCKS_PER_BIT)) dut (
        .clk(clk), .rst(rst), .data(data), .valid(valid), .ready(ready), .tx(tx));

    formal_reset start (.clk(clk), .rst(rst));

    // Cycles since the byte was taken.
    reg [7:0] cycle_reg;
    reg [9:0] frame_reg;
    reg       busy_reg, started_reg;
    wire      ends = cycle_reg == 10*CLOCKS_PER_BIT - 1;
    initial started_reg = 1'b0;
    always @(posedge clk) begin
        started_reg <= 1'b1;
        if (rst)
            busy_reg <= 1'b0;
        else if (valid && ready) begin
            busy_reg  <= 1'b1;
            frame_reg <= {1'b1, data, 1'b0};
            cycle_reg <= 8'd0;
        end else begin
            busy_reg  <= busy_reg && !ends;
            cycle_reg <= cycle_reg + 8'd1;
        end
    end
    always @*
        if (started_reg) begin
            assert (ready == !busy_reg);
            assert (tx == (!busy_reg || frame_reg[cycle_reg / CLOCKS_PER_BIT]));
        end

endmodule

`default_nettype wire
