// wg_count: the number of ones, in every lane.
`default_nettype none

module formal_wg_count #(
    parameter INPUTS = 7,
    parameter LANES  = 1
) (
    input wire [INPUTS*LANES-1:0] bits
);

    localparam OUTPUTS = INPUTS > 3 ? 3 : 2;

    wire [OUTPUTS*LANES-1:0] number;

    wg_count #(.INPUTS(INPUTS), .LANES(LANES)) dut (.bits(bits), .number(number));

    genvar lane;
    generate
        for (lane = 0; lane < LANES; lane = lane + 1) begin : g_lane
            integer     i;
            reg   [2:0] ones, found;
            always @* begin
                ones  = 3'd0;
                found = 3'd0;
                for (i = 0; i < INPUTS; i = i + 1)
                    ones = ones + {2'd0, bits[i*LANES + lane]};
                for (i = 0; i < OUTPUTS; i = i + 1)
                    found[i] = number[i*LANES + lane];
                assert (found == ones);
            end
        end
    endgenerate

endmodule

`default_nettype wire
