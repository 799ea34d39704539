// wg_secded: a flip in any bit of each of two parts is corrected, two in one part are noticed.
`default_nettype none

module formal_wg_secded #(
    parameter WIDTH = 7,
    parameter [15:0] COLUMNS = 16'hedb7
) (
    input wire [WIDTH-1:0] word,
    input wire [WIDTH+7:0] flips
);

    // Both parts as if they were of four bits: what a shorter one lacks is 0.
    wire [7:0] wide = {{(8-WIDTH){1'b0}}, word};
    wire [7:0] wide_flips = {{(8-WIDTH){1'b0}}, flips[WIDTH-1:0]};
    wire [7:0] checks = {of(wide[7:4]), of(wide[3:0])};
    wire [3:0] low  = number({wide_flips[3:0], flips[WIDTH +: 4]});
    wire [3:0] high = number({wide_flips[7:4], flips[WIDTH+4 +: 4]});

    wire [WIDTH-1:0] data;
    wire             corrected, fault;

    wg_secded #(.WIDTH(WIDTH), .PART(4), .CHECKS(4), .COLUMNS(COLUMNS)) dut (
        .stored({checks, word} ^ flips), .data(data), .corrected(corrected), .fault(fault));

    function [3:0] of;
        input [3:0] bits;
        of = ({4{bits[0]}} & COLUMNS[3:0]) ^ ({4{bits[1]}} & COLUMNS[7:4]) ^ ({4{bits[2]}} & COLUMNS[11:8])
           ^ ({4{bits[3]}} & COLUMNS[15:12]);
    endfunction

    function [3:0] number;
        input [7:0] bits;
        number = {3'd0, bits[0]} + {3'd0, bits[1]} + {3'd0, bits[2]} + {3'd0, bits[3]} + {3'd0, bits[4]} + {3'd0, bits[5]}
               + {3'd0, bits[6]} + {3'd0, bits[7]};
    endfunction

    always @*
        if (low <= 4'd2 && high <= 4'd2) begin
            assert (fault == (low == 4'd2 || high == 4'd2));
            assert (corrected == (low == 4'd1 || high == 4'd1));
            if (!fault)
                assert (data == word);
        end

endmodule

`default_nettype wire
