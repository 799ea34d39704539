"""A network of one output neuron tells class 1 where its real value is 0 or more, in every target, ties included."""

import subprocess
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from tests.targets.verilog.icarus import IcarusSimulator

from whetgen.fuzz.hls_batch import run_batch
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.targets.base import Rendered
from whetgen.targets.c import target as c
from whetgen.targets.hls import target as hls
from whetgen.targets.hls4ml import compile_model, predict_codes, to_hls4ml
from whetgen.targets.output.manifest import describe
from whetgen.targets.verilog import target as verilog

CODES = np.array(list(product(range(0, 16, 3), repeat=2)))
SCALE, OFFSET = Fraction(1, 6), Fraction(-1, 2)


def network(output: Output | None = None) -> Graph:
    nodes = (
        Input("in", (2,), ELEMENT_TYPES["uint4"]),
        Dense("hidden", "in", np.array([[1, -1, 2], [-1, 1, 2]]), np.zeros(3, dtype=np.int64)),
        Threshold("fire", "hidden", np.array([1, 4, 30])),
        Dense("head", "fire", np.array([[3], [-2], [5]]), np.array([0])),
        Threshold("spike", "head", np.array([3])),
    )
    number = Output("answer", "head", "accumulators", SCALE, OFFSET, classifier=True)
    return validate(Graph(nodes, (output or number,)))


def wanted() -> list[int]:
    """By the definition, in fractions."""
    return [int(int(v) * SCALE + OFFSET >= 0) for v in network().run(CODES)[:, 0]]


SPIKE = network(Output("answer", "spike", "spikes", classifier=True))
GRAPHS = {"number": network(), "spike": SPIKE}


def test_the_frames_hold_both_classes_and_a_tie():
    assert {0, 1} == set(wanted()) and 3 in network().run(CODES)  # 3 / 6 - 1/2 = 0


@pytest.mark.parametrize("name", GRAPHS)
def test_the_reference_tells_the_class(name):
    assert GRAPHS[name].predict(CODES).tolist() == wanted()
    assert GRAPHS[name].predict(CODES[0]) == wanted()[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("architecture", ["unrolled", "folded"])
def test_verilog_sends_the_class_in_one_beat(architecture, name, tmp_path):
    plan = verilog.plan(GRAPHS[name], "net", verilog.VerilogOptions(architecture=architecture, output="class"))
    found = IcarusSimulator(plan, tmp_path).run(CODES)
    assert (plan.output.kind, plan.output.bus_bits, plan.output.beats) == ("class", 8, 1)
    assert found.outputs.tolist() == [[k] for k in wanted()]
    assert (found.latency_cycles, found.interval_cycles) == (plan.latency_cycles, plan.initiation_interval_cycles)


def test_the_class_is_what_hardware_sends_of_a_number_and_the_spike_of_a_spike():
    defaults = [verilog.plan(graph, "net").output.kind for graph in GRAPHS.values()]
    assert defaults == ["class", "spikes"] == [hls.plan(graph, "net").output.kind for graph in GRAPHS.values()]


@pytest.mark.slow
def test_hls_sends_the_class(tmp_path):
    plans = [hls.plan(graph, f"net{k}", hls.HlsOptions(output="class")) for k, graph in enumerate(GRAPHS.values())]
    for found in run_batch([(plan, CODES) for plan in plans], tmp_path, ["-O0"]):
        assert found.tolist() == [[k] for k in wanted()]


@pytest.mark.slow
@pytest.mark.parametrize("name", GRAPHS)
def test_hls4ml_gives_the_class(name, tmp_path):
    model = to_hls4ml(GRAPHS[name], tmp_path, classify=True)
    compile_model(model)
    assert predict_codes(model, GRAPHS[name], CODES).tolist() == wanted()


@pytest.mark.parametrize("name", GRAPHS)
def test_predict_of_the_c_tells_the_class(name, tmp_path):
    files = c.render(c.plan(GRAPHS[name], "net"))
    packed = ", ".join(f"{{{a | b << 4}}}" for a, b in CODES)
    files["src/main.c"] = (
        f'#include <stdio.h>\n#include "net.h"\nint main(void) {{ static const uint8_t x[][1] = {{{packed}}};\n'
        f'for (int k = 0; k < {len(CODES)}; k++) printf("%d ", net_predict(x[k]));\nreturn 0; }}\n'
    )
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    subprocess.run("cc -std=c99 -Wall -Wextra -Werror -Iinclude src/*.c", shell=True, cwd=tmp_path, check=True)
    said = subprocess.run(tmp_path / "a.out", capture_output=True, text=True, check=True).stdout
    assert [int(word) for word in said.split()] == wanted()
    assert not {"src/wg_argmax.c", "src/wg_argmax_i32.c"} & set(files)


def test_headers_and_manifest_say_how_the_class_follows():
    told = "'answer': 1 accumulators; class 1 where it is 3 or more (its real value is 0 or more), else 0"
    assert f" *   {told}\n" in c.render(c.plan(network(), "net"))["include/net.h"]
    assert f"//          {told}\n" in verilog.render(verilog.plan(network(), "net"))["rtl/net.v"]
    assert f"//          {told}\n" in hls.render(hls.plan(network(), "net"))["net.h"]
    (head,) = describe(
        network(), "c", "net", Rendered(files={}, output_kind="accumulators", output_length=1, resources={}), {}
    )["output"]["heads"]
    facts = ("scale_exact", "offset_exact", "classifier", "classes", "class_1_from", "meaning")
    assert [head[key] for key in facts] == ["1/6", "-1/2", True, 2, 3, told]


@pytest.mark.slow
@pytest.mark.parametrize("offset, classes", [(10**6, {1}), (-(10**6), {0})])
def test_a_neuron_that_is_always_on_one_side_tells_that_class(offset, classes, tmp_path):
    graph = network(Output("answer", "head", "accumulators", SCALE, Fraction(offset), classifier=True))
    assert set(graph.predict(CODES).tolist()) == classes
    for architecture in ("unrolled", "folded"):
        plan = verilog.plan(graph, "net", verilog.VerilogOptions(architecture=architecture))
        assert set(IcarusSimulator(plan, tmp_path / architecture).run(CODES).outputs[:, 0].tolist()) == classes
