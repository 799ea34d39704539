// Reset after power-up, for boards without a reset pin: high for the first 16 cycles.
//
// Relies on registers that begin at their initial value, as in every FPGA with a configuration memory.
`default_nettype none

module wg_power_on (
    input  wire clk,
    output wire rst
);

    // ---- Declarations ---------------------------------------------------------------------
    reg [4:0] count_reg;
    initial count_reg = 5'd0;

    // ---- Control --------------------------------------------------------------------------
    assign rst = !count_reg[4];

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk)
        if (rst)
            count_reg <= count_reg + 5'd1;

endmodule

`default_nettype wire
