// Valid bits of a pipeline that advances as a whole.
//
// Latency: STAGES cycles. Throughput: one item each INTERVAL cycles. Stalls: everything stands still
// while a finished item is not taken; an empty last stage lets the others move on.
//
// Parameters
//   STAGES     pipeline depth, 0 or more
//   INTERVAL   least cycles between two items, 1 or more (ignored with 0 stages); what the reader takes for
//              an item, so that items reach it evenly and not in bursts
//
// Ports
//   in_valid, in_ready     an item enters where both are high
//   out_valid, out_ready   an item leaves where both are high
//   advance                clock enable of every stage of the datapath
`default_nettype none

module wg_pipeline #(
    parameter STAGES   = 1,
    parameter INTERVAL = 1
) (
    input  wire clk,
    input  wire rst,
    input  wire in_valid,
    output wire in_ready,
    output wire out_valid,
    input  wire out_ready,
    output wire advance
);

    // ---- Control --------------------------------------------------------------------------
    assign advance  = !out_valid || out_ready;

    generate
        if (STAGES == 0) begin : g_wire
            assign in_ready  = advance;
            assign out_valid = in_valid;
            wire unused = &{1'b0, clk, rst};
        end else begin : g_stages
            reg  [STAGES-1:0] valid_reg;
            wire              free;
            wire              take       = in_valid && in_ready;
            wire [STAGES:0]   valid_next = {valid_reg, take};

            assign in_ready = advance && free;
            if (INTERVAL == 1) begin : g_each_cycle
                assign free = 1'b1;
            end else begin : g_interval
                localparam                  WAIT_WIDTH = $clog2(INTERVAL);
                localparam [31:0]           WAIT       = INTERVAL - 1;
                localparam [WAIT_WIDTH-1:0] NOTHING    = 0;

                reg [WAIT_WIDTH-1:0] wait_reg;

                assign free = wait_reg == NOTHING;
                always @(posedge clk)
                    if (rst)
                        wait_reg <= NOTHING;
                    else if (take)
                        wait_reg <= WAIT[WAIT_WIDTH-1:0];
                    else if (!free)
                        wait_reg <= wait_reg - 1'b1;
            end

            assign out_valid = valid_reg[STAGES-1];
            always @(posedge clk)
                if (rst)
                    valid_reg <= {STAGES{1'b0}};
                else if (advance)
                    valid_reg <= valid_next[STAGES-1:0];
            wire unused = valid_next[STAGES];
        end
    endgenerate

    // ---- Checks ---------------------------------------------------------------------------
    // A depth is not negative, an interval is at least a cycle.
    generate
        if (STAGES < 0 || INTERVAL < 1) begin : g_illegal_stages
            wg_pipeline_STAGES_must_be_0_or_more_and_INTERVAL_1_or_more stop();
        end
    endgenerate

endmodule

`default_nettype wire
