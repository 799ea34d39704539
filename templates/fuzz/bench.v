// Drives one generated top: beats from a hex file, random idle and stall, results as text. Included once for each top.
//
// Macros:   BENCH (this module's name) TOP IN_BITS OUT_BITS QUIET (cycles without a transfer that end the run)
//           BEATS LOG (files)
// Plusargs: +idle=PERCENT +stall=PERCENT +seed=NUMBER
// A line of BEATS is tlast above tdata. LOG gets "cycle in tlast" and "cycle out tlast data" for each
// transfer, "unstable" where an offered beat changes or is withdrawn, "err COUNT" at the end.
// While tvalid is low, tdata and tlast are x: whoever looks at them shows it.
`timescale 1ns / 1ps

module `BENCH;
    reg clk = 0, rst = 1;
    reg s_valid = 0, m_ready = 0;
    reg [`IN_BITS:0] s_beat = 0, next = 0;
    wire s_ready, m_valid, m_last;
    wire [`OUT_BITS-1:0] m_data;
    wire [31:0] err;

    `TOP dut (
        .clk(clk), .rst(rst), .s_axis_tdata(s_beat[`IN_BITS-1:0]), .s_axis_tlast(s_beat[`IN_BITS]), .s_axis_tvalid(s_valid),
        .s_axis_tready(s_ready), .m_axis_tdata(m_data), .m_axis_tvalid(m_valid), .m_axis_tready(m_ready),
        .m_axis_tlast(m_last), .err_frames(err)
    );

    integer beats, log, idle = 0, stall = 0, seed = 1, cycle = 0, quiet = 0;
    reg more = 0, taken = 0, held = 0, done = 0;
    reg [`OUT_BITS:0] hold = 0;

    initial begin
        if (!$value$plusargs("idle=%d", idle)) idle = 0;
        if (!$value$plusargs("stall=%d", stall)) stall = 0;
        if (!$value$plusargs("seed=%d", seed)) seed = 1;
        beats = $fopen(`BEATS, "r");
        log = $fopen(`LOG, "w");
        read_next;
        repeat (4) @(negedge clk);
        rst = 0;
        while (!done) begin
            drive;
            #1 look;
            @(negedge clk);
        end
    end

    always begin
        #2 clk = ~clk;
        if (done) wait (0);
    end

    function chance(input integer percent);
        chance = $unsigned($random(seed)) % 100 < percent;
    endfunction

    task read_next;
        more = $fscanf(beats, "%h", next) == 1;
    endtask

    task drive;
        begin
            if (!s_valid || taken) begin
                s_valid = more && !chance(idle);
                s_beat = s_valid ? next : {`IN_BITS + 1{1'bx}};
                if (s_valid) read_next;
            end
            m_ready = !chance(stall);
        end
    endtask

    // What the next rising edge will see.
    task look;
        begin
            cycle = cycle + 1;
            quiet = quiet + 1;
            taken = s_valid && s_ready !== 0;
            if (held && {m_valid, m_last, m_data} !== {1'b1, hold})
                $fdisplay(log, "unstable");
            held = m_valid !== 0 && !m_ready;
            hold = {m_last, m_data};
            if (m_valid !== 0 && m_ready) begin
                $fdisplay(log, "%0d out %b %h", cycle, m_last, m_data);
                quiet = 0;
            end
            if (taken) begin
                $fdisplay(log, "%0d in %b", cycle, s_beat[`IN_BITS]);
                quiet = 0;
            end
            if (quiet > `QUIET) begin
                $fdisplay(log, "err %0d", err);
                $fclose(log);
                done = 1;
            end
        end
    endtask
endmodule
