// wg_uart_rx: each byte on the line is told once, in the middle of its stop bit; nothing else is.
`default_nettype none

module formal_wg_uart_rx #(
    parameter CLOCKS_PER_BIT = 8
) (
    input wire       clk,
    input wire       rst,
    input wire [7:0] data,
    input wire       begins
);

    // Two cycles of synchronisation and one to see the start bit, then nine bits and a half.
    localparam TOLD = 3 + CLOCKS_PER_BIT / 2 + 9*CLOCKS_PER_BIT;

    // What is on the line: cycles since the start bit began.
    reg  [7:0] cycle_reg;
    reg  [9:0] frame_reg;
    reg        busy_reg;
    wire       ends = cycle_reg == 10*CLOCKS_PER_BIT - 1;
    wire       line = !busy_reg || frame_reg[cycle_reg / CLOCKS_PER_BIT];
    wire       arrives;
    wire [7:0] arrived;

    wg_uart_rx #(.CLOCKS_PER_BIT(CLOCKS_PER_BIT)) dut (
        .clk(clk), .rst(rst), .rx(line), .data(arrived), .valid(arrives));

    formal_reset start (.clk(clk), .rst(rst));

    always @(posedge clk)
        if (rst) begin
            busy_reg  <= 1'b0;
            cycle_reg <= 8'd0;
        end else if ((!busy_reg || ends) && begins) begin
            busy_reg  <= 1'b1;
            frame_reg <= {1'b1, data, 1'b0};
            cycle_reg <= 8'd0;
        end else begin
            busy_reg  <= busy_reg && !ends;
            cycle_reg <= busy_reg && !ends ? cycle_reg + 8'd1 : 8'd0;
        end

    always @*
        if (!rst) begin
            assert (arrives == (busy_reg && cycle_reg == TOLD));
            if (arrives)
                assert (arrived == frame_reg[8:1]);
        end

endmodule

`default_nettype wire
