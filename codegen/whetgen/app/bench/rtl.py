"""Unrolled layers and networks beside da4ml and its successor alkaid: the same integers, the same function, the same Yosys.

Each tool gets a layer's weights; each result compares the sums with the thresholds, because only then is the function that of
the neurons. All of it is combinational logic, mapped by one Yosys command.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.errors import BadInput, ToolFailed
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Dense, Input, Threshold
from whetgen.synth.devices import DEVICES
from whetgen.synth.mapping import map_cells
from whetgen.synth.run import clock
from whetgen.targets.output.library import library, named
from whetgen.targets.output.templating import template_environment
from whetgen.targets.verilog import target as verilog

SEED = 2026
TOP = "layer"


@dataclass(frozen=True, eq=False)
class DenseLayer:
    """Neurons over single bits: ``weights`` (inputs, neurons), ``thresholds`` (neurons,)."""

    name: str
    weights: np.ndarray
    thresholds: np.ndarray


@dataclass(frozen=True, kw_only=True)
class ToolRow:
    """What one tool makes of one layer. ``depth``: cells on the longest path. ``fmax_mhz``: between registers, on an ECP5; None where
    it was not asked for or not found."""

    layer: str
    tool: str
    lut: int
    carry: int
    depth: int
    seconds: float
    fmax_mhz: float | None = None

    @property
    def cells(self) -> int:
        return self.lut + self.carry


def layers() -> tuple[DenseLayer, ...]:
    """Two layers of random weights, drawn with a fixed seed."""
    rng = np.random.default_rng(SEED)
    ternary, four_bit = rng.integers(-1, 2, (64, 64)), np.random.default_rng(SEED).integers(-8, 8, (256, 32))
    return tuple(
        DenseLayer(name, weights, weights.sum(axis=0) // 2)
        for name, weights in (("64x64, ternary", ternary), ("256x32, 4 bits", four_bit))
    )


def layers_of(graph: Graph) -> tuple[DenseLayer, ...]:
    """A network's dense layers that read single bits and fire, by their names."""
    found = []
    for node in graph.nodes:
        dense = graph[node.source] if isinstance(node, Threshold) else None
        if isinstance(node, Threshold) and isinstance(dense, Dense) and graph.ranges[dense.source] == (0, 1):
            levels = np.broadcast_to(node.thresholds - dense.bias, (dense.weights.shape[1],))
            found.append(DenseLayer(dense.name, dense.weights, levels))
    return tuple(found)


def measure(layer: DenseLayer, tool: str, folder: Path, with_fmax: bool) -> ToolRow:
    """The row of one tool, whose sources come into the folder.

    Raises:
        BadInput: da4ml or alkaid is not installed.
    """
    began = time.perf_counter()
    TOOLS[tool](layer, folder)
    seconds = round(time.perf_counter() - began, 2)
    found = map_cells(folder, TOP, DEVICES["xc7"])
    return ToolRow(
        layer=layer.name,
        tool=tool,
        lut=found.cells["lut"],
        carry=found.cells["carry"],
        depth=found.depth,
        seconds=seconds,
        fmax_mhz=_fmax(layer, folder) if with_fmax else None,
    )


def _fmax(layer: DenseLayer, folder: Path) -> float | None:
    inputs, neurons = layer.weights.shape
    text = template_environment("bench").get_template("registered.v.j2").render(inputs=inputs, outputs=neurons, top=TOP)
    (folder / "registered.v").write_text(text, encoding="utf-8")
    map_cells(folder, "registered", DEVICES["ecp5-25k"])
    try:
        return round(clock(folder, DEVICES["ecp5-25k"]), 2)
    except ToolFailed:
        return None


def _write_ours(layer: DenseLayer, folder: Path) -> None:
    inputs, neurons = layer.weights.shape
    nodes = (
        Input("x", (inputs,), ELEMENT_TYPES["bit"]),
        Dense("sum", "x", layer.weights, np.zeros(neurons, dtype=np.int64)),
        Threshold("fire", "sum", layer.thresholds),
    )
    graph = validate(Graph(nodes, (Output("out", "fire", "spikes"),)))
    combinational = max(layer.weights.shape) ** 2  # levels: more than there can be
    options = verilog.VerilogOptions(architecture="unrolled", bus_bits=None, levels_per_stage=combinational)
    plan = verilog.plan(graph, "net", options)
    (module,) = plan.logic
    text = verilog.render(plan)[f"rtl/{module.name}.v"]
    for file, content in {f"{module.name}.v": text, **library(named([text]), "hdl/rtl")}.items():
        (folder / file).write_text(content, encoding="utf-8")
    _write_top(layer, folder, {"kind": "ours", "module": module.name})


def _write_da4ml(layer: DenseLayer, folder: Path) -> None:
    try:
        from da4ml.codegen import RTLModel
        from da4ml.trace import FixedVariableArrayInput, HWConfig, comb_trace
    except ImportError as error:
        raise BadInput(f"da4ml is not installed ({error}); pip install 'whetgen[bench]'") from error
    bits = FixedVariableArrayInput((len(layer.weights),), HWConfig(1, -1, -1))
    solution = comb_trace(bits, _single_bits(bits, layer) @ layer.weights.astype(float))
    RTLModel(solution, "net", str(folder / "project"), flavor="verilog").write()
    _write_sums(layer, folder, solution.out_qint)


def _write_alkaid(layer: DenseLayer, folder: Path) -> None:
    try:
        from alkaid.codegen import RTLModel
        from alkaid.trace import FVArrayInput, HWConfig, trace
    except ImportError as error:
        raise BadInput(f"alkaid is not installed ({error}); pip install 'whetgen[bench]'") from error
    bits = FVArrayInput((len(layer.weights),), HWConfig(1, -1, -1))
    solution = trace(bits, _single_bits(bits, layer) @ layer.weights.astype(float))
    RTLModel(solution, str(folder / "project"), "net", flavor="verilog").write()
    _write_sums(layer, folder, solution.out_qint)


def _single_bits(variables: Any, layer: DenseLayer) -> Any:
    """The inputs as unsigned numbers of one bit."""
    none, one = np.zeros(len(layer.weights), dtype=int), np.ones(len(layer.weights), dtype=int)
    return variables.quantize(none, one, none)


def _write_sums(layer: DenseLayer, folder: Path, ranges: Any) -> None:
    """The project's sources, and a top that compares its sums; each takes as many bits as the widest."""
    for source in (folder / "project" / "src").rglob("*.v"):
        if "readmem" not in source.read_text(encoding="utf-8"):
            (folder / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    lows, highs = [float(r[0]) for r in ranges], [float(r[1]) for r in ranges]
    signed = min(lows) < 0
    width = (
        max(max(int(-low) - 1 if low < 0 else 0, int(high)).bit_length() for low, high in zip(lows, highs, strict=True))
        + signed
    )
    _write_top(layer, folder, {"kind": "sums", "width": width, "signed": signed})


def _write_top(layer: DenseLayer, folder: Path, facts: dict[str, Any]) -> None:
    inputs, neurons = layer.weights.shape
    thresholds = [int(t) for t in layer.thresholds]
    text = (
        template_environment("bench")
        .get_template("layer.v.j2")
        .render(inputs=inputs, neurons=neurons, thresholds=thresholds, **facts)
    )
    (folder / f"{TOP}.v").write_text(text, encoding="utf-8")


TOOLS: dict[str, Callable[[DenseLayer, Path], None]] = {
    "whetgen": _write_ours,
    "da4ml": _write_da4ml,
    "alkaid": _write_alkaid,
}
