// wg_frame_buffer: any bit of any frame reads as it was written, until the frame is released.
//
// Assumed of the writer and the reader, as the stages of the folded architecture keep it: a frame is begun only with
// a free bank and has WRITES words, unless dropped; addresses lie inside the frame; only what is there is released.
`default_nettype none

module formal_wg_frame_buffer #(
    parameter WRITE_BITS        = 1,
    parameter READ_BITS         = 2,
    parameter WORD_BITS         = 2,
    parameter WRITES            = 3,
    parameter BANKS             = 2,
    parameter READ_ADDRESS_BITS = 1
) (
    input wire                         clk,
    input wire                         rst,
    input wire                         wr_valid,
    input wire [WRITE_BITS-1:0]        wr_data,
    input wire                         wr_last,
    input wire                         wr_drop,
    input wire                         rd_enable,
    input wire [READ_ADDRESS_BITS-1:0] rd_address,
    input wire                         rd_release
);

    localparam WORDS = (WRITES*WRITE_BITS + WORD_BITS - 1) / WORD_BITS;

    wire                 wr_free, rd_full;
    wire [READ_BITS-1:0] rd_data;

    wg_frame_buffer #(
        .WRITE_BITS(WRITE_BITS), .READ_BITS(READ_BITS), .WORD_BITS(WORD_BITS), .WRITES(WRITES), .BANKS(BANKS),
        .READ_ADDRESS_BITS(READ_ADDRESS_BITS)
    ) dut (
        .clk(clk), .rst(rst), .wr_valid(wr_valid), .wr_data(wr_data), .wr_last(wr_last), .wr_drop(wr_drop),
        .wr_free(wr_free), .rd_enable(rd_enable), .rd_address(rd_address), .rd_data(rd_data), .rd_full(rd_full),
        .rd_release(rd_release));

    formal_reset start (.clk(clk), .rst(rst));

    // The watched bit of each frame; those behind the last written word are zero.
    (* anyconst *) wire [7:0] watched;
    wire [7:0] word = watched / WRITE_BITS, part = watched % WRITE_BITS;
    reg  [7:0] written_reg, inside_reg, ahead_reg;
    reg        bit_reg, kept_reg, tracking_reg;
    wire       commit   = wr_valid && wr_last && !wr_drop;
    wire       this_bit = wr_valid && written_reg == word ? wr_data[part] : written_reg == 8'd0 ? 1'b0 : bit_reg;

    always @* begin
        assume (watched < WORDS*WORD_BITS);
        assume (!(wr_valid && written_reg == 8'd0) || wr_free);
        assume (!wr_valid || written_reg < WRITES);
        assume (!wr_valid || wr_last == (written_reg == WRITES - 1));
        assume (rd_address < WORDS*WORD_BITS/READ_BITS);
        assume (!rd_release || rd_full);
    end

    (* anyseq *) wire pick;
    always @(posedge clk)
        if (rst) begin
            written_reg  <= 8'd0;
            inside_reg   <= 8'd0;
            tracking_reg <= 1'b0;
        end else begin
            written_reg <= commit || wr_drop ? 8'd0 : written_reg + {7'd0, wr_valid};
            bit_reg     <= this_bit;
            inside_reg  <= inside_reg + {7'd0, commit} - {7'd0, rd_release};
            if (!tracking_reg && commit && pick) begin
                tracking_reg <= 1'b1;
                ahead_reg    <= inside_reg - {7'd0, rd_release};
                kept_reg     <= this_bit;
            end else if (tracking_reg && rd_release) begin
                tracking_reg <= ahead_reg != 8'd0;
                ahead_reg    <= ahead_reg - 8'd1;
            end
        end

    // The watched bit was asked for, and still is what the port shows.
    reg asked_reg, answer_reg;
    always @(posedge clk)
        if (rst)
            asked_reg <= 1'b0;
        else if (rd_enable) begin
            asked_reg  <= tracking_reg && ahead_reg == 8'd0 && rd_address == watched / READ_BITS;
            answer_reg <= kept_reg;
        end

    wire [7:0] place = watched % READ_BITS;
    always @*
        if (!rst) begin
            assert (wr_free == (inside_reg < BANKS));
            assert (rd_full == (inside_reg != 8'd0));
            assert (inside_reg <= BANKS);
            if (asked_reg)
                assert (rd_data[place] == answer_reg);
        end

endmodule

`default_nettype wire
