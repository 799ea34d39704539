"""``whetgen.json``: what a folder holds, for scripts."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from whetgen.ir import Graph, graph_sha256
from whetgen.ir.graph import Output
from whetgen.targets.base import Rendered
from whetgen.targets.output.schema import SCHEMA
from whetgen.targets.output.words import input_words, output_words


def describe(graph: Graph, target: str, name: str, rendered: Rendered, facts: dict) -> dict:
    """The manifest without its ``files``."""
    return {
        "schema": SCHEMA,
        "version": version("whetgen"),
        "target": target,
        "name": name,
        "input": _input(graph),
        "output": {
            "kind": rendered.output_kind,
            "length": rendered.output_length,
            "heads": [_head(graph, o) for o in graph.outputs],
        },
        "latency_cycles": rendered.latency_cycles,
        "initiation_interval_cycles": rendered.interval_cycles,
        "resources": rendered.resources,
        "graph_sha256": graph_sha256(graph),
        "notes": list(graph.notes),
        **rendered.details,
        **facts,
    }


def _input(graph: Graph) -> dict:
    node, meaning = graph.input, graph.meaning
    return {
        "shape": list(node.shape),
        "type": node.type.name,
        "bits": node.type.bits,
        "scale": float(meaning.scale),
        "offset": float(meaning.offset),
        "scale_exact": str(meaning.scale),
        "offset_exact": str(meaning.offset),
        "elements": int(np.prod(node.shape)),
        "meaning": input_words(graph),
    }


def _head(graph: Graph, output: Output) -> dict:
    lo, hi = graph.ranges[output.source]
    return {
        "name": output.name,
        "kind": output.kind,
        "shape": list(graph.shapes[output.source]),
        "scale": float(output.scale),
        "offset": float(output.offset),
        "scale_exact": str(output.scale),
        "offset_exact": str(output.offset),
        "lowest": lo,
        "highest": hi,
        "classifier": output.classifier,
        **(_classes(graph, output) if output.classifier else {}),
        "meaning": output_words(graph, output),
    }


def _classes(graph: Graph, output: Output) -> dict:
    """How many classes, and for two by one neuron the least integer of class 1."""
    return {
        "classes": graph.classes(output),
        "class_1_from": output.level if graph.size(output.source) == 1 else None,
    }
