// Drives one generated top under Icarus: beats from a hex file, random idle and stall, results as text.
//
// Macros:   TOP IN_BITS OUT_BITS QUIET (cycles without a transfer that end the run)
// Plusargs: +beats=COUNT +idle=PERCENT +stall=PERCENT +seed=NUMBER
// A line of beats.hex is tlast above tdata. Prints "cycle in tlast" and "cycle out tlast data" for each
// transfer, "unstable" where an offered beat changes or is withdrawn, "err COUNT" at the end.
// While tvalid is low, tdata and tlast are x: whoever looks at them shows it.
`timescale 1ns / 1ps

module bench;
    reg clk = 0, rst = 1;
    reg [`IN_BITS:0] beats [0:65535];
    reg s_valid = 0, m_ready = 0;
    reg [`IN_BITS:0] s_beat = 0;
    wire s_ready, m_valid, m_last;
    wire [`OUT_BITS-1:0] m_data;
    wire [31:0] err;

    `TOP dut (
        .clk(clk), .rst(rst), .s_axis_tdata(s_beat[`IN_BITS-1:0]), .s_axis_tlast(s_beat[`IN_BITS]), .s_axis_tvalid(s_valid),
        .s_axis_tready(s_ready), .m_axis_tdata(m_data), .m_axis_tvalid(m_valid), .m_axis_tready(m_ready),
        .m_axis_tlast(m_last), .err_frames(err)
    );

    integer count = 0, idle = 0, stall = 0, seed = 1, cycle = 0, next = 0, quiet = 0;
    reg held = 0;
    reg [`OUT_BITS:0] hold = 0;

    initial begin
        if (!$value$plusargs("beats=%d", count)) count = 1;
        if (!$value$plusargs("idle=%d", idle)) idle = 0;
        if (!$value$plusargs("stall=%d", stall)) stall = 0;
        if (!$value$plusargs("seed=%d", seed)) seed = 1;
        $readmemh("beats.hex", beats, 0, count - 1);
        repeat (4) @(posedge clk);
        rst <= 0;
        forever @(posedge clk) step;
    end

    always #1 clk = ~clk;

    function chance(input integer percent);
        chance = $unsigned($random(seed)) % 100 < percent;
    endfunction

    task step;
        begin
            cycle = cycle + 1;
            quiet = quiet + 1;
            if (held && {m_valid, m_last, m_data} !== {1'b1, hold})
                $display("unstable");
            held = m_valid !== 0 && !m_ready;
            hold = {m_last, m_data};
            if (m_valid !== 0 && m_ready) begin
                $display("%0d out %b %h", cycle, m_last, m_data);
                quiet = 0;
            end
            if (s_valid && s_ready !== 0) begin
                $display("%0d in %b", cycle, s_beat[`IN_BITS]);
                quiet = 0;
            end
            if (!s_valid || s_ready !== 0) begin
                if (next < count && !chance(idle)) begin
                    s_valid <= 1;
                    s_beat  <= beats[next];
                    next = next + 1;
                end else begin
                    s_valid <= 0;
                    s_beat  <= {`IN_BITS + 1{1'bx}};
                end
            end
            m_ready <= !chance(stall);
            if (quiet > `QUIET) begin
                $display("err %0d", err);
                $finish;
            end
        end
    endtask
endmodule
