// Plain statement of the frame rule: counts the beats of a frame, and says at its tlast whether it is a right one.
//
// The beats that belong to a right frame so far stand in `frame`, the first in the low bits.
`default_nettype none

module formal_beats #(
    parameter BUS_WIDTH = 1,
    parameter BEATS     = 2
) (
    input  wire                       clk,
    input  wire                       rst,
    input  wire                       beat,
    input  wire [BUS_WIDTH-1:0]       data,
    input  wire                       last,
    output wire [7:0]                 number,
    output reg  [BEATS*BUS_WIDTH-1:0] frame,
    output wire                       right,
    output wire                       wrong,
    output reg  [31:0]                wrong_frames
);

    // Beats of the frame before this one; more than BEATS count as one too many.
    reg [7:0]                 count_reg;
    reg [BEATS*BUS_WIDTH-1:0] earlier_reg;

    assign number = count_reg;
    assign right  = beat && last && count_reg + 1 == BEATS;
    assign wrong  = beat && last && count_reg + 1 != BEATS;
    always @* begin
        frame = earlier_reg;
        if (count_reg < BEATS)
            frame[count_reg*BUS_WIDTH +: BUS_WIDTH] = data;
    end

    always @(posedge clk)
        if (rst) begin
            count_reg    <= 8'd0;
            wrong_frames <= 32'd0;
        end else if (beat) begin
            count_reg    <= last ? 8'd0 : count_reg < BEATS + 1 ? count_reg + 8'd1 : count_reg;
            earlier_reg  <= frame;
            wrong_frames <= wrong_frames + {31'd0, wrong};
        end

endmodule

`default_nettype wire
