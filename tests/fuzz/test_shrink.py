"""What fails is made small."""

import json

import numpy as np
import pytest
from tests.app.command import run
from tests.fuzz.faults import FAULTY, has_bias

from whetgen.fuzz import batch, models
from whetgen.fuzz.batch import FuzzTask, run_batch
from whetgen.fuzz.judges import JUDGES
from whetgen.fuzz.networks import READING, draw
from whetgen.fuzz.recipe import ModelRecipe
from whetgen.fuzz.reproducer import again, reproduce
from whetgen.fuzz.shrink import shrink_network, shrink_recipe
from whetgen.ir import load_graph
from whetgen.ir.nodes import Dense, Input, MultiThreshold, Threshold

GRAPHS = ("graph",)


@pytest.fixture
def faulty(monkeypatch):
    monkeypatch.setitem(JUDGES, "faulty", FAULTY)


def test_a_fault_put_in_on_purpose_is_found_and_shrinks_to_one_neuron(faulty, tmp_path):
    task = FuzzTask(3, ("loops", "faulty"), GRAPHS)
    found = run_batch(task, range(30))
    numbers = {problem.number for problem in found.problems}
    assert {problem.judge for problem in found.problems} == {"faulty"} and len(numbers) > 2
    assert all(has_bias(draw(3, number, GRAPHS).graph) for number in numbers)
    folder = reproduce(task, found.problems[0], tmp_path)
    graph, frames = load_graph(folder), np.load(folder / "frames.npz")["x"]
    assert [type(node) for node in graph.nodes] == [Input, Dense]
    assert (graph.size("input"), graph.size(graph.nodes[1].name), len(frames)) == (1, 1, 1)


def test_a_folder_of_a_failure_runs_again_and_says_when_it_is_mended(faulty, tmp_path, capsys, monkeypatch):
    problem = next(iter(run_batch(FuzzTask(3, ("faulty",), GRAPHS), range(30)).problems))
    folder = reproduce(FuzzTask(3, ("faulty",), GRAPHS), problem, tmp_path)
    assert f"whetgen fuzz --again {folder.name}" in (folder / "README.md").read_text()
    assert run(capsys, "fuzz", "--again", folder) == (1, "", "whetgen: FAILED: faulty: 1 of 1 frames differ\n")
    monkeypatch.setitem(JUDGES, "faulty", JUDGES["loops"])
    code, out, err = run(capsys, "fuzz", "--again", folder)
    assert (code, " ".join(out.split()), err) == (0, f"{folder}: nothing differs any more", "")


def test_layers_that_do_not_matter_go():
    graph = draw(1, 0, GRAPHS).graph
    codes = draw(1, 0, GRAPHS).codes
    smaller, frames = shrink_network(
        graph, codes, lambda g, c: any(isinstance(n, (Threshold, MultiThreshold)) for n in g.nodes)
    )
    assert [type(node) for node in smaller.nodes][:1] == [Input] and len(smaller.nodes) == 2
    assert len(frames) == 1


def test_a_recipe_keeps_the_layer_that_matters():
    assert shrink_recipe(ModelRecipe(1, (0, 1, 2, 3)), lambda r: 2 in r.steps and r.widest > 2) == ModelRecipe(
        1, (2,), 3, 1
    )


def test_a_model_that_is_misread_becomes_a_small_file(monkeypatch, tmp_path):
    compared = models.reading.check_against_floats

    def wrong(model, traced, codes=None):
        if any(node.kind == "IF" for node in model.nodes.values()):
            raise ZeroDivisionError("a layer of neurons")
        return compared(model, traced, codes)

    monkeypatch.setattr(models.reading, "check_against_floats", wrong)
    task = FuzzTask(2, (), ("nir",))
    problem = next(iter(run_batch(task, range(10)).problems))
    assert (problem.judge, problem.text) == (READING, "ZeroDivisionError: a layer of neurons")
    folder = reproduce(task, problem, tmp_path)
    assert again(folder) == problem
    assert "1 layers were drawn" in (folder / "README.md").read_text()
    monkeypatch.undo()
    assert again(folder) is None


def test_a_batch_that_does_not_build_is_tried_in_halves():
    def run_all(networks, folder):
        if any(network.number == 2 for network in networks):
            raise ZeroDivisionError("in network 2")
        return [batch.Told(network.wanted) for network in networks]

    networks = [draw(1, number, GRAPHS) for number in range(5)]
    told = batch.judged(batch.Judge(run_all, "breaks"), networks)
    assert told == [True, True, "ZeroDivisionError: in network 2", True, True]


def test_a_problem_is_told_in_json(faulty, capsys, tmp_path):
    code, out, err = run(
        capsys,
        "fuzz",
        "--count",
        3,
        "--seed",
        3,
        "--workers",
        1,
        "--kind",
        "graph",
        "--only",
        "loops",
        "--json",
        "--out",
        tmp_path,
    )
    told = json.loads(out)
    assert (code, told["networks"], told["kinds"], told["judged"], told["problems"]) == (
        0,
        3,
        {"graph": 3},
        {"loops": 3},
        [],
    )
    assert "loops" in told["cpu_seconds"] and not list(tmp_path.iterdir()) and not err
