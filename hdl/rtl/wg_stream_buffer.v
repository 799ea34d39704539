// Words between two stages of the folded architecture: a ring that is written in order and read near its
// oldest word. Writer and reader may pack words of different width.
//
// Latency: a word is available the cycle after it is written; data two cycles after it is asked for.
// Throughput: one write and one read a cycle. A writer first takes room, then writes whenever it likes; a
// reader asks before each read. Freed room can be taken two cycles later, so that no word is written while
// it is still being read.
//
// Parameters
//   WRITE_BITS, READ_BITS   width of a written and of a read word
//   WORD_BITS               width of the memory, a multiple of both
//   WRITES, READS           words written and read for a frame; each frame begins with a new memory word
//   DEPTH                   memory words
//   READER                  0: reads at rd_offset, rd_next frees rd_release words. 1: reads in order, rd_next frees
//                           (rd_offset and rd_release of no use). 2: as 0, but only whole frames are available
//   COVER                   1: nothing is available before all words that would be freed with it
//   COMMIT                  1: words are available when their frame is complete; wr_drop forgets a frame
//   OFFSET_BITS             width of rd_offset, which counts read words from the oldest memory word
//   RELEASE_BITS            width of rd_release, which counts memory words
//
// Ports
//   wr_room, wr_take    there is room for a word; it is promised to the writer
//   wr_valid, wr_data   the next word; wr_last: the frame is complete
//   wr_drop             forget the frame that is being written (wins over wr_last)
//   rd_enable           low: address and data hold
//   rd_any              some word is there; rd_available: the word asked for is
`default_nettype none

module wg_stream_buffer #(
    parameter WRITE_BITS   = 8,
    parameter READ_BITS    = 8,
    parameter WORD_BITS    = 8,
    parameter WRITES       = 1,
    parameter READS        = 1,
    parameter DEPTH        = 2,
    parameter READER       = 0,
    parameter COMMIT       = 0,
    parameter COVER        = 0,
    parameter OFFSET_BITS  = 1,
    parameter RELEASE_BITS = 1
) (
    input  wire                    clk,
    input  wire                    rst,
    output wire                    wr_room,
    input  wire                    wr_take,
    input  wire                    wr_valid,
    input  wire [WRITE_BITS-1:0]   wr_data,
    input  wire                    wr_last,
    input  wire                    wr_drop,
    input  wire                    rd_enable,
    output wire                    rd_any,
    output wire                    rd_available,
    input  wire                    rd_next,
    input  wire [OFFSET_BITS-1:0]  rd_offset,
    input  wire [RELEASE_BITS-1:0] rd_release,
    output wire [READ_BITS-1:0]    rd_data
);

    // ---- Local constants ------------------------------------------------------------------
    localparam SLOTS = WORD_BITS / WRITE_BITS;
    localparam PARTS = WORD_BITS / READ_BITS;
    localparam WORDS = (WRITES + SLOTS - 1) / SLOTS;
    // Bits of a count or an address: one more than DEPTH needs, so that a sum of two does not wrap.
    localparam BITS      = $clog2(DEPTH + 1) + 1;
    localparam PART_BITS = PARTS > 1 ? $clog2(PARTS) : 1;
    localparam AT_BITS   = DEPTH > 1 ? $clog2(DEPTH) : 1;
    localparam [31:0] DEPTH_WORD = DEPTH, WORDS_WORD = WORDS, ONE_WORD = 1;
    localparam [BITS-1:0] ALL = DEPTH_WORD[BITS-1:0], FRAME = WORDS_WORD[BITS-1:0], ONE = ONE_WORD[BITS-1:0];

    // ---- Declarations ---------------------------------------------------------------------
    // No address is read and written at once.
    (* no_rw_check *)
    reg  [WORD_BITS-1:0] memory [0:DEPTH-1];
    reg  [WORD_BITS-1:0] word_reg;
    reg  [BITS-1:0]      free_reg, level_reg, base_reg, wr_at_reg, freed_reg;
    reg  [AT_BITS-1:0]   rd_at_reg;
    wire [BITS-1:0]      released, base_next, rd_at, wr_at_next, restored;
    wire                 takes_word, ends_word;
    wire [WORD_BITS-1:0] wr_word;

    function [BITS-1:0] wrapped;
        input [BITS-1:0] at;
        wrapped = at >= ALL ? at - ALL : at;
    endfunction

    // ---- Writing --------------------------------------------------------------------------
    generate
        if (SLOTS == 1) begin : g_whole
            assign takes_word = wr_take;
            assign ends_word  = wr_valid;
            assign wr_word    = wr_data;
        end else begin : g_slots
            localparam SLOT_BITS = $clog2(SLOTS);
            localparam [31:0] LAST_SLOT = SLOTS - 1;
            reg  [SLOT_BITS-1:0] slot_reg, take_slot_reg;
            reg  [WORD_BITS-1:0] earlier_reg;
            wire                 take_last;
            genvar               s;

            if (WRITES % SLOTS != 0) begin : g_ragged
                localparam [31:0] LAST_WRITE = WRITES - 1;
                localparam TAKE_BITS = $clog2(WRITES + 1);
                reg [TAKE_BITS-1:0] take_reg;
                assign take_last = take_reg == LAST_WRITE[TAKE_BITS-1:0];
                always @(posedge clk)
                    if (rst || wr_drop || (wr_take && take_last))
                        take_reg <= {TAKE_BITS{1'b0}};
                    else if (wr_take)
                        take_reg <= take_reg + 1'b1;
            end else begin : g_even
                assign take_last = 1'b0;
            end
            assign takes_word = wr_take && take_slot_reg == {SLOT_BITS{1'b0}};
            assign ends_word  = wr_valid && (wr_last || slot_reg == LAST_SLOT[SLOT_BITS-1:0]);
            // Each slot keeps its data or, when it is its turn, takes the new ones.
            for (s = 0; s < SLOTS; s = s + 1) begin : g_slot
                localparam [31:0] SLOT = s;
                assign wr_word[s*WRITE_BITS +: WRITE_BITS] = slot_reg == SLOT[SLOT_BITS-1:0]
                                                           ? wr_data : earlier_reg[s*WRITE_BITS +: WRITE_BITS];
            end
            always @(posedge clk) begin
                if (rst || wr_drop || ends_word)
                    earlier_reg <= {WORD_BITS{1'b0}};
                else if (wr_valid)
                    earlier_reg <= wr_word;
                if (rst || wr_drop || ends_word)
                    slot_reg <= {SLOT_BITS{1'b0}};
                else if (wr_valid)
                    slot_reg <= slot_reg + 1'b1;
                if (rst || wr_drop || (wr_take && (take_last || take_slot_reg == LAST_SLOT[SLOT_BITS-1:0])))
                    take_slot_reg <= {SLOT_BITS{1'b0}};
                else if (wr_take)
                    take_slot_reg <= take_slot_reg + 1'b1;
            end
        end
        if (SLOTS == 1) begin : g_room
            assign wr_room = free_reg != {BITS{1'b0}};
        end else begin : g_room_slots
            assign wr_room = free_reg != {BITS{1'b0}} || g_slots.take_slot_reg != 0;
        end
    endgenerate

    // ---- Whole frames ---------------------------------------------------------------------
    generate
        if (COMMIT != 0) begin : g_commit
            reg  [BITS-1:0] begin_reg, taken_reg;
            wire            commit = wr_valid && wr_last && !wr_drop;

            assign restored   = wr_drop ? taken_reg : {BITS{1'b0}};
            assign wr_at_next = wr_drop ? begin_reg : ends_word ? wrapped(wr_at_reg + ONE) : wr_at_reg;
            always @(posedge clk) begin
                if (rst)
                    begin_reg <= {BITS{1'b0}};
                else if (commit)
                    begin_reg <= wr_at_next;
                if (rst || commit || wr_drop)
                    taken_reg <= {BITS{1'b0}};
                else if (takes_word)
                    taken_reg <= taken_reg + ONE;
                if (rst)
                    level_reg <= {BITS{1'b0}};
                else
                    level_reg <= level_reg + (commit ? FRAME : {BITS{1'b0}}) - released;
            end
        end else begin : g_stream
            assign restored   = {BITS{1'b0}};
            assign wr_at_next = ends_word ? wrapped(wr_at_reg + ONE) : wr_at_reg;
            always @(posedge clk)
                if (rst)
                    level_reg <= {BITS{1'b0}};
                else
                    level_reg <= level_reg + {{(BITS-1){1'b0}}, ends_word} - released;
        end
    endgenerate

    // ---- Reading --------------------------------------------------------------------------
    wire [PART_BITS-1:0] part;
    generate
        if (READER == 1) begin : g_in_order
            assign rd_available = level_reg != {BITS{1'b0}};
            assign rd_any       = rd_available;
            assign rd_at        = base_reg;
            if (PARTS == 1) begin : g_word
                assign part     = 1'b0;
                assign released = {{(BITS-1){1'b0}}, rd_next};
            end else begin : g_parts
                localparam [31:0] LAST_PART = PARTS - 1;
                localparam [31:0] LAST_READ = READS - 1;
                localparam READ_COUNT = $clog2(READS + 1);
                reg  [PART_BITS-1:0]  part_reg;
                wire                  frame_ends;
                wire                  ends = frame_ends || part_reg == LAST_PART[PART_BITS-1:0];

                if (READS % PARTS != 0) begin : g_ragged
                    reg [READ_COUNT-1:0] read_reg;
                    assign frame_ends = read_reg == LAST_READ[READ_COUNT-1:0];
                    always @(posedge clk)
                        if (rst || (rd_next && frame_ends))
                            read_reg <= {READ_COUNT{1'b0}};
                        else if (rd_next)
                            read_reg <= read_reg + 1'b1;
                end else begin : g_even
                    assign frame_ends = 1'b0;
                end
                assign part     = part_reg;
                assign released = {{(BITS-1){1'b0}}, rd_next && ends};
                always @(posedge clk)
                    if (rst || (rd_next && ends))
                        part_reg <= {PART_BITS{1'b0}};
                    else if (rd_next)
                        part_reg <= part_reg + 1'b1;
            end
            wire unused_random = &{1'b0, rd_offset, rd_release};
        end else begin : g_random
            wire [OFFSET_BITS-1:0] words_on;
            wire [PART_BITS-1:0]   slot;
            wire [31:0]            word    = {{(32-OFFSET_BITS){1'b0}}, words_on};
            wire [31:0]            gone    = {{(32-RELEASE_BITS){1'b0}}, rd_release};
            wire                   covered = COVER == 0 || gone[BITS-1:0] <= level_reg;

            wg_divide #(.WIDTH(OFFSET_BITS), .DIVISOR(PARTS)) place (
                .number    (rd_offset),
                .quotient  (words_on),
                .remainder (slot)
            );
            if (READER == 2) begin : g_frames
                assign rd_available = level_reg >= FRAME;
                assign rd_any       = rd_available;
                wire unused_covered = covered;
            end else begin : g_words
                assign rd_available = word < {{(32-BITS){1'b0}}, level_reg} && covered;
                assign rd_any       = level_reg != {BITS{1'b0}} && covered;
            end
            assign part     = slot;
            assign rd_at    = wrapped(base_reg + word[BITS-1:0]);
            assign released = rd_next ? gone[BITS-1:0] : {BITS{1'b0}};
            wire unused_wide = &{1'b0, word, gone};
        end
        if (PARTS == 1) begin : g_read_whole
            assign rd_data = word_reg;
            wire unused_part = &{1'b0, part};
        end else begin : g_read_part
            reg [PART_BITS-1:0] asked_reg, part_reg;
            assign rd_data = word_reg[part_reg*READ_BITS +: READ_BITS];
            always @(posedge clk)
                if (rd_enable) begin
                    asked_reg <= part;
                    part_reg  <= asked_reg;
                end
        end
    endgenerate

    assign base_next = wrapped(base_reg + released);

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (wr_valid && ends_word)
            memory[wr_at_reg[AT_BITS-1:0]] <= wr_word;
        if (rd_enable) begin
            rd_at_reg <= rd_at[AT_BITS-1:0];
            word_reg  <= memory[rd_at_reg];
        end
        if (rst) begin
            free_reg  <= ALL;
            freed_reg <= {BITS{1'b0}};
            base_reg  <= {BITS{1'b0}};
            wr_at_reg <= {BITS{1'b0}};
        end else begin
            // Room is not free before the word has left the memory.
            if (rd_enable)
                freed_reg <= released;
            free_reg  <= free_reg + (rd_enable ? freed_reg : {BITS{1'b0}}) + restored
                       - {{(BITS-1){1'b0}}, takes_word && !wr_drop};
            base_reg  <= base_next;
            wr_at_reg <= wr_at_next;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    generate
        // Both ports see whole parts of a memory word.
        if (WORD_BITS % WRITE_BITS != 0 || WORD_BITS % READ_BITS != 0) begin : g_illegal_width
            wg_stream_buffer_WORD_BITS_must_be_a_multiple_of_both_ports stop();
        end
        // A frame that waits for its end fits, with room left for one that is too long.
        if (DEPTH < 1 || (COMMIT != 0 && DEPTH <= WORDS)) begin : g_illegal_depth
            wg_stream_buffer_DEPTH_must_exceed_a_frame_with_COMMIT stop();
        end
    endgenerate

    wire unused = &{1'b0, rd_at, wr_at_reg, wr_last, wr_drop};

endmodule

`default_nettype wire
