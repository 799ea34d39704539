// wg_fold_send: the words of each frame, in order, tlast on the last, and the frame is released with it.
`default_nettype none

module formal_wg_fold_send #(
    parameter BEATS        = 3,
    parameter WIDTH        = 2,
    parameter SIGNED       = 1,
    parameter BUS_WIDTH    = 3,
    parameter ADDRESS_BITS = 2
) (
    input wire clk,
    input wire rst,
    input wire m_axis_tready
);

    wire                    in_full, in_release, rd_enable, m_axis_tvalid, m_axis_tlast;
    wire [ADDRESS_BITS-1:0] rd_address;
    wire [WIDTH-1:0]        rd_data;
    wire [BUS_WIDTH-1:0]    m_axis_tdata;
    wire [BEATS*WIDTH-1:0]  oldest;

    wg_fold_send #(
        .BEATS(BEATS), .WIDTH(WIDTH), .SIGNED(SIGNED), .BUS_WIDTH(BUS_WIDTH), .ADDRESS_BITS(ADDRESS_BITS)
    ) dut (
        .clk(clk), .rst(rst), .in_full(in_full), .in_release(in_release), .rd_enable(rd_enable),
        .rd_address(rd_address), .rd_data(rd_data), .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid),
        .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast));

    formal_reset start (.clk(clk), .rst(rst));
    formal_frames #(.WORDS(BEATS), .WIDTH(WIDTH), .ADDRESS_BITS(ADDRESS_BITS)) frames (
        .clk(clk), .rst(rst), .full(in_full), .free_now(in_release), .enable(rd_enable), .address(rd_address),
        .data(rd_data), .oldest(oldest));
    formal_hold #(.WIDTH(BUS_WIDTH + 1)) hold (
        .clk(clk), .rst(rst), .valid(m_axis_tvalid), .ready(m_axis_tready), .item({m_axis_tlast, m_axis_tdata}));

    // Beats of the oldest frame that are out, and cycles without an offer though a frame is there.
    reg  [7:0]       sent_reg, waited_reg;
    wire             beat = m_axis_tvalid && m_axis_tready;
    wire [WIDTH-1:0] word = oldest[sent_reg*WIDTH +: WIDTH];
    always @(posedge clk) begin
        sent_reg   <= rst || in_release ? 8'd0 : sent_reg + {7'd0, beat};
        waited_reg <= rst || !in_full || m_axis_tvalid ? 8'd0 : waited_reg + 8'd1;
    end
    always @*
        if (!rst) begin
            assert (!m_axis_tvalid || m_axis_tdata == {{(BUS_WIDTH-WIDTH){SIGNED != 0 && word[WIDTH-1]}}, word});
            assert (!m_axis_tvalid || m_axis_tlast == (sent_reg == BEATS - 1));
            assert (in_release == (beat && m_axis_tlast));
            // One interval is BEATS + 2 cycles: a frame waits for two before its first beat.
            assert (waited_reg <= 2);
        end

endmodule

`default_nettype wire
