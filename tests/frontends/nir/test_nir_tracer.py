"""NIR graphs, written by nir itself, against their definition in PyTorch's order of the axes."""

import itertools
from fractions import Fraction

import h5py
import nir
import numpy as np
import pytest

from whetgen.errors import BadInput
from whetgen.foreign.nir_files import open_nir
from whetgen.frontends.nir.tracer import trace_nir
from whetgen.ir import ELEMENT_TYPES, InputMeaning
from whetgen.passes import lower, optimise


def shape_in(*shape):
    return nir.Input(input_type=np.array(shape))


def shape_out(*shape):
    return nir.Output(output_type=np.array(shape))


def graph_of(tmp_path, nodes, edges=None, element="uint8", **settings):
    names = list(nodes)
    edges = edges or list(itertools.pairwise(names))
    nir.write(tmp_path / "net.nir", nir.NIRGraph(nodes=nodes, edges=edges, **settings))
    traced = trace_nir(open_nir(tmp_path / "net.nir"), ELEMENT_TYPES[element], InputMeaning(Fraction(1)))
    return optimise(lower(traced.graph).graph)


def halves(rng, *shape):
    """Exact in any order of additions."""
    return rng.integers(-8, 9, shape) / 2


def test_convolution_pool_and_dense_are_what_their_definitions_say(tmp_path):
    rng = np.random.default_rng(0)
    kernel, bias, weight = halves(rng, 3, 2, 3, 3), halves(rng, 3), halves(rng, 4, 27)
    nodes = {
        "input": shape_in(2, 6, 6),
        "conv": nir.Conv2d((6, 6), kernel, (1, 1), (1, 1), (1, 1), 1, bias),
        "if": nir.IF(r=np.full((3, 6, 6), 2.0), v_threshold=np.full((3, 6, 6), 5.0)),
        "pool": nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])),
        "flat": nir.Flatten({"input": np.array([3, 3, 3])}, 0, -1),
        "dense": nir.Affine(weight, halves(rng, 4)),
        "spikes": nir.Threshold(np.array([0.0, 1.5, -2.0, 3.0])),
        "output": shape_out(4),
    }
    graph = graph_of(tmp_path, nodes)
    codes = rng.integers(0, 256, (20, 6, 6, 2))
    wanted = [definition(nodes, frame.transpose(2, 0, 1)) for frame in codes]
    assert np.array_equal(graph.run(codes), wanted)
    assert {0, 1} == set(np.unique(wanted))


def definition(nodes, x):
    """The network above, loop by loop."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    v = np.array(
        [
            [[np.sum(padded[:, i : i + 3, j : j + 3] * k) + b for j in range(6)] for i in range(6)]
            for k, b in zip(nodes["conv"].weight, nodes["conv"].bias, strict=True)
        ]
    )
    z = (2 * v > 5).astype(int)
    pooled = z.reshape(3, 3, 2, 3, 2).sum(axis=(2, 4)).reshape(-1)
    return (nodes["dense"].weight @ pooled + nodes["dense"].bias > nodes["spikes"].threshold).astype(int)


def test_a_threshold_is_above_and_not_equal(tmp_path):
    nodes = {"input": shape_in(3), "spikes": nir.Threshold(np.array([1.0, 2.0, 2.5])), "output": shape_out(3)}
    graph = graph_of(tmp_path, nodes)
    assert graph.run(np.array([[1, 2, 2], [2, 3, 3]])).tolist() == [[0, 0, 0], [1, 1, 1]]


def test_edges_that_meet_are_added(tmp_path):
    nodes = {
        "input": shape_in(2),
        "a": nir.Linear(np.array([[1.0, 0.0], [0.0, 1.0]])),
        "b": nir.Scale(np.array([2.0, -1.0])),
        "spikes": nir.Threshold(np.array([5.5, -0.5])),
        "output": shape_out(2),
    }
    edges = [("input", "a"), ("input", "b"), ("a", "spikes"), ("b", "spikes"), ("spikes", "output")]
    graph = graph_of(tmp_path, nodes, edges)
    assert graph.run(np.array([[1, 0], [2, 9]])).tolist() == [[0, 1], [1, 1]]


MEMORY = "has a memory, which a network that spikes once does not; use IF or Threshold"


@pytest.mark.parametrize(
    "node",
    [
        nir.LIF(*(np.ones(2) for _ in range(4))),
        nir.LI(*(np.ones(2) for _ in range(3))),
        nir.I(np.ones(2)),
        nir.CubaLIF(*(np.ones(2) for _ in range(5))),
    ],
    ids=lambda node: type(node).__name__,
)
def test_neurons_with_a_memory_are_refused(node, tmp_path):
    with pytest.raises(BadInput) as told:
        graph_of(tmp_path, {"input": shape_in(2), "neuron": node, "output": shape_out(2)})
    assert str(told.value) == f"node 'neuron' ({type(node).__name__}) {MEMORY}"


def test_a_circle_is_refused(tmp_path):
    nodes = {"input": shape_in(1), "a": nir.Scale(np.ones(1)), "b": nir.Scale(np.ones(1)), "output": shape_out(1)}
    edges = [("input", "a"), ("a", "b"), ("b", "a"), ("b", "output")]
    with pytest.raises(BadInput, match=r"net\.nir: .* is a circle; networks without recurrence are supported$"):
        graph_of(tmp_path, nodes, edges, type_check=False)


def test_a_file_that_is_no_graph_is_told(tmp_path):
    path = tmp_path / "net.nir"
    path.write_bytes(b"nothing")
    with pytest.raises(BadInput) as told:
        open_nir(path)
    assert str(told.value) == f"{path}: no whole HDF5 file; write the graph again with nir.write"


def test_cut_and_mutated_files_are_read_or_refused_in_one_line(tmp_path):
    path = tmp_path / "net.nir"
    nodes = {"input": shape_in(3), "spikes": nir.Threshold(np.array([1.0, 2.0, 2.5])), "output": shape_out(3)}
    graph_of(tmp_path, nodes)
    data, rng, refused = path.read_bytes(), np.random.default_rng(0), 0
    for trial in range(150):
        changed = bytearray(data[: rng.integers(1, len(data))] if trial % 3 == 0 else data)
        for place in rng.integers(0, len(changed), 8):
            changed[place] = rng.integers(0, 256)
        path.write_bytes(bytes(changed))
        try:
            trace_nir(open_nir(path), ELEMENT_TYPES["uint8"], InputMeaning(Fraction(1)))
        except BadInput as error:
            assert str(error).count("\n") == 0
            refused += 1
    assert 50 < refused < 150


def test_a_file_that_links_out_is_refused(tmp_path):
    path = tmp_path / "net.nir"
    with h5py.File(path, "w") as file:
        file["node"] = h5py.ExternalLink("/etc/passwd", "/")
    with pytest.raises(BadInput) as told:
        open_nir(path)
    assert str(told.value) == f"{path}: 'node' is a link to the file '/etc/passwd'; links are not followed"


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("c/type", np.zeros((0,), h5py.string_dtype()), "node 'c' is a graph in the graph or has no type; flatten it before nir.write"),
        ("input/shape", "LIF", "the input 'input' has the shape (); one to three axes are supported"),
        ("input/shape", np.array([1, -4, 4]), "the input 'input' has the shape (1, -4, 4); one to three axes are supported"),
    ],
)  # fmt: skip
def test_a_field_that_is_none_is_told_with_the_file(place, value, message, tmp_path):
    path = tmp_path / "net.nir"
    with pytest.raises(BadInput) as told:
        damaged(path, place, value)
    assert str(told.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("field", "value"),
    [("stride", "Input"), ("groups", np.zeros((0,), int)), ("stride", np.array([0, 0])), ("bias", np.zeros((7, 7)))],
)
def test_a_node_that_breaks_the_rules_is_named(field, value, tmp_path):
    with pytest.raises(BadInput, match=r"^node 'c' \(Conv2d\) .+; write the graph again with nir.write$"):
        damaged(tmp_path / "net.nir", f"c/{field}", value)


def test_a_neuron_without_a_resistance_is_named(tmp_path):
    path = tmp_path / "net.nir"
    nodes = {"input": shape_in(4), "n": nir.IF(np.ones(4), np.ones(4)), "output": shape_out(4)}
    nir.write(path, nir.NIRGraph(nodes=nodes, edges=list(itertools.pairwise(nodes))))
    with h5py.File(path, "r+") as file:
        del file["node/nodes/n/r"]
        file["node/nodes/n/r"] = np.zeros(0)
    with pytest.raises(BadInput) as told:
        trace_nir(open_nir(path), ELEMENT_TYPES["uint8"], InputMeaning())
    assert str(told.value) == "node 'n' (IF) has a constant of shape (0,), which does not fit the tensor (1, 4)"


def damaged(path, place, value):
    """Reads a convolution of which one field is another value."""
    conv = nir.Conv2d((4, 4), np.ones((2, 1, 2, 2)), 1, 0, 1, 1, np.zeros(2))
    nodes = {"input": shape_in(1, 4, 4), "c": conv, "output": shape_out(2, 3, 3)}
    nir.write(path, nir.NIRGraph(nodes=nodes, edges=list(itertools.pairwise(nodes)), type_check=False))
    with h5py.File(path, "r+") as file:
        del file[f"node/nodes/{place}"]
        file[f"node/nodes/{place}"] = value
    return trace_nir(open_nir(path), ELEMENT_TYPES["uint8"], InputMeaning())
