"""What a generated design stores, read from its text."""

from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.verification.faults.roms import differing_bits, public_settings, rom_instances, rtl_files, state

ROM = """module a_rom (
    input  wire clk,
    output reg  [7:0] data
);
    reg [7:0] words [0:1];
    initial begin
        words[0] = 8'h0f;  // neuron 0
        words[1] = 8'hff;
    end
    always @(posedge clk)
        data <= words[address];
"""


def test_roms_differ_by_their_bits_and_not_by_comments():
    other = ROM.replace("8'h0f;  // neuron 0", "8'h8e;  // neuron none")
    assert differing_bits({"a_rom": ROM, "b": "x"}, {"a_rom": other, "b": "x // y"}) == [
        ("a_rom", 0, 0),
        ("a_rom", 0, 7),
    ]


def test_what_else_differs_is_more_than_stored_bits():
    assert differing_bits({"a_rom": ROM, "b": "x"}, {"a_rom": ROM, "b": "y"}) is None
    assert differing_bits({"a_rom": ROM}, {"a_rom": ROM.replace("words[1] = 8'hff;", "")}) is None
    assert differing_bits({"a_rom": ROM}, {}) is None


def test_state_is_what_a_clock_edge_writes():
    text = """
    reg a_reg, b_reg;  // and not reg c_reg
    reg signed [3:0] d_reg;
    reg [3:0] memory [0:7];
    reg       e;
    always @* e = a_reg <= b_reg;
    always @(posedge clk) begin
        a_reg <= 1'b0;
        if (b_reg) d_reg <= d_reg + 1;
        memory[at[2:0]] <= d_reg;
    end
"""
    assert state({"m": text, "n": "wire x;", "a_rom": ROM}) == {
        "m": ["a_reg", "d_reg", "memory"],
        "a_rom": ["data", "words"],
    }


def test_the_roms_of_a_folder_and_their_places(tmp_path):
    options = whetgen.Options(name="tiny", architecture="folded")
    files = rtl_files(whetgen.generate(tiny(), "verilog", tmp_path / "out", options).folder)
    found = rom_instances(files["tiny"])
    assert found == {
        "hidden_weights_table": "tiny_hidden_weights_rom",
        "hidden_levels_table": "tiny_hidden_levels_rom",
    } | {
        "scores_weights_table": "tiny_scores_weights_rom",
        "scores_levels_table": "tiny_scores_levels_rom",
    }
    assert 'public_flat_rw -module "wg_fold_linear" -var "sum_reg"' in public_settings(files).splitlines()
