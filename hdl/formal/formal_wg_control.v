// wg_control: each write and each read is answered once, in order; answers hold; reads tell what the map says; the
// stream passes when it is enabled, and to the end of a frame that has begun.
`default_nettype none

module formal_wg_control #(
    parameter [31:0]  VERSION = 32'h00010203,
    parameter [127:0] HASH    = 128'h00112233445566778899aabbccddeeff
) (
    input wire        clk,
    input wire        rst,
    input wire [5:0]  awaddr,
    input wire        awvalid,
    input wire [31:0] wdata,
    input wire [3:0]  wstrb,
    input wire        wvalid,
    input wire        bready,
    input wire [5:0]  araddr,
    input wire        arvalid,
    input wire        rready,
    input wire        in_valid,
    input wire        in_last,
    input wire        network_ready,
    input wire        out_valid,
    input wire        out_ready,
    input wire        out_last,
    input wire [31:0] err_frames
);

    wire        awready, wready, bvalid, arready, rvalid, open;
    wire [1:0]  bresp, rresp;
    wire [31:0] rdata;
    wire        in_ready = network_ready && open;
    wire        beat     = in_valid && in_ready;

    wg_control #(.VERSION(VERSION), .HASH(HASH)) dut (
        .clk(clk), .rst(rst), .s_axil_awaddr(awaddr), .s_axil_awprot(3'd0), .s_axil_awvalid(awvalid),
        .s_axil_awready(awready), .s_axil_wdata(wdata), .s_axil_wstrb(wstrb), .s_axil_wvalid(wvalid),
        .s_axil_wready(wready), .s_axil_bresp(bresp), .s_axil_bvalid(bvalid), .s_axil_bready(bready),
        .s_axil_araddr(araddr), .s_axil_arprot(3'd0), .s_axil_arvalid(arvalid), .s_axil_arready(arready),
        .s_axil_rdata(rdata), .s_axil_rresp(rresp), .s_axil_rvalid(rvalid), .s_axil_rready(rready),
        .in_valid(in_valid), .in_ready(in_ready), .in_last(in_last), .out_valid(out_valid), .out_ready(out_ready),
        .out_last(out_last), .err_frames(err_frames), .open(open));

    // What the registers mean.
    wire        write   = wvalid && wready;
    wire        control = write && awaddr >> 2 == 1 && wstrb[0];
    wire        clear   = control && wdata[1];
    reg         enable_reg, inside_reg;
    reg  [31:0] frames_reg, before_reg;
    reg  [31:0] expected;
    always @(posedge clk)
        if (rst) begin
            enable_reg <= 1'b1;
            inside_reg <= 1'b0;
            frames_reg <= 32'd0;
            before_reg <= 32'd0;
        end else begin
            enable_reg <= control ? wdata[0] : enable_reg;
            inside_reg <= beat ? !in_last : inside_reg;
            frames_reg <= clear ? 32'd0 : frames_reg + {31'd0, out_valid && out_ready && out_last};
            before_reg <= clear ? err_frames : before_reg;
        end
    always @* begin
        expected = 32'd0;
        if (araddr[5:2] == 0) expected = VERSION;
        if (araddr[5:2] == 1) expected = {31'd0, enable_reg};
        if (araddr[5:2] == 2) expected = {30'd0, out_valid && !out_ready, inside_reg};
        if (araddr[5:2] == 3) expected = frames_reg;
        if (araddr[5:2] == 4) expected = err_frames - before_reg;
        if (araddr[5:4] == 2) expected = HASH >> (32 * (3 - araddr[3:2]));
    end

    formal_reset start (.clk(clk), .rst(rst));
    formal_hold #(.WIDTH(2)) hold_write (.clk(clk), .rst(rst), .valid(bvalid), .ready(bready), .item(bresp));
    formal_hold #(.WIDTH(34)) hold_read (.clk(clk), .rst(rst), .valid(rvalid), .ready(rready), .item({rresp, rdata}));
    formal_order #(.WIDTH(2), .MOST(1), .PATIENCE(0)) writes (
        .clk(clk), .rst(rst), .enter(write), .entering(2'b00), .valid(bvalid), .ready(bready), .leaving(bresp));
    formal_order #(.WIDTH(2), .MOST(1), .PATIENCE(0)) reads (
        .clk(clk), .rst(rst), .enter(arvalid && arready), .entering(2'b00), .valid(rvalid), .ready(rready),
        .leaving(rresp));

    // One read at a time is under way: its answer is what the map said when it was taken.
    reg [31:0] expected_reg;
    always @(posedge clk)
        if (arvalid && arready)
            expected_reg <= expected;
    always @*
        if (!rst) begin
            // Address and data of a write go together.
            assert ((awvalid && awready) == (wvalid && wready));
            assert (!rvalid || rdata == expected_reg);
            assert (open == (enable_reg || inside_reg));
        end

endmodule

`default_nettype wire
