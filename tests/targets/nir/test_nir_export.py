"""The exported NIR graph, run node by node by its definitions, and read again, against the reference."""

import random
from fractions import Fraction

import nir
import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.nir_files import open_nir
from whetgen.frontends.nir.tracer import trace_nir
from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.ir import ELEMENT_TYPES, Graph, InputMeaning, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.passes import lower, optimise
from whetgen.targets.nir.export import export
from whetgen.verification.frames import flat_outputs
from whetgen.verification.nir_runner import run_nir


def test_random_graphs_come_back_with_the_same_meaning(tmp_path):
    """Written by nir, checked by nir's own reader, read by ours."""
    compared = 0
    for seed in range(50):
        graph = random_graph(random.Random(seed), max_bits=40, small=True)
        try:
            made = export(graph)
        except BadInput:
            continue
        nir.write(tmp_path / "net.nir", made)
        assert set(nir.read(tmp_path / "net.nir", type_check=False).nodes) == set(made.nodes)
        traced = trace_nir(open_nir(tmp_path / "net.nir"), graph.input.type, InputMeaning(Fraction(1)))
        again = optimise(lower(traced.graph).graph)
        codes = random_codes(graph, random.Random(seed), 8)
        wanted, found = (as_dict(g, g.run(codes)) for g in (graph, again))
        for output in again.outputs:
            values = found[output.name] * output.scale + output.offset
            assert np.array_equal(values, wanted[output.name].reshape(values.shape)), seed
        compared += 1
    assert compared > 10


def test_outputs_keep_their_order_whatever_they_are_called(tmp_path):
    """A file keeps its nodes by name: ``sums`` stands behind ``codes_`` and ``Fires``."""
    nodes = (
        Input("codes", (3,), ELEMENT_TYPES["int8"]),
        Dense("sums", "codes", np.array([[1, -2], [0, 1], [3, 1]]), np.array([1, 0])),
        Threshold("fires", "sums", np.array([2, 5])),
    )
    heads = (Output("sums", "sums", "accumulators"), Output("codes", "codes", "accumulators"))
    graph = validate(Graph(nodes, (*heads, Output("Fires", "fires", "spikes"))))
    codes = np.random.default_rng(0).integers(-128, 128, (5, 3))
    nir.write(tmp_path / "net.nir", export(graph))
    assert np.array_equal(run_nir(tmp_path / "net.nir", graph, codes), flat_outputs(graph, codes))


def as_dict(graph, values):
    named = values if isinstance(values, dict) else {graph.outputs[0].name: values}
    return {name.replace("/", "."): each for name, each in named.items()}
