"""Folded networks proved as wholes, and wrong ones refuted by beats that show it."""

import re
from pathlib import Path

import pytest
from tests.formal.small_networks import folded
from tests.formal.stages import proved

from whetgen.formal.streamed import prove_stream
from whetgen.ir import load_graph
from whetgen.targets.output.folder import read_manifest


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["dense", *(pytest.param(name, marks=pytest.mark.long) for name in ("pooled sums", "residual"))]
)
def test_all_frames_in_any_pattern_give_what_the_graph_says(name, tmp_path):
    proof = proved(name, tmp_path / "out")
    assert proof.holds, str(proof)


FAULTS = {
    "threshold": ("dense", "net.v", r"FC_LEVELS = (\d+)'h(\w)", r"FC_LEVELS = \1'h7"),
    "stride": ("walking windows", "net.v", r"\.STRIDE_Y( *)\(2\)", r".STRIDE_Y\1(1)"),
    "ready": ("dense", "wg_fold_send.v", re.escape("!valid_reg || m_axis_tready"), "1'b1"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_refuted_with_the_beats_that_show_it(fault, tmp_path):
    name, file, right, wrong = FAULTS[fault]
    folder = folded(name, tmp_path / "out")
    source: Path = folder / "rtl" / file
    text, changes = re.subn(right, wrong, source.read_text(), count=1)
    assert changes and text != source.read_text()
    source.write_text(text)
    proof = prove_stream(folder, read_manifest(folder), load_graph(folder), 300)
    assert proof.holds is False and proof.failed.startswith(("formal_stream.v:", "formal_hold.v:")), str(proof)
    assert len(proof.trace) == proof.cycle + 1 and any(cycle["s_axis_tvalid"] for cycle in proof.trace)
