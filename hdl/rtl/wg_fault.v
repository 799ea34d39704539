// Marks the frames of a network in which a bit has flipped.
//
// Latency: a cycle. What is noticed before the eighth cycle after reset is ignored: the network's registers hold what they
// had when the power came.
//
// Parameters
//   FAULTS, CORRECTIONS   number of those who notice
//
// Ports
//   faults           a flip that could not be corrected; corrections: one that was
//   frame_in         a whole frame is in; frame_out: the last beat of a result is out
//   err_fault        results may be wrong: from a fault until the results of all frames that were in at that time are out
//   err_corrected    something has been corrected since reset; results are right
`default_nettype none

module wg_fault #(
    parameter FAULTS      = 1,
    parameter CORRECTIONS = 1
) (
    input  wire                   clk,
    input  wire                   rst,
    input  wire [FAULTS-1:0]      faults,
    input  wire [CORRECTIONS-1:0] corrections,
    input  wire                   frame_in,
    input  wire                   frame_out,
    output wire                   err_fault,
    output wire                   err_corrected
);

    // ---- Declarations ---------------------------------------------------------------------
    reg  [7:0]  awake_reg;
    reg         fault_reg, corrected_reg;
    reg  [15:0] inside_reg, marked_reg;
    wire [15:0] inside_next = inside_reg + {15'd0, frame_in} - {15'd0, frame_out};

    // ---- Control --------------------------------------------------------------------------
    assign err_fault     = fault_reg || marked_reg != 16'd0;
    assign err_corrected = corrected_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk)
        if (rst) begin
            awake_reg     <= 8'd0;
            fault_reg     <= 1'b0;
            corrected_reg <= 1'b0;
            inside_reg    <= 16'd0;
            marked_reg    <= 16'd0;
        end else begin
            awake_reg  <= {awake_reg[6:0], 1'b1};
            fault_reg  <= 1'b0;
            inside_reg <= inside_next;
            if (frame_out && marked_reg != 16'd0)
                marked_reg <= marked_reg - 16'd1;
            // In this form an unknown bit, of a simulation that knows such, counts as none.
            if (awake_reg[7] && |faults) begin
                fault_reg  <= 1'b1;
                marked_reg <= inside_next;
            end
            if (awake_reg[7] && |corrections)
                corrected_reg <= 1'b1;
        end

endmodule

`default_nettype wire
