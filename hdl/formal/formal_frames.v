// Frame buffer as a reader sees it: frames of any contents, there at any time; two neighbours may differ.
`default_nettype none

module formal_frames #(
    parameter WORDS        = 2,
    parameter WIDTH        = 1,
    parameter ADDRESS_BITS = 1
) (
    input  wire                    clk,
    input  wire                    rst,
    output wire                    full,
    input  wire                    free_now,
    input  wire                    enable,
    input  wire [ADDRESS_BITS-1:0] address,
    output reg  [WIDTH-1:0]        data,
    output wire [WORDS*WIDTH-1:0]  oldest
);

    (* anyconst *) wire [WORDS*WIDTH-1:0] even;
    (* anyconst *) wire [WORDS*WIDTH-1:0] odd;
    (* anyseq *)   wire                   arrives;
    (* anyseq *)   wire [WIDTH-1:0]       noise;
    reg                                   odd_reg, full_reg;

    assign full   = full_reg;
    assign oldest = odd_reg ? odd : even;
    always @(posedge clk) begin
        full_reg <= !rst && ((full_reg && !free_now) || arrives);
        odd_reg  <= !rst && (odd_reg ^ free_now);
        if (enable)
            data <= address < WORDS ? oldest[address*WIDTH +: WIDTH] : noise;
    end

    // Only a frame that is there is released.
    always @*
        if (!rst)
            assert (full_reg || !free_now);

endmodule

`default_nettype wire
