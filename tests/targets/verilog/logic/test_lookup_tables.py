"""LookupTables instead of layers, scores without what they have in common: the same outputs, the same classes."""

import numpy as np
import pytest
from tests.targets.verilog.logic.evaluate import literals_of

from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, Reshape, Threshold, WeightedSum
from whetgen.layers import Linear
from whetgen.reference import run
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.verilog.logic.circuit import MAX_TABLE_INPUTS
from whetgen.targets.verilog.logic.layer_circuits import layer_circuit
from whetgen.targets.verilog.logic.lookup_tables import LookupTables, with_lookup_tables
from whetgen.targets.verilog.logic.ranking import ranked
from whetgen.targets.verilog.logic.unread import unread

INPUTS, UNITS, FAN_IN = 12, 9, 4


def sparse(rng) -> np.ndarray:
    weights = np.zeros((INPUTS, UNITS), dtype=np.int64)
    for unit in range(UNITS):
        weights[rng.permutation(INPUTS - 1)[:FAN_IN], unit] = rng.integers(-3, 4, FAN_IN)
    return weights


def two_turns(rng) -> Graph:
    """Sums of a few bits, compared twice, and the comparisons joined: a band of the sum fires."""
    nodes = (
        Input("x", (INPUTS,), ELEMENT_TYPES["bit"]),
        Dense("lines", "x", sparse(rng), rng.integers(-2, 3, UNITS)),
        Threshold("low", "lines", rng.integers(-2, 3, UNITS)),
        Threshold("high", "lines", rng.integers(0, 6, UNITS)),
        WeightedSum("band", ("low", "high"), (np.ones(UNITS, int), -np.ones(UNITS, int)), np.zeros(UNITS, int)),
        Threshold("fire", "band", np.full(UNITS, 1)),
    )
    return validate(Graph(nodes, (Output("out", "fire", "spikes"),)))


def sliding(rng) -> Graph:
    """Windows of a map, zeros around, that read two groups of channels; and sums of a few of their neurons."""
    weights = rng.integers(-2, 3, (2, 2, 2, 4)) * (rng.random((2, 2, 2, 4)) < 0.4)
    more = np.zeros((36, UNITS), dtype=np.int64)
    for unit in range(UNITS):
        more[rng.permutation(36)[:FAN_IN], unit] = 1
    nodes = (
        Input("x", (3, 3, 4), ELEMENT_TYPES["bit"]),
        Conv("sums", "x", weights, rng.integers(-1, 2, 4), padding=((1, 0), (0, 1)), groups=2),
        Threshold("spikes", "sums", rng.integers(-1, 2, 4)),
        Reshape("flat", "spikes", (36,)),
        Dense("more", "flat", more, np.zeros(UNITS, dtype=np.int64)),
        Threshold("fire", "more", rng.integers(1, FAN_IN, UNITS)),
    )
    return validate(Graph(nodes, (Output("out", "fire", "spikes"),)))


def check_tables(graph: Graph, most: int, rng) -> None:
    """That tables are left, in so many layers at most, and what they answer."""
    layers = with_lookup_tables(hardware_layers(graph, Identifiers())).layers
    assert {type(s) for s in layers} == {LookupTables} and len(layers) <= most
    logics = [layer_circuit(layer) for layer in layers]
    assert all(len(cell.inputs) <= MAX_TABLE_INPUTS for logic in logics for cell in logic.circuit.cells)
    codes = rng.integers(0, 2, (50, *graph.input.shape))
    for code, wanted in zip(codes, run(graph, codes), strict=True):
        values = code.reshape(-1).tolist()
        for logic in logics:
            values = literals_of(logic.circuit, values, logic.outputs)
        assert values == wanted.tolist()


@pytest.mark.parametrize("seed", range(8))
def test_layers_of_few_bits_become_tables_with_the_same_outputs(seed):
    rng = np.random.default_rng(seed)
    check_tables(two_turns(rng), 1, rng)


@pytest.mark.parametrize("seed", range(4))
def test_windows_and_what_reads_their_tables_become_tables(seed):
    rng = np.random.default_rng(seed)
    check_tables(sliding(rng), 2, rng)


def test_inputs_that_no_table_reads_are_known():
    graph = with_lookup_tables(hardware_layers(two_turns(np.random.default_rng(0)), Identifiers()))
    assert unread(graph)["x"][INPUTS - 1]


def test_a_layer_of_many_inputs_stays():
    rng = np.random.default_rng(0)
    nodes = (
        Input("x", (INPUTS,), ELEMENT_TYPES["bit"]),
        Dense("sum", "x", rng.integers(1, 4, (INPUTS, 3)), np.zeros(3, dtype=np.int64)),
        Threshold("fire", "sum", np.array([5, 6, 7])),
    )
    graph = hardware_layers(validate(Graph(nodes, (Output("out", "fire", "spikes"),))), Identifiers())
    assert [type(s) for s in with_lookup_tables(graph).layers] == [Linear]


def scores(weights: np.ndarray, biases: np.ndarray) -> Graph:
    nodes = (Input("x", (len(weights),), ELEMENT_TYPES["bit"]), Dense("scores", "x", weights, biases))
    return validate(Graph(nodes, (Output("out", "scores", "scores", classifier=True),)))


@pytest.mark.parametrize("seed", range(8))
def test_simpler_scores_have_the_same_argmax_ties_included(seed):
    rng = np.random.default_rng(seed)
    graph = scores(rng.integers(-2, 3, (10, 5)), rng.integers(-2, 3, 5))
    last = ranked(hardware_layers(graph, Identifiers())).layers[-1]
    codes = rng.integers(0, 2, (200, 10))
    simple = codes @ last.weights + last.levels
    assert np.array_equal(np.argmax(simple, axis=1), np.argmax(run(graph, codes), axis=1))
    assert simple.min() >= last.result.lo and simple.max() <= last.result.hi


def test_n_hot_decoding_keeps_the_neurons_of_each_class_only():
    key = np.repeat(np.eye(5, dtype=np.int64), 4, axis=0)
    last = ranked(hardware_layers(scores(2 * (2 * key - 1), -(2 * key - 1).sum(axis=0)), Identifiers())).layers[-1]
    assert np.array_equal(last.weights, key)
