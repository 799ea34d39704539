"""The check that can fail: flips are found where they change something, and a check that sees nothing is found out."""

import numpy as np
import pytest
from tests.targets.verilog.networks import CONSTRUCTS
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input
from whetgen.verification import c_runner, self_check
from whetgen.verification.frames import default_frames, flat_outputs
from whetgen.verification.runners import Ran, Runner


@pytest.mark.slow
@pytest.mark.parametrize("target", ["c", "hls", "verilog"])
def test_every_flip_is_reported(target, tmp_path):
    whetgen.generate(tiny(), target, tmp_path / "out", whetgen.Options(name="tiny"))
    flips = self_check.self_check(tmp_path / "out")
    assert [flip.what.split()[0] for flip in flips] == ["weight", "threshold", "expected"]
    assert all(flip.found and flip.changed == flip.reported > 0 for flip in flips), flips


@pytest.mark.slow
@pytest.mark.parametrize("target", ["hls", "verilog"])
def test_one_of_several_thresholds_is_flipped_to_its_neighbour(target, tmp_path):
    whetgen.generate(CONSTRUCTS["levels"], target, tmp_path / "out", whetgen.Options(name="net"))
    flips = self_check.self_check(tmp_path / "out")
    assert flips[1].what.startswith("threshold [") and flips[1].found, flips


def test_flipped_thresholds_still_ascend():
    graph = CONSTRUCTS["levels"]
    flipped = [found for _, found in self_check._thresholds(graph)]
    assert len(flipped) > 20 and all(validate(found) for found in flipped)


def test_a_check_that_ignores_the_files_is_found_out(tmp_path, monkeypatch):
    whetgen.generate(tiny(), "c", tmp_path / "out", whetgen.Options(name="tiny"))

    def blind(folder, manifest, graph, frames, progress):
        return Ran(flat_outputs(tiny(), frames.codes))

    monkeypatch.setattr(c_runner, "RUNNER", Runner(blind, blind))
    weight, threshold, expected = self_check.self_check(tmp_path / "out")
    assert not weight.found and not threshold.found and expected.found
    assert str(weight).endswith("frames changed, 0 reported")


def test_a_graph_without_thresholds_has_no_threshold_to_flip(tmp_path):
    graph = validate(
        Graph(
            (Input("in", (3,), ELEMENT_TYPES["uint8"]), Dense("d", "in", np.arange(6).reshape(3, 2), np.zeros(2, int))),
            (Output("out", "d", "accumulators"),),
        )
    )
    whetgen.generate(graph, "c", tmp_path / "out", whetgen.Options(name="net"))
    assert [f.what.split()[0] for f in self_check.self_check(tmp_path / "out")] == ["weight", "expected"]


def test_a_flip_that_no_frame_shows_is_passed_over():
    manifest = {"output": {"kind": "scores"}}
    codes = default_frames(tiny(), 20).codes
    what, graph = self_check._first_that_matters(
        self_check._thresholds(tiny()), manifest, codes, flat_outputs(tiny(), codes)
    )
    assert what.startswith("threshold [") and not np.array_equal(
        flat_outputs(graph, codes), flat_outputs(tiny(), codes)
    )
    assert (
        self_check._first_that_matters(iter([("same", tiny())]), manifest, codes, flat_outputs(tiny(), codes)) is None
    )


def test_a_large_number_is_told_with_its_thousands_apart():
    nodes = Input("x", (1,), ELEMENT_TYPES["uint8"]), Dense("d", "x", np.array([[-810_017_346]]), np.array([0]))
    graph = validate(Graph(nodes, (Output("o", "d", "accumulators"),)))
    assert next(self_check._weights(graph))[0] == "weight [0, 0] of 'd': -810,017,346 becomes 810,017,346"
