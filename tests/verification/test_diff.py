"""What ``whetgen diff`` says of two folders."""

from dataclasses import replace

import numpy as np
import pytest
from tests.targets.verilog.test_golden import tiny

import whetgen
from whetgen.errors import BadInput
from whetgen.ir.nodes import Threshold
from whetgen.verification.diff import Change, diff


def made(graph, folder, target="verilog", **options):
    whetgen.generate(graph, target, folder, whetgen.Options(**{"name": "net", **options}))
    return folder


def lines(changes, part):
    return [change.what for change in changes if change.part == part]


def test_the_same_input_gives_no_difference(tmp_path):
    assert diff(made(tiny(), tmp_path / "a"), made(tiny(), tmp_path / "b")) == ()


def test_a_weight_is_named_with_its_layer_and_the_files_that_hold_it(tmp_path):
    node = tiny()["hidden"]
    changed = tiny().with_nodes(
        replace(n, weights=n.weights + np.eye(3, 2, dtype=int)) if n.name == "hidden" else n for n in tiny().nodes
    )
    changes = diff(made(tiny(), tmp_path / "a"), made(changed, tmp_path / "b"))
    assert lines(changes, "graph") == [f"2 of {node.weights.size} weights of 'hidden' differ"]
    assert "rtl/net_hidden_logic.v differs" in lines(changes, "files") and "rtl/wg_frame_in.v differs" not in lines(
        changes, "files"
    )


def test_options_cycles_and_resources_are_told_with_both_values(tmp_path):
    changes = diff(made(tiny(), tmp_path / "a"), made(tiny(), tmp_path / "b", architecture="folded", bus_bits=8))
    assert Change("architecture", "architecture", "unrolled", "folded") in changes
    assert Change("options", "bus_bits", None, 8) in changes
    assert {"latency_cycles", "initiation_interval_cycles", "resources"} <= {c.part for c in changes}
    assert lines(changes, "graph") == []


def test_layers_that_come_go_or_change_kind(tmp_path):
    graph = tiny()
    nodes = [Threshold("scores", "fire", np.array([1, 1])) if n.name == "scores" else n for n in graph.nodes]
    nodes = [replace(n, name="spikes") if n.name == "fire" else n for n in nodes]
    nodes = [replace(n, source="spikes") if n.name == "scores" else n for n in nodes]
    changes = diff(made(graph, tmp_path / "a"), made(graph.with_nodes(nodes), tmp_path / "b", output="scores"))
    assert "layer 'fire' is gone" in lines(changes, "graph") and "layer 'spikes' is new" in lines(changes, "graph")
    assert Change("graph", "kind of 'scores'", "Dense", "Threshold") in changes


def test_other_folders_are_refused(tmp_path):
    (tmp_path / "b").mkdir()
    with pytest.raises(BadInput, match=r"holds no whetgen.json"):
        diff(made(tiny(), tmp_path / "a"), tmp_path / "b")
