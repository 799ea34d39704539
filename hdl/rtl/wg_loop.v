// Counts the turns of a loop: to COUNT and begins again; COUNT = 1 costs nothing.
//
// Latency: `first` and `last` tell about the present count. Throughput: one step a cycle. Stalls with `step` low.
//
// Parameters
//   COUNT         1 or more
//   BITS          width of `at`, enough for COUNT - 1
`default_nettype none

module wg_loop #(
    parameter COUNT = 1,
    parameter BITS  = 1
) (
    input  wire            clk,
    input  wire            rst,
    input  wire            step,
    output wire [BITS-1:0] at,
    output wire            first,
    output wire            last
);

    generate
        if (COUNT == 1) begin : g_one
            wire unused = &{1'b0, clk, rst, step};
            assign at    = {BITS{1'b0}};
            assign first = 1'b1;
            assign last  = 1'b1;
        end else begin : g_many
            localparam [31:0] LAST = COUNT - 1;
            reg [BITS-1:0] at_reg;
            assign at    = at_reg;
            assign first = at_reg == {BITS{1'b0}};
            assign last  = at_reg == LAST[BITS-1:0];
            always @(posedge clk)
                if (rst || (step && last))
                    at_reg <= {BITS{1'b0}};
                else if (step)
                    at_reg <= at_reg + 1'b1;
        end
        // Every count has a number.
        if (COUNT > 1 && BITS < $clog2(COUNT)) begin : g_illegal_bits
            wg_loop_BITS_must_hold_COUNT_numbers stop();
        end
    endgenerate

endmodule

`default_nettype wire
