// Frames between two stages of the folded architecture: written in order, read at any address.
//
// Latency: data one cycle after the address; a frame is readable the cycle after its last word.
// Throughput: one write and one read a cycle. Never stalls: stages ask `wr_free` and `rd_full`
// before a frame and then run freely.
//
// Parameters
//   WRITE_BITS, READ_BITS   width of a written and of a read word
//   WORD_BITS               width of the memory, a multiple of both
//   WRITES                  words written for a frame; the last memory word is filled up with zeros
//   BANKS                   frames that fit, 2 or more
//   READ_ADDRESS_BITS       width of the read address (counts words of READ_BITS)
//
// Ports
//   wr_valid, wr_data   the next word of the frame
//   wr_last             with wr_valid: the frame is complete
//   wr_drop             forget the frame that is being written (wins over wr_last)
//   wr_free, rd_full    a bank is free for a frame, a bank holds a frame
//   rd_*                reading of the oldest frame; data holds while rd_enable is low
//   rd_release          the oldest frame is no longer needed
`default_nettype none

module wg_frame_buffer #(
    parameter WRITE_BITS        = 8,
    parameter READ_BITS         = 8,
    parameter WORD_BITS         = 8,
    parameter WRITES            = 1,
    parameter BANKS             = 2,
    parameter READ_ADDRESS_BITS = 1
) (
    input  wire                         clk,
    input  wire                         rst,
    input  wire                         wr_valid,
    input  wire [WRITE_BITS-1:0]        wr_data,
    input  wire                         wr_last,
    input  wire                         wr_drop,
    output wire                         wr_free,
    input  wire                         rd_enable,
    input  wire [READ_ADDRESS_BITS-1:0] rd_address,
    output wire [READ_BITS-1:0]         rd_data,
    output wire                         rd_full,
    input  wire                         rd_release
);

    // ---- Local constants ------------------------------------------------------------------
    localparam SLOTS  = WORD_BITS / WRITE_BITS;
    localparam PARTS  = WORD_BITS / READ_BITS;
    localparam WORDS  = (WRITES + SLOTS - 1) / SLOTS;
    localparam [31:0] LAST_BANK = BANKS - 1;
    localparam [31:0] LAST_SLOT = SLOTS - 1;
    localparam [31:0] ALL_BANKS = BANKS;

    // ---- Declarations ---------------------------------------------------------------------
    reg  [WORD_BITS-1:0] memory [0:BANKS*WORDS-1];
    reg  [WORD_BITS-1:0] word_reg;
    reg  [31:0]          wr_bank_reg, wr_word_reg, wr_slot_reg, rd_bank_reg, part_reg, full_reg;
    wire [WORD_BITS-1:0] wr_word;

    // ---- Datapath -------------------------------------------------------------------------
    // A partial word is written again with each slot, so that a frame may end anywhere.
    generate
        if (SLOTS == 1) begin : g_whole
            assign wr_word = wr_data;
        end else begin : g_slots
            reg  [WORD_BITS-1:0] earlier_reg;
            wire [WORD_BITS-1:0] placed = {{(WORD_BITS-WRITE_BITS){1'b0}}, wr_data} << (wr_slot_reg * WRITE_BITS);

            assign wr_word = earlier_reg | placed;
            always @(posedge clk)
                if (rst || wr_drop || (wr_valid && (wr_last || wr_slot_reg == LAST_SLOT)))
                    earlier_reg <= {WORD_BITS{1'b0}};
                else if (wr_valid)
                    earlier_reg <= wr_word;
        end
        if (PARTS == 1) begin : g_read_whole
            assign rd_data = word_reg;
        end else begin : g_read_part
            assign rd_data = word_reg[part_reg*READ_BITS +: READ_BITS];
        end
    endgenerate

    wire [31:0] rd_wide = {{(32-READ_ADDRESS_BITS){1'b0}}, rd_address};

    // ---- Control --------------------------------------------------------------------------
    wire commit = wr_valid && wr_last && !wr_drop;

    assign wr_free = full_reg < ALL_BANKS;
    assign rd_full = full_reg != 32'd0;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (wr_valid)
            memory[wr_bank_reg*WORDS + wr_word_reg] <= wr_word;
        if (rd_enable) begin
            word_reg <= memory[rd_bank_reg*WORDS + rd_wide/PARTS];
            part_reg <= rd_wide % PARTS;
        end
        if (rst) begin
            wr_bank_reg <= 32'd0;
            wr_word_reg <= 32'd0;
            wr_slot_reg <= 32'd0;
            rd_bank_reg <= 32'd0;
            full_reg    <= 32'd0;
        end else begin
            if (wr_drop || commit) begin
                wr_word_reg <= 32'd0;
                wr_slot_reg <= 32'd0;
            end else if (wr_valid) begin
                wr_slot_reg <= wr_slot_reg == LAST_SLOT ? 32'd0 : wr_slot_reg + 32'd1;
                if (wr_slot_reg == LAST_SLOT)
                    wr_word_reg <= wr_word_reg + 32'd1;
            end
            if (commit)
                wr_bank_reg <= wr_bank_reg == LAST_BANK ? 32'd0 : wr_bank_reg + 32'd1;
            if (rd_release)
                rd_bank_reg <= rd_bank_reg == LAST_BANK ? 32'd0 : rd_bank_reg + 32'd1;
            full_reg <= full_reg + {31'd0, commit} - {31'd0, rd_release};
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    generate
        // Both ports see whole parts of a memory word.
        if (WORD_BITS % WRITE_BITS != 0 || WORD_BITS % READ_BITS != 0) begin : g_illegal_width
            wg_frame_buffer_WORD_BITS_must_be_a_multiple_of_both_ports stop();
        end
        // Writer and reader work at the same time.
        if (BANKS < 2) begin : g_illegal_banks
            wg_frame_buffer_BANKS_must_be_2_or_more stop();
        end
    endgenerate

    wire unused = &{1'b0, part_reg};

endmodule

`default_nettype wire
