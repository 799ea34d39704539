"""``whetgen verify --formal``: the layers of an unrolled Verilog folder, proved for all inputs where they can be.

A layer's proof rests on the files as they are, on Yosys reading them, and on the proofs of the three library modules. Its inputs are
all those in the range that the graph gives the tensors; the proofs of the layers in front see to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whetgen.errors import BadInput, ToolFailed
from whetgen.formal.claims import Claim, claims_of, words_of
from whetgen.formal.decide import Prover
from whetgen.formal.netlist import Unreadable, read_netlist
from whetgen.formal.search import Elements, counterexample, outputs_of
from whetgen.ir import Graph, load_graph
from whetgen.ir.nodes import Threshold
from whetgen.layers import Layer, Linear
from whetgen.reference import evaluate
from whetgen.synth.tools import find_tool
from whetgen.targets.output.folder import read_manifest
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.output.snapshot import snapshot
from whetgen.targets.streams.decision import with_decision
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.verilog.logic.cones import unread
from whetgen.targets.verilog.logic.simplify import simplified
from whetgen.targets.verilog.logic.windows import module_suffix, one_window

PROVED, TESTED, UNDECIDED, REFUTED = "proved", "tested only", "undecided", "refuted"


@dataclass(frozen=True)
class LayerProof:
    """``outputs``: results of the layer, and how many of them are ``proved``; ``seconds``: with reading the file.

    ``counterexample``: of a refuted layer, its input elements, for which the reference agrees that the netlist is wrong.
    """

    layer: str
    result: str
    outputs: int = 0
    proved: int = 0
    seconds: float = 0.0
    reason: str = ""
    counterexample: Elements | None = None


def prove_layers(
    folder: str | Path, seconds: float = 60, progress: Callable[[str], None] | None = None
) -> tuple[LayerProof, ...]:
    """Prove each layer against its weighted sums, each within ``seconds`` after its file is read.

    Raises:
        BadInput: not an intact, unrolled folder of --target verilog, or no time.
        CouldNotRun: Yosys is not installed, or was killed.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest["target"] != "verilog":
        raise BadInput(f"--formal: {folder} holds {manifest['target']}; only folders of --target verilog can be proved")
    if not seconds > 0:
        raise BadInput(f"--formal-seconds {seconds}: must be more than 0")
    if manifest.get("architecture") != "unrolled":
        raise BadInput(
            f"--formal: {folder} is folded, and of a folded network nothing can be proved; generate it with "
            "--architecture unrolled, or verify it without --formal"
        )
    find_tool("yosys")
    graph = with_decision(load_graph(folder), manifest["output"]["kind"])
    with snapshot(folder, manifest) as copy:
        return _proofs(copy, manifest, graph, seconds, progress or (lambda _: None))


def _proofs(
    folder: Path, manifest: dict, graph: Graph, seconds: float, progress: Callable[[str], None]
) -> tuple[LayerProof, ...]:
    network = hardware_layers(graph, Identifiers(manifest["name"]))
    built = simplified(network, manifest["output"]["kind"])
    cycles = {entry["layer"]: entry["cycles"] for entry in manifest["cycles"]}
    made, unused = {layer.name: layer for layer in built.layers}, unread(built)
    found = []
    for number, given in enumerate(network.layers, start=1):
        progress(f"prove {given.name}, {number} of {len(network.layers)}")
        layer = made.get(given.name)
        if layer is None or given.name not in cycles:
            found.append(LayerProof(given.name, TESTED, reason="part of the lookup tables of a later layer"))
        elif not _same_order(given, layer):
            found.append(LayerProof(given.name, UNDECIDED, reason="the scores are not in the order of the graph's"))
        else:
            source = folder / "rtl" / f"{manifest['name']}_{layer.result.name}_{module_suffix(layer)}.v"
            ignored = unused.get(layer.result.name, np.zeros(layer.result.count, dtype=bool))
            window = one_window(layer)
            everywhere = ignored.reshape(-1, window.result.count).all(axis=0)
            found.append(_prove(graph, given, window, everywhere, source, cycles[layer.name], seconds))
    found.append(LayerProof("streams, wiring, argmax", TESTED, reason="library modules, each proved by itself"))
    return tuple(found)


def _same_order(given: Layer, built: Layer) -> bool:
    """Whether the scores that were built differ from the graph's by a factor above 0 and what all of them have in common."""
    if not isinstance(built, Linear) or built is given:
        return True
    old = np.concatenate([given.weights, given.levels[:1]]).astype(object)
    new = np.concatenate([built.weights, built.levels[:1]]).astype(object)
    old, new = old - old[:, :1], new - new[:, :1]
    place = np.unravel_index(np.argmax(new != 0), new.shape)
    factor = old[place] // new[place] if new[place] else 1
    return factor > 0 and bool((old == factor * new).all())


def _prove(
    graph: Graph, given: Layer, layer: Layer, ignored: np.ndarray, source: Path, cycles: int, seconds: float
) -> LayerProof:
    """``given``: as the graph has it; ``layer``: as it was built; ``ignored``: (results,) True for those that nobody reads."""
    began, claims = time.monotonic(), claims_of(layer)
    if isinstance(claims, str):
        return LayerProof(layer.name, TESTED, layer.result.count, reason=claims)
    claims = [claim for claim, gone in zip(claims, ignored, strict=True) if not gone]

    def found(result: str, proved: int = 0, reason: str = "", elements: Elements | None = None) -> LayerProof:
        spent = round(time.monotonic() - began, 2)
        return LayerProof(layer.name, result, len(claims), proved, spent, reason, elements)

    try:
        netlist = read_netlist(source, cycles)
    except (Unreadable, ToolFailed) as error:
        return found(UNDECIDED, reason=f"{source.name}: {error}")
    if len(netlist.outputs) != layer.result.bits or netlist.inputs != sum(t.bits for t in layer.sources):
        return found(UNDECIDED, reason=f"{source.name}: x or y has another width than the layer")
    words, deadline = words_of(layer.sources), time.monotonic() + seconds
    prover = Prover(netlist, words)
    open_claims = [c for c in claims if time.monotonic() > deadline or not prover.proves(c)]
    proved = len(claims) - len(open_claims)
    if not open_claims:
        return found(PROVED, proved)
    wrong = counterexample(netlist, words, open_claims)
    if wrong is None:
        late = time.monotonic() > deadline
        return found(UNDECIDED, proved, "out of time" if late else "no proof and no counterexample found")
    claim, elements = wrong
    if layer is given and not _is_wrong(graph, layer, claim, elements, outputs_of(netlist, words, [elements])[0]):
        return found(UNDECIDED, proved, "the reference does not agree with the definition")
    return found(REFUTED, proved, f"result {claim.first // claim.width} is wrong", elements)


def _is_wrong(graph: Graph, layer: Layer, claim: Claim, elements: Elements, y: list[int]) -> bool:
    """Whether the reference wants other bits than the netlist gives."""
    wanted = int(reference_result(graph, layer, elements)[claim.first // claim.width]) % (1 << claim.width)
    return wanted != sum(y[claim.first + k] << k for k in range(claim.width))


def reference_result(graph: Graph, layer: Layer, elements: Elements) -> np.ndarray:
    """What the reference interpreter makes of a layer's input elements, (results,)."""
    node, at, sources = graph[layer.name], 0, []
    for tensor, name in zip(layer.sources, node.sources, strict=True):
        values = np.array(elements[at : at + tensor.count], dtype=object)
        sources.append(values.reshape(1, *graph.shapes[name]))
        at += tensor.count
    result = evaluate(node, *sources)
    if getattr(layer, "fire", False) and not isinstance(node, Threshold):
        result = evaluate(graph.readers[node.name][0], result)
    return result.reshape(-1)
