// Words of a buffer as the neurons' adders want them: padding is zero, no element is negative, and the bits stand by their
// significance: the lowest bits of all elements, then the next ones, and so on; or one bit of each element, the one of the
// present plane.
//
// Latency: 0. Inverting the sign bit adds 2**(IN_WIDTH - 1) to a signed element, which the layer's levels take back.
//
// Parameters
//   SIMD, IN_WIDTH   elements of a word and their bits; IN_SIGNED: they are two's complement
//   PLANES           1: whole elements; IN_WIDTH: one bit of each, plane 0 the most significant
`default_nettype none

module wg_fold_taps #(
    parameter SIMD       = 1,
    parameter IN_WIDTH   = 1,
    parameter IN_SIGNED  = 0,
    parameter PLANES     = 1,
    parameter PLANE_BITS = 1
) (
    input  wire [SIMD*IN_WIDTH-1:0]        data,
    input  wire                            inside_map,
    input  wire [PLANE_BITS-1:0]           plane,
    output wire [SIMD*IN_WIDTH/PLANES-1:0] taps
);

    localparam [IN_WIDTH-1:0] ONE = 1, FLIP = IN_SIGNED != 0 ? ONE << (IN_WIDTH - 1) : {IN_WIDTH{1'b0}};

    genvar i, b;
    generate
        for (i = 0; i < SIMD; i = i + 1) begin : g_element
            wire [IN_WIDTH-1:0] element = (data[i*IN_WIDTH +: IN_WIDTH] & {IN_WIDTH{inside_map}}) ^ FLIP;
            if (PLANES == 1) begin : g_whole
                for (b = 0; b < IN_WIDTH; b = b + 1) begin : g_bit
                    assign taps[b*SIMD + i] = element[b];
                end
            end else begin : g_plane
                // The most significant bit is plane 0: the bits in reverse, so that the plane's number selects its bit.
                wire [IN_WIDTH-1:0] turned;
                for (b = 0; b < IN_WIDTH; b = b + 1) begin : g_bit
                    assign turned[b] = element[IN_WIDTH-1-b];
                end
                assign taps[i] = turned[plane];
            end
        end
        if (PLANES == 1) begin : g_no_plane
            wire unused = &{1'b0, plane};
        end
        if (PLANES != 1 && PLANES != IN_WIDTH) begin : g_illegal_planes
            wg_fold_taps_PLANES_must_be_1_or_IN_WIDTH stop();
        end
    endgenerate

endmodule

`default_nettype wire
