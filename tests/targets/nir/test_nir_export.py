"""The exported NIR graph, run node by node by its definitions, and read again, against the reference."""

import random
from fractions import Fraction

import nir
import numpy as np

from whetgen.errors import BadInput
from whetgen.foreign.nir_files import open_nir
from whetgen.frontends.nir.tracer import trace_nir
from whetgen.fuzz.graphs import random_codes, random_graph
from whetgen.ir import InputMeaning
from whetgen.passes import lower, optimise
from whetgen.targets.nir.export import export


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


def as_dict(graph, values):
    named = values if isinstance(values, dict) else {graph.outputs[0].name: values}
    return {name.replace("/", "."): each for name, each in named.items()}
