// wg_fold_send: the words in the order in which they were asked for, each once, tlast on every BEATS-th.
`default_nettype none

module formal_wg_fold_send #(
    parameter BEATS     = 3,
    parameter WIDTH     = 2,
    parameter SIGNED    = 1,
    parameter BUS_WIDTH = 3
) (
    input wire             clk,
    input wire             rst,
    input wire             m_axis_tready,
    input wire             in_available,
    input wire [WIDTH-1:0] word
);

    wire                 rd_enable, rd_next, m_axis_tvalid, m_axis_tlast;
    wire [BUS_WIDTH-1:0] m_axis_tdata;
    // The buffer: data two enabled cycles after the word is asked for.
    reg  [WIDTH-1:0]     asked_reg, data_reg;

    wg_fold_send #(.BEATS(BEATS), .WIDTH(WIDTH), .SIGNED(SIGNED), .BUS_WIDTH(BUS_WIDTH)) dut (
        .clk(clk), .rst(rst), .in_available(in_available), .rd_enable(rd_enable), .rd_next(rd_next), .rd_data(data_reg),
        .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast));

    formal_reset start (.clk(clk), .rst(rst));
    formal_hold #(.WIDTH(BUS_WIDTH + 1)) hold (
        .clk(clk), .rst(rst), .valid(m_axis_tvalid), .ready(m_axis_tready), .item({m_axis_tlast, m_axis_tdata}));

    // Words asked for and not yet sent, the oldest in the low bits; and beats of the frame that are out.
    reg  [2*WIDTH-1:0] queue_reg;
    reg  [1:0]         queued_reg;
    reg  [7:0]         sent_reg;
    wire               beat  = m_axis_tvalid && m_axis_tready;
    wire [WIDTH-1:0]   first = queue_reg[WIDTH-1:0];
    wire [1:0]         left  = queued_reg - {1'b0, beat};
    wire [2*WIDTH-1:0] rest  = beat ? queue_reg >> WIDTH : queue_reg;
    always @(posedge clk) begin
        if (rd_enable) begin
            asked_reg <= word;
            data_reg  <= asked_reg;
        end
        queued_reg <= rst ? 2'd0 : left + {1'b0, rd_next};
        queue_reg  <= left == 2'd0 ? {{WIDTH{1'b0}}, word} : {word, rest[WIDTH-1:0]};
        if (!rd_next)
            queue_reg <= rest;
        sent_reg <= rst || (beat && m_axis_tlast) ? 8'd0 : sent_reg + {7'd0, beat};
    end
    always @*
        if (!rst) begin
            assert (queued_reg <= 2);
            assert (!rd_next || in_available);
            assert (!m_axis_tvalid || queued_reg != 0);
            assert (!m_axis_tvalid || m_axis_tdata == {{(BUS_WIDTH-WIDTH){SIGNED != 0 && first[WIDTH-1]}}, first});
            assert (!m_axis_tvalid || m_axis_tlast == (sent_reg == BEATS - 1));
            assert (rd_next || !in_available || (m_axis_tvalid && !m_axis_tready));
        end

endmodule

`default_nettype wire
