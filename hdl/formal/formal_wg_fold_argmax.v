// wg_fold_argmax: the lowest index among the largest words of each frame, one beat a frame, in order.
`default_nettype none

module formal_wg_fold_argmax #(
    parameter COUNT        = 3,
    parameter WIDTH        = 2,
    parameter SIGNED       = 1,
    parameter BUS_WIDTH    = 2,
    parameter ADDRESS_BITS = 2
) (
    input wire clk,
    input wire rst,
    input wire m_axis_tready
);

    wire                    in_full, in_release, m_axis_tvalid, m_axis_tlast;
    wire [ADDRESS_BITS-1:0] rd_address;
    wire [WIDTH-1:0]        rd_data;
    wire [BUS_WIDTH-1:0]    m_axis_tdata;
    wire [COUNT*WIDTH-1:0]  oldest;

    wg_fold_argmax #(
        .COUNT(COUNT), .WIDTH(WIDTH), .SIGNED(SIGNED), .BUS_WIDTH(BUS_WIDTH), .ADDRESS_BITS(ADDRESS_BITS)
    ) dut (
        .clk(clk), .rst(rst), .in_full(in_full), .in_release(in_release), .rd_address(rd_address), .rd_data(rd_data),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast));

    formal_reset start (.clk(clk), .rst(rst));
    formal_frames #(.WORDS(COUNT), .WIDTH(WIDTH), .ADDRESS_BITS(ADDRESS_BITS)) frames (
        .clk(clk), .rst(rst), .full(in_full), .free_now(in_release), .enable(1'b1), .address(rd_address),
        .data(rd_data), .oldest(oldest));
    formal_hold #(.WIDTH(BUS_WIDTH + 1)) hold (
        .clk(clk), .rst(rst), .valid(m_axis_tvalid), .ready(m_axis_tready), .item({m_axis_tlast, m_axis_tdata}));

    // The beat's index is one that no earlier word reaches and no later word exceeds.
    genvar i;
    generate
        for (i = 0; i < COUNT; i = i + 1) begin : g_word
            wire [WIDTH-1:0] word = oldest[i*WIDTH +: WIDTH];
            wire [WIDTH-1:0] best = oldest[m_axis_tdata*WIDTH +: WIDTH];
            wire             more = SIGNED != 0 ? $signed(best) > $signed(word) : best > word;
            always @*
                if (!rst && m_axis_tvalid)
                    assert (i < m_axis_tdata ? more : more || best == word);
        end
    endgenerate

    reg [7:0] waited_reg;
    always @(posedge clk)
        waited_reg <= rst || !in_full || m_axis_tvalid ? 8'd0 : waited_reg + 8'd1;
    always @*
        if (!rst) begin
            assert (!m_axis_tvalid || m_axis_tdata < COUNT);
            assert (m_axis_tlast);
            assert (in_release == (m_axis_tvalid && m_axis_tready));
            assert (waited_reg <= COUNT + 2);
        end

endmodule

`default_nettype wire
