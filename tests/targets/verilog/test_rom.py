"""Tables of any depth hold the words that they were given."""

import random
import subprocess

import pytest

from whetgen.targets.verilog.layout import hdl_templates
from whetgen.targets.verilog.rom import BLOCK, Rom, RomRow
from whetgen.verification.simulators import tool_environment

BENCH = """
module bench;
    reg clk = 0;
    reg [ADDRESS-1:0] address = 0;
    wire [WIDTH-1:0] data;
    integer n;
    rom dut (.clk(clk), .address(address), .data(data));
    initial for (n = 0; n < WORDS; n = n + 1) begin
        address = n;
        #1 clk = 1;
        #1 clk = 0;
        $display("%h", data);
    end
endmodule
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "width"),
    [(1, 4), (BLOCK, 7), (BLOCK + 1, 1), (5_000, 4), (600, 2_051)],
)
def test_every_word_is_read_as_it_was_given(words, width, tmp_path):
    rng = random.Random(words)
    values = [rng.getrandbits(width) for _ in range(words)]
    address = max(1, (words - 1).bit_length())
    rows = tuple(RomRow(f"{v:0{-(-width // 4)}x}", f"number {n}") for n, v in enumerate(values))
    rom = Rom(module="rom", title="a table", packing="words", width=width, address_bits=address, rows=rows)
    text = hdl_templates().get_template("rom.v.j2").render(rom=rom, plan={"name": "net"})
    sizes = {"ADDRESS": address, "WIDTH": width, "WORDS": words}
    bench = BENCH
    for name, size in sizes.items():
        bench = bench.replace(name, str(size))
    (tmp_path / "rom.v").write_text(text)
    (tmp_path / "bench.v").write_text(bench)
    for command in (
        ["verilator", "--lint-only", "-Wall", "rom.v"],
        ["iverilog", "-g2005", "-o", "bench.vvp", "rom.v", "bench.v"],
        ["vvp", "-n", "bench.vvp"],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=tool_environment())
        assert done.returncode == 0 and "%Warning" not in done.stderr, done.stderr[:2000]
    assert [int(line, 16) for line in done.stdout.split()] == values
