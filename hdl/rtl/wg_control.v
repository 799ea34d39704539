// Registers of a network on an AXI4-Lite bus: enable, counters, version, model.
//
// Latency: a write answers in the cycle after its address and data are both there, a read in the cycle after its
// address. Throughput: one of each every two cycles. Stalls: holds each answer until it is taken. Every answer is OKAY;
// other addresses read zero and ignore writes.
//
//   0x00 VERSION   RO  major, minor, patch of whetgen in bits 31:16, 15:8, 7:0
//   0x04 CONTROL   RW  bit 0 enable (1 after reset): 0 takes no new frame, one that has begun still goes in whole
//                      bit 1 clear (write 1, reads 0): sets FRAMES and ERRORS to 0
//   0x08 STATUS    RO  bit 0 input frame under way, bit 1 result waits for its reader
//   0x0C FRAMES    RO  result frames sent, wraps at 2**32
//   0x10 ERRORS    RO  input frames dropped for a wrong length, wraps at 2**32
//   0x20 .. 0x2C   RO  HASH: first 128 bits of the model's sha256, most significant word first
//
// Parameters
//   VERSION, HASH   constants to be read
//
// Ports
//   s_axil_*              the bus
//   in_valid, in_ready, in_last     beats of the input stream, as they pass
//   out_valid, out_ready, out_last  beats of the output stream
//   err_frames            of the network
//   open                  the input stream may pass
`default_nettype none

module wg_control #(
    parameter [31:0]  VERSION = 32'd0,
    parameter [127:0] HASH    = 128'd0
) (
    input  wire        clk,
    input  wire        rst,
    input  wire [5:0]  s_axil_awaddr,
    input  wire [2:0]  s_axil_awprot,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output wire        s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [5:0]  s_axil_araddr,
    input  wire [2:0]  s_axil_arprot,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output wire        s_axil_rvalid,
    input  wire        s_axil_rready,
    input  wire        in_valid,
    input  wire        in_ready,
    input  wire        in_last,
    input  wire        out_valid,
    input  wire        out_ready,
    input  wire        out_last,
    input  wire [31:0] err_frames,
    output wire        open
);

    // ---- Declarations ---------------------------------------------------------------------
    reg        enable_reg, inside_reg, bvalid_reg, rvalid_reg;
    reg [31:0] frames_reg, errors_before_reg, rdata_reg;

    // ---- Datapath -------------------------------------------------------------------------
    reg [31:0] rdata_next;
    always @*
        case (s_axil_araddr[5:2])
            4'd0:    rdata_next = VERSION;
            4'd1:    rdata_next = {31'd0, enable_reg};
            4'd2:    rdata_next = {30'd0, out_valid && !out_ready, inside_reg};
            4'd3:    rdata_next = frames_reg;
            4'd4:    rdata_next = err_frames - errors_before_reg;
            4'd8:    rdata_next = HASH[127:96];
            4'd9:    rdata_next = HASH[95:64];
            4'd10:   rdata_next = HASH[63:32];
            4'd11:   rdata_next = HASH[31:0];
            default: rdata_next = 32'd0;
        endcase

    // ---- Control --------------------------------------------------------------------------
    // Address and data of a write are taken together, when both are there.
    wire write   = s_axil_awvalid && s_axil_wvalid && !bvalid_reg;
    wire read    = s_axil_arvalid && !rvalid_reg;
    wire control = write && s_axil_awaddr[5:2] == 4'd1 && s_axil_wstrb[0];
    wire clear   = control && s_axil_wdata[1];

    assign s_axil_awready = write;
    assign s_axil_wready  = write;
    assign s_axil_bresp   = 2'b00;
    assign s_axil_bvalid  = bvalid_reg;
    assign s_axil_arready = !rvalid_reg;
    assign s_axil_rdata   = rdata_reg;
    assign s_axil_rresp   = 2'b00;
    assign s_axil_rvalid  = rvalid_reg;
    assign open           = enable_reg || inside_reg;

    // ---- Registers ------------------------------------------------------------------------
    always @(posedge clk) begin
        if (read)
            rdata_reg <= rdata_next;
        if (rst) begin
            enable_reg        <= 1'b1;
            inside_reg        <= 1'b0;
            bvalid_reg        <= 1'b0;
            rvalid_reg        <= 1'b0;
            frames_reg        <= 32'd0;
            errors_before_reg <= 32'd0;
        end else begin
            bvalid_reg <= write || (bvalid_reg && !s_axil_bready);
            rvalid_reg <= read || (rvalid_reg && !s_axil_rready);
            if (control)
                enable_reg <= s_axil_wdata[0];
            if (in_valid && in_ready)
                inside_reg <= !in_last;
            if (clear)
                frames_reg <= 32'd0;
            else if (out_valid && out_ready && out_last)
                frames_reg <= frames_reg + 32'd1;
            if (clear)
                errors_before_reg <= err_frames;
        end
    end

    // ---- Checks ---------------------------------------------------------------------------
    wire unused = &{1'b0, s_axil_awaddr, s_axil_awprot, s_axil_araddr, s_axil_arprot, s_axil_wdata, s_axil_wstrb};

endmodule

`default_nettype wire
