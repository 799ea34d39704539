"""The prover on statements whose truth is plain."""

import pytest

from whetgen.errors import BadInput, ToolFailed
from whetgen.formal import prove, solve

COUNTER = """module counter #(parameter LIMIT = 5) (input wire clk, input wire rst);
    reg [7:0] count;
    always @(posedge clk) count <= rst || count == LIMIT ? 8'd0 : count + 8'd1;
    reg started;
    initial started = 0;
    always @(posedge clk) started <= 1;
    always @* if (!started) assume (rst);
    always @* if (started) assert (count <= 5);
    always @* if (started) assert (count != 7);
endmodule
"""
HARD = """module product (input wire [23:0] a, input wire [23:0] b, input wire [23:0] c);
    always @* assert ((a * b) * c == a * (b * c));
endmodule
"""


@pytest.fixture
def source(tmp_path):
    def write(text, name="it.v"):
        (tmp_path / name).write_text(text)
        return [tmp_path / name]

    return write


def test_what_holds_for_all_time_is_proved(source):
    result = prove(source(COUNTER), "counter")
    assert result.holds and str(result).startswith("counter: proved in ")


def test_what_fails_is_told_with_its_line_and_cycle(source):
    result = prove(source(COUNTER), "counter", {"LIMIT": 6})
    assert (result.holds, result.failed, result.cycle) == (False, "it.v:8", 7)
    assert str(result) == "counter: it.v:8 fails in cycle 7"


def test_registers_without_a_reset_begin_as_anything(source):
    text = "module m (input wire clk); reg r; always @(posedge clk) r <= r; always @* assert (!r); endmodule"
    assert prove(source(text), "m").holds is False


def test_what_takes_too_long_is_undecided(source):
    result = prove(source(HARD), "product", seconds=1)
    assert result.holds is None and str(result).startswith("product: undecided after ")


def test_nothing_to_prove_is_an_error(source):
    with pytest.raises(ToolFailed, match=r"^empty: has no assertion; there is nothing to prove$"):
        prove(source("module empty (input wire a, output wire b); assign b = !a; endmodule"), "empty")


def test_sources_that_yosys_refuses_are_an_error(source):
    with pytest.raises(ToolFailed, match="ERROR"):
        prove(source("module broken (;"), "broken")


def test_a_missing_tool_is_named(source, monkeypatch):
    monkeypatch.setattr(solve.shutil, "which", lambda name, **_: None if "abc" in name else f"/usr/bin/{name}")
    with pytest.raises(BadInput, match=r"^yosys-abc is not installed; install Yosys with ABC"):
        prove(source(COUNTER), "counter")
