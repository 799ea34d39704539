"""Shapes, proved ranges, readers, text and files of a graph."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tests.mutants import mutant

from whetgen import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning, Output, graph_sha256, load_graph, save_graph, validate
from whetgen.ir.integers import as_integers, signed_bits, word_bits
from whetgen.ir.nodes import Conv, Dense, Input, MaxPool, Pad, Reshape, SumPool, Threshold, WeightedSum


def small_graph(weights=None):
    weights = np.arange(-9, 9).reshape(3, 3, 1, 2) if weights is None else weights
    nodes = (
        Input("pixels", (6, 6, 1), ELEMENT_TYPES["uint4"]),
        Conv("conv", "pixels", weights, np.zeros(2, dtype=np.int64), padding=((1, 1), (0, 0))),
        Threshold("fire", "conv", np.array([3, -2])),
        MaxPool("pool", "fire", (2, 2), (2, 2)),
        Reshape("flat", "pool", (12,)),
        Dense("scores", "flat", np.ones((12, 3), dtype=np.int64), np.array([0, 1, -1])),
    )
    return Graph(
        nodes,
        (Output("scores", "scores", "accumulators", Fraction(1, 8), classifier=True),),
        InputMeaning(Fraction(1, 16)),
    )


def test_text_shows_each_node_with_shape_and_range():
    assert str(small_graph()).splitlines() == [
        "pixels = Input() shape=(6,6,1) type=uint4 : 6x6x1 0..15",
        "conv = Conv(pixels) weights=int[3x3x1x2] bias=int[2] padding=((1,1),(0,0)) : 6x4x2 -375..300",
        "fire = Threshold(conv) thresholds=int[2] : 6x4x2 0..1",
        "pool = MaxPool(fire) window=(2,2) stride=(2,2) : 3x2x2 0..1",
        "flat = Reshape(pool) shape=(12) : 12 0..1",
        "scores = Dense(flat) weights=int[12x3] bias=int[3] : 3 -1..13",
        "output scores = scores as accumulators classes",
    ]


def test_ranges_cover_what_runs_reach():
    graph = small_graph()
    codes = np.random.default_rng(0).integers(0, 16, (200, 6, 6, 1))
    lo, hi = graph.ranges["scores"]
    results = graph.run(codes)
    assert lo <= results.min() and results.max() <= hi


@pytest.mark.parametrize(
    ("node", "range_"),
    [
        (SumPool("n", "x", (2, 2), (2, 2)), (0, 60)),
        (Pad("n", "x", ((1, 1), (0, 0))), (0, 15)),
        (WeightedSum("n", ("x",), (np.array([-2]),), np.array([5])), (-25, 5)),
        (WeightedSum("n", ("x", "x"), (np.array([-2]), np.array([3])), np.array([0])), (-30, 45)),
    ],
)
def test_range_laws(node, range_):
    graph = Graph((Input("x", (4, 4, 1), ELEMENT_TYPES["uint4"]), node), (Output("o", "n", "accumulators"),))
    assert validate(graph).ranges["n"] == range_


def test_readers_are_indexed_once_and_outputs_known():
    graph = small_graph()
    assert [n.name for n in graph.readers["fire"]] == ["pool"]
    assert graph.read_by_output == {"scores"}
    assert graph.is_spikes("pool") and not graph.is_spikes("conv")


@pytest.mark.parametrize("huge", [1, 1 << 40, 1 << 100])
def test_a_saved_graph_is_the_same_graph_with_the_same_bytes(tmp_path, huge):
    weights = as_integers(np.arange(-9, 9).reshape(3, 3, 1, 2).astype(object) * huge)
    graph = small_graph(weights)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save_graph(graph, tmp_path / name)
    loaded = load_graph(tmp_path / "a")
    assert str(loaded) == str(graph)
    assert graph_sha256(loaded) == graph_sha256(graph)
    assert loaded.meaning == graph.meaning and loaded.outputs == graph.outputs
    assert np.array_equal(loaded["conv"].weights, weights)
    for file in ("model.json", "model.npz"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_the_hash_sees_one_weight():
    graph = small_graph()
    other = small_graph(graph["conv"].weights + np.eye(2, dtype=np.int64)[0])
    assert graph_sha256(graph) != graph_sha256(other)
    assert graph_sha256(graph) != graph_sha256(replace(graph, notes=("x",)))


def test_a_corrupt_folder_is_refused(tmp_path):
    with pytest.raises(BadInput, match="holds no model.json; give a folder that whetgen generated"):
        load_graph(tmp_path)
    save_graph(small_graph(), tmp_path)
    (tmp_path / "model.npz").write_bytes(b"PK nonsense")
    with pytest.raises(BadInput, match="generate the folder again"):
        load_graph(tmp_path)
    save_graph(small_graph(), tmp_path)
    (tmp_path / "model.json").write_text((tmp_path / "model.json").read_text().replace('"format": 1', '"format": 7'))
    with pytest.raises(BadInput, match="has format 7, this version reads 1"):
        load_graph(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"kind": "Conv"', '"kind": ["Conv"]', r"\(nodes\[1\].kind is \['Conv'\], not text\)"),
        ('"name": "conv"', '"name": 7', r"\(nodes\[1\].name is 7, not text\)"),
        ('"groups": 1', '"groups": 1.0', r"\(nodes\[1\].groups is 1.0, not a whole number\)"),
        ('"limbs": false', '"limbs": 0', r"\(limbs is 0, not true or false\)"),
        ('"type": "uint4"', '"type": "uint5"', r"nodes\[0\].type is 'uint5', not uint8 or int8"),
        ('"1/16"', '"1e999999999"', "meaning.scale is '1e999999999', not a ratio of whole numbers"),
        ('"0001.weights"', '"0001.wait"', "model.npz: array '0001.wait' is missing; generate the folder again"),
        ('"classifier": true', '"classifier": null', r"outputs\[0\].classifier is None, not true or false"),
        (None, "[]", "model.json has format None, this version reads 1"),
        ('"1/16"', '"1/0"', "does not describe a graph"),
        ('"1/16"', '"a half"', "does not describe a graph"),
        (
            '"kind": "Conv"',
            '"kind": "Blob"',
            r"nodes\[1\].kind is 'Blob', not Input or Dense or Conv or Threshold or MultiThreshold",
        ),
        ('"source": "pool"', '"source": "pond"', "sources come before their readers; found pond"),
    ],
)
def test_a_model_json_that_is_no_graph_is_refused(tmp_path, old, new, message):
    save_graph(small_graph(), tmp_path)
    text = (tmp_path / "model.json").read_text()
    assert old is None or old in text
    (tmp_path / "model.json").write_text(text.replace(old, new) if old else new)
    with pytest.raises(BadInput, match=message):
        load_graph(tmp_path)


@pytest.mark.parametrize(
    ("lo", "hi", "signed", "word"),
    [(0, 0, 1, 1), (0, 1, 2, 1), (-1, 0, 1, 1), (-1, 1, 2, 2), (0, 255, 9, 8), (-128, 127, 8, 8), (-129, 5, 9, 9)],
)
def test_widths(lo, hi, signed, word):
    assert signed_bits(lo, hi) == signed
    assert word_bits(lo, hi) == word


@pytest.mark.parametrize("file", ["model.json", "model.npz"])
def test_mutants_of_a_saved_graph_are_graphs_or_refused(tmp_path, file):
    save_graph(small_graph(as_integers(np.arange(-9, 9).reshape(3, 3, 1, 2).astype(object) << 70)), tmp_path)
    whole = (tmp_path / file).read_bytes()
    for seed in range(60):
        (tmp_path / file).write_bytes(mutant(whole, seed))
        try:
            graph_sha256(load_graph(tmp_path))
        except BadInput as error:
            assert str(tmp_path) in str(error) and "\n" not in str(error)
