"""Proofs of the library's modules for all inputs and all time, and what each proof would catch.

`formal_<module>.v` states a module's rules without looking inside; `formal_*.v` of other names are shared. A proof of
small sizes: modules of other parameters, and those that read tables, are simulated (hdl/tests).
"""

import shutil
from pathlib import Path

import pytest

from whetgen.formal import prove

FORMAL = Path(__file__).resolve().parent
RTL = FORMAL.parent / "rtl"
SHARED = sorted(path for path in FORMAL.glob("formal_*.v") if not path.stem.startswith("formal_wg_"))

# Module -> settings of its proof; the defaults stand in the file.
SETTINGS = {
    "wg_delay": [{}, {"CYCLES": 1}],
    "wg_pipeline": [{}, {"STAGES": 1}, {"STAGES": 2, "INTERVAL": 3}],
    "wg_frame_check": [{}, {"BEATS": 1}, {"BEATS": 4}],
    "wg_frame_in": [{}, {"BEATS": 1, "FRAME_WIDTH": 2}, {"BEATS": 3, "FRAME_WIDTH": 5}],
    "wg_frame_out": [{}, {"BEATS": 1}],
    "wg_slice": [{}, {"WIDTH": 1}],
    "wg_receive": [{}, {"BEATS": 1}],
    "wg_fold_send": [{}, {"BEATS": 1}, {"SIGNED": 0}, {"BUS_WIDTH": 2}],
    "wg_fold_argmax": [{}, {"SIGNED": 0}, {"COUNT": 4}],
    "wg_resize": [{}, {"SIGNED": 0}],
    "wg_gather": [{}],
    "wg_argmax": [{}, {"COUNT": 5, "WIDTH": 2, "LATENCY": 3}],
    "wg_count": [{}, *({"INPUTS": n, "LANES": 1 + n % 3} for n in range(2, 8))],
    "wg_booth": [{}, {"WIDTH": 1}, {"WIDTH": 12}],
    "wg_add": [{}, {"WIDTH": 1}, {"WIDTH": 12}],
    "wg_table": [{}, {"TRUTH": "64'h6996966996696996"}, {"INPUTS": 3, "TRUTH": "8'hf2"}],
    "wg_divide": [{}, *({"DIVISOR": d, "WIDTH": 7} for d in (1, 2, 5, 6, 8, 12, 33, 40)), {"WIDTH": 1}],
    "wg_vote": [{}],
    "wg_secded": [{}, {"WIDTH": 8}],
    "wg_blend": [{}, {"FIRE": 0, "OUT_WIDTH": 5}],
    "wg_control": [{}],
    "wg_uart_tx": [{"CLOCKS_PER_BIT": 2}, {}],
    "wg_uart_rx": [{}],
    "wg_uart_frames": [{}, {"BEATS": 1}, {"BEATS": 2}],
}

# Proofs of many cycles: modules, or one setting of theirs.
LONG = {"wg_uart_rx", ("wg_uart_tx", 1), ("wg_frame_in", 2)}

# (module, its text, a mistake instead): each must break the module's proof.
MISTAKES = [
    ("wg_delay", "chain_reg[CYCLES*WIDTH-1 -: WIDTH]", "chain_reg[WIDTH-1:0]"),
    ("wg_pipeline", "!out_valid || out_ready", "1'b1"),
    ("wg_pipeline", "advance && free", "free"),
    ("wg_pipeline", "INTERVAL - 1;", "INTERVAL;"),
    ("wg_frame_check", "(overrun_reg || final_beat)", "final_beat"),
    ("wg_frame_check", "if (last || final_beat)", "if (final_beat)"),
    ("wg_frame_in", "!final_beat || !valid_reg || frame_ready", "1'b1"),
    ("wg_frame_in", "{s_axis_tdata, earlier_reg}", "{earlier_reg, s_axis_tdata}"),
    ("wg_frame_in", "commit || (valid_reg && !frame_ready)", "commit || valid_reg"),
    ("wg_frame_out", "!valid_reg || (beat && m_axis_tlast)", "!valid_reg || m_axis_tlast"),
    ("wg_frame_out", "count_reg <= count_reg + 1'b1", "count_reg <= count_reg + (frame_valid ? 2'd2 : 2'd1)"),
    ("wg_slice", "in_valid || !ready_reg", "in_valid"),
    ("wg_slice", "if (ready_reg)\n            spare_reg", "if (free)\n            spare_reg"),
    ("wg_slice", "!valid_reg || out_ready", "!valid_reg"),
    ("wg_receive", "s_axis_tvalid && s_axis_tready", "s_axis_tvalid"),
    ("wg_fold_send", "!valid_reg || m_axis_tready", "1'b1"),
    ("wg_fold_send", "in_available && rd_enable", "in_available"),
    ("wg_fold_send", "last_reg       <= asked_last_reg", "last_reg       <= last"),
    ("wg_fold_argmax", "score > best_reg", "score >= best_reg"),
    ("wg_fold_argmax", "!(last && pending_reg)", "1'b1"),
    ("wg_resize", "SIGNED != 0 && data", "SIGNED == 0 && data"),
    ("wg_gather", "index < SOURCES", "index <= SOURCES"),
    ("wg_argmax", "$signed(challenger) >", "$signed(challenger) >="),
    ("wg_count", "majority(a ^ b ^ c, d ^ e ^ f, g)", "majority(a ^ b ^ c, d ^ e ^ f, {LANES{1'b0}})"),
    ("wg_booth", "middle && low;", "1'b0;"),
    ("wg_add", "{1'b0, left} +", "{1'b0, left} |"),
    ("wg_divide", "value / DIVISOR", "value / (DIVISOR + 1)"),
    ("wg_divide", "assign carried = g_step[n+1].rest", "assign carried = g_step[n+1].carried"),
    ("wg_table", "bits[n] ? g_input", "bits[0] ? g_input"),
    ("wg_vote", "(one & three)", "(one | three)"),
    ("wg_secded", "|syndrome && !odd[p]", "|syndrome"),
    ("wg_blend", ">= $signed(level)", "> $signed(level)"),
    ("wg_control", "s_axil_wready  = write", "s_axil_wready  = !bvalid_reg"),
    ("wg_control", "err_frames - errors_before_reg", "err_frames"),
    ("wg_control", "(rvalid_reg && !s_axil_rready)", "1'b0"),
    ("wg_uart_tx", "{1'b1, data}", "{1'b0, data}"),
    ("wg_uart_rx", "{line_reg, data_reg[7:1]}", "{data_reg[6:0], line_reg}"),
    ("wg_uart_frames", "ending_reg ? count_reg != FINAL :", "ending_reg ||"),
    ("wg_uart_frames", "silent && !valid_reg && !byte_valid", "silent"),
]


def long(*names) -> list[pytest.MarkDecorator]:
    """The mark of what goes by one of these names in LONG."""
    return [pytest.mark.long] * (not LONG.isdisjoint(names))


def proof(module: str, rtl: Path, parameters: dict[str, int]):
    sources = [*SHARED, FORMAL / f"formal_{module}.v", *sorted(rtl.glob("*.v"))]
    return prove(sources, f"formal_{module}", parameters, seconds=600)


def test_every_statement_is_proved_and_shown_able_to_fail():
    stated = {path.stem.removeprefix("formal_") for path in FORMAL.glob("formal_wg_*.v")}
    assert stated == set(SETTINGS) == {module for module, _, _ in MISTAKES}


@pytest.mark.slow
@pytest.mark.parametrize(
    "module, parameters",
    [pytest.param(m, p, marks=long(m, (m, k))) for m, several in SETTINGS.items() for k, p in enumerate(several)],
)
def test_the_module_keeps_its_rules_for_all_inputs(module, parameters):
    result = proof(module, RTL, parameters)
    assert result.holds, str(result)


@pytest.mark.slow
@pytest.mark.parametrize("module, right, wrong", [pytest.param(*case, marks=long(case[0])) for case in MISTAKES])
def test_a_mistake_breaks_the_proof(module, right, wrong, tmp_path):
    for source in RTL.glob("*.v"):
        shutil.copy(source, tmp_path)
    text = (tmp_path / f"{module}.v").read_text()
    assert right in text
    (tmp_path / f"{module}.v").write_text(text.replace(right, wrong, 1))
    result = proof(module, tmp_path, SETTINGS[module][-1] if "INTERVAL" in wrong else SETTINGS[module][0])
    assert result.holds is False and result.failed.startswith("formal_"), str(result)
