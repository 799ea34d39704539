"""Many small networks as one: hls4ml takes seconds to compile a project, whatever is in it.

The merged network reads all inputs side by side, crops out each part's own, and keeps the parts apart. Outputs
too wide for a double are compared inside the network: spikes where the value is at least, and more than, the
reference's on some frames, which pins it exactly there.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np

from whetgen.ir import Graph, Output, validate
from whetgen.ir.integers import as_integers
from whetgen.ir.nodes import Input, Node, Pad, Reshape, Threshold
from whetgen.reference.interpreter import run_tensors

EXACT = 1 << 53
PROBED_FRAMES = 2


def merge(cases: list[tuple[Graph, np.ndarray]]) -> tuple[Graph, np.ndarray]:
    """One graph and its frames from (graph, codes) pairs of one element type and equally many frames.

    Output k of case i is called ``"i k"``.
    """
    sizes = [prod(graph.input.shape) for graph, _ in cases]
    total = sum(sizes)
    nodes: list[Node] = [Input("all codes", (1, total, 1), cases[0][0].input.type)]
    outputs: list[Output] = []
    for number, (graph, codes) in enumerate(cases):
        start = sum(sizes[:number])
        probed = with_probes(graph, codes)
        prefix = f"{number}/"
        crop = Pad(f"{prefix}crop", "all codes", ((0, 0), (-start, start + sizes[number] - total)))
        nodes += [crop, Reshape(prefix + graph.input.name, crop.name, graph.input.shape)]
        nodes += [_renamed(node, prefix) for node in probed.nodes[1:]]
        outputs += [
            replace(o, name=f"{number} {k}", source=prefix + o.source, classifier=False)
            for k, o in enumerate(probed.outputs)
        ]
    frames = np.concatenate([codes.reshape(len(codes), -1) for _, codes in cases], axis=1)
    return validate(Graph(tuple(nodes), tuple(outputs))), frames.reshape(-1, 1, total, 1)


def with_probes(graph: Graph, codes: np.ndarray) -> Graph:
    """``graph`` with each output beyond 2**53 replaced by comparisons with its own values."""
    nodes, outputs = list(graph.nodes), []
    tensors = run_tensors(graph, codes[:PROBED_FRAMES])
    for output in graph.outputs:
        lo, hi = graph.ranges[output.source]
        if max(-lo, hi) <= EXACT:
            outputs.append(output)
            continue
        for frame, values in enumerate(tensors[output.source]):
            for above in (0, 1):
                probe = Threshold(
                    f"probe {len(nodes)} {frame} {above}", output.source, as_integers(values.astype(object) + above)
                )
                nodes.append(probe)
                outputs.append(Output(probe.name, probe.name, "spikes"))
    return validate(Graph(tuple(nodes), tuple(outputs)))


def _renamed(node: Node, prefix: str) -> Node:
    changes = {"name": prefix + node.name}
    if hasattr(node, "source"):
        changes["source"] = prefix + node.source
    if hasattr(node, "operands"):
        changes["operands"] = tuple(prefix + name for name in node.operands)
    return replace(node, **changes)
