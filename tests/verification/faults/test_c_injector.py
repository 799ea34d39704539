"""Flipped bits in the compiled C."""

import numpy as np
import pytest
from tests.targets.verilog.networks import CONSTRUCTS
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.targets.output.folder import read_manifest
from whetgen.verification.c_runner import run_c
from whetgen.verification.faults import c_share
from whetgen.verification.faults.c_injector import CFlip, CInjector
from whetgen.verification.faults.c_tables import differing_bits, read_tables
from whetgen.verification.faults.fates import fate_of
from whetgen.verification.faults.yardstick import Unflipped
from whetgen.verification.frames import default_frames, flat_outputs

WANTED = np.arange(8).reshape(4, 2)
WRONG = WANTED.copy()
WRONG[1] += 1


@pytest.fixture
def made(tmp_path):
    whetgen.generate(tiny(), "c", tmp_path / "out", whetgen.Options(name="tiny"))
    return tmp_path / "out"


def test_without_a_flip_and_behind_one_it_is_the_network(made, tmp_path):
    codes = default_frames(tiny(), 9).codes
    injector = CInjector(made, "tiny", tiny(), tmp_path)
    table = next(iter(read_tables(made, "tiny")))
    nothing, _, again = injector.run([[], [CFlip(table, 0, 7)], [CFlip(table, 0, 3)] * 2], codes)
    wanted = run_c(made, "tiny", tiny(), codes).outputs
    assert nothing.ended == "ran" and nothing.check is None and np.array_equal(nothing.outputs, wanted)
    assert np.array_equal(again.outputs, wanted)


def test_the_tables_of_the_text_are_those_of_the_program(made, tmp_path):
    sizes = CInjector(made, "tiny", tiny(), tmp_path).bytes
    tables = read_tables(made, "tiny")
    assert tables and {name: len(data) for name, data in tables.items()}.items() <= sizes.items()
    assert {name for name in sizes if name not in tables} == {"hidden_layer", "scores_layer"}


def test_a_bit_of_the_arena_changes_the_frame_that_it_is_flipped_in(made, tmp_path):
    codes = default_frames(tiny(), 6).codes
    injector = CInjector(made, "tiny", tiny(), tmp_path)
    size = read_manifest(made)["resources"]["arena_bytes"]
    wanted = flat_outputs(tiny(), codes)
    fates = injector.run([[CFlip(None, byte, bit, 4, 0)] for byte in range(size) for bit in range(8)], codes)
    changed = [np.flatnonzero(np.any(fate.outputs != wanted, axis=1)).tolist() for fate in fates]
    spikes = [c for c in changed if c]
    assert len(spikes) == 2 and spikes == [[4], [4]]  # the two neurons of the first layer


def test_a_pointer_that_leads_nowhere_ends_the_run_and_not_the_study(made, tmp_path):
    codes = default_frames(tiny(), 3).codes
    injector = CInjector(made, "tiny", tiny(), tmp_path)
    faults = [[CFlip("scores_layer", byte, 6)] for byte in range(injector.bytes["scores_layer"])]
    fates = injector.run([*faults, []], codes)
    assert {"crashed", "ran"} <= {fate.ended for fate in fates}
    assert np.array_equal(fates[-1].outputs, flat_outputs(tiny(), codes))


def source(*numbers: int, name: str = "a", threshold: int = 3) -> str:
    row = ", ".join(map(str, numbers))
    return f"static const uint8_t WG_FLASH {name}[{len(numbers)}] = {{\n    {row}\n}};\n.threshold = {threshold},\n"


def test_bits_differ_where_numbers_of_tables_do_and_nothing_else():
    assert differing_bits(source(1, 0), source(1, 0x81)) == [("a", 1, 0), ("a", 1, 7)]
    assert differing_bits(source(1, 0), source(1)) is None
    assert differing_bits(source(1, 0), source(1, 0, name="b")) is None
    assert differing_bits(source(1, 0), source(1, 1, threshold=4)) is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dense", "levels", "wide_weights"])
def test_the_flips_of_the_reference_do_the_same_in_c(name, tmp_path, monkeypatch):
    monkeypatch.setattr(c_share, "SINGLES", 60)
    graph = CONSTRUCTS[name]
    folder = whetgen.generate(graph, "c", tmp_path / "out", whetgen.Options(name="net")).folder
    manifest = read_manifest(folder)
    frames = default_frames(graph, 20)
    matched, fates, points = c_share.real_share(
        folder, manifest, graph, frames, Unflipped.of(graph, frames).yardstick, 5, 0, lambda *_: None
    )
    assert matched.equal == matched.tried > 0 and matched.stored_bits >= matched.tried
    assert [row.what for row in fates] == ["tables", "records of kernels", "arena between layers"]
    assert all(row.tried == row.told + row.crashed + row.hung + row.lasting + row.changed + row.masked for row in fates)
    assert [point.flips for point in points] == [1, 2, 5] and all(0 <= point.lowest <= point.mean for point in points)


@pytest.mark.parametrize(
    ("ended", "told", "outputs", "last", "fate"),
    [
        ("ran", False, WANTED, 1, "masked"),
        ("ran", False, WRONG, 1, "changed"),
        ("ran", False, WRONG, 0, "lasting"),
        ("ran", False, WANTED[:3], 1, "hung"),
        ("hung", False, WANTED, 1, "hung"),
        ("crashed", False, WANTED[:1], 1, "crashed"),
        ("crashed", True, WANTED[:1], 1, "told"),
        ("ran", True, WANTED, 1, "told"),
    ],
)
def test_the_first_fate_that_holds_is_told(ended, told, outputs, last, fate):
    assert fate_of(ended, told, outputs, WANTED, last) == fate
