// wg_fold_argmax: the lowest index among the largest words of each frame, one beat a frame, in order.
`default_nettype none

module formal_wg_fold_argmax #(
    parameter COUNT     = 3,
    parameter WIDTH     = 2,
    parameter SIGNED    = 1,
    parameter BUS_WIDTH = 2
) (
    input wire             clk,
    input wire             rst,
    input wire             m_axis_tready,
    input wire             in_available,
    input wire [WIDTH-1:0] word
);

    wire                 rd_next, m_axis_tvalid, m_axis_tlast;
    wire [BUS_WIDTH-1:0] m_axis_tdata;
    // The buffer: data two cycles after the word is asked for.
    reg  [WIDTH-1:0]     asked_reg, data_reg;

    wg_fold_argmax #(.COUNT(COUNT), .WIDTH(WIDTH), .SIGNED(SIGNED), .BUS_WIDTH(BUS_WIDTH)) dut (
        .clk(clk), .rst(rst), .in_available(in_available), .rd_next(rd_next), .rd_data(data_reg),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast));

    formal_reset start (.clk(clk), .rst(rst));
    formal_hold #(.WIDTH(BUS_WIDTH + 1)) hold (
        .clk(clk), .rst(rst), .valid(m_axis_tvalid), .ready(m_axis_tready), .item({m_axis_tlast, m_axis_tdata}));

    // The winner as words are asked for, and the winner of the frame whose beat is due.
    reg  [BUS_WIDTH-1:0] at_reg, winner_reg, due_reg;
    reg  [WIDTH-1:0]     best_reg;
    reg                  pending_reg;
    reg  [7:0]           waited_reg;
    wire                 more   = SIGNED != 0 ? $signed(word) > $signed(best_reg) : word > best_reg;
    wire                 better = at_reg == 0 || more;
    wire                 last   = at_reg == COUNT - 1;
    always @(posedge clk) begin
        asked_reg <= word;
        data_reg  <= asked_reg;
        if (rd_next && better) begin
            winner_reg <= at_reg;
            best_reg   <= word;
        end
        if (rd_next && last)
            due_reg <= better ? at_reg : winner_reg;
        at_reg      <= rst || (rd_next && last) ? 0 : at_reg + rd_next;
        pending_reg <= !rst && ((rd_next && last) || (pending_reg && !(m_axis_tvalid && m_axis_tready)));
        waited_reg  <= rst || !pending_reg || m_axis_tvalid ? 8'd0 : waited_reg + 8'd1;
    end
    always @*
        if (!rst) begin
            assert (!rd_next || in_available);
            assert (!(rd_next && last && pending_reg));
            assert (!m_axis_tvalid || pending_reg);
            assert (!m_axis_tvalid || m_axis_tdata == due_reg);
            assert (m_axis_tlast);
            assert (waited_reg <= 2);
            assert (rd_next || !in_available || (last && pending_reg));
        end

endmodule

`default_nettype wire
