"""``whetgen verify --formal``: the layers of a Verilog folder, proved for all inputs where they can be; here those of an unrolled one.

A layer's proof rests on the files as they are, on Yosys reading them, and on the proofs of the three library modules. Its inputs are
all those in the range that the graph gives the tensors; the proofs of the layers in front see to that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.errors import BadInput, ToolFailed
from whetgen.formal.claims import Claim, claims_of, elements_of
from whetgen.formal.counterexample import Example, counterexample, outputs_of
from whetgen.formal.folded_proofs import prove_folded
from whetgen.formal.layer_proof import PROVED, REFUTED, TESTED, UNDECIDED, LayerProof
from whetgen.formal.netlist import Netlist, Unreadable, read_netlist
from whetgen.formal.prover import Prover
from whetgen.ir import Graph, load_graph
from whetgen.ir.nodes import FIRING
from whetgen.layers import Layer, Linear
from whetgen.reference import evaluate
from whetgen.synth.tools import find_tool
from whetgen.targets.output.folder import read_manifest
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.output.snapshot import snapshot
from whetgen.targets.streams.decision import with_decision
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.verilog.logic.lookup_tables import LogicLayer
from whetgen.targets.verilog.logic.simplify import simplified
from whetgen.targets.verilog.logic.unread import unread
from whetgen.targets.verilog.logic.window_module import module_name, one_window


def prove_layers(
    folder: str | Path, seconds: float = 60, progress: Callable[[str], None] | None = None
) -> tuple[LayerProof, ...]:
    """Prove each layer, each within ``seconds`` after its file is read; a folded network that is small as a whole within ``seconds``.

    Raises:
        BadInput: not an intact folder of --target verilog, or no time.
        CouldNotRun: Yosys is not installed, or was killed.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest["target"] != "verilog":
        raise BadInput(f"--formal: {folder} holds {manifest['target']}; only folders of --target verilog can be proved")
    if not seconds > 0:
        raise BadInput(f"--formal-seconds {seconds}: must be more than 0")
    find_tool("yosys")
    prove = prove_folded if manifest["architecture"] == "folded" else _prove_unrolled
    graph = load_graph(folder)
    with snapshot(folder, manifest) as copy:
        return prove(copy, manifest, graph, seconds, progress or (lambda _: None))


def _prove_unrolled(
    folder: Path, manifest: Mapping[str, Any], graph: Graph, seconds: float, progress: Callable[[str], None]
) -> tuple[LayerProof, ...]:
    graph = with_decision(graph, manifest["output"]["kind"])
    network = hardware_layers(graph, Identifiers(manifest["name"]))
    built = simplified(network, manifest["output"]["kind"])
    cycles = {entry["layer"]: entry["cycles"] for entry in manifest["cycles"]}
    made, unused = {layer.name: layer for layer in built.layers}, unread(built)
    found = []
    for number, given in enumerate(network.layers, start=1):
        progress(f"prove {given.name}, {number} of {len(network.layers)}")
        layer = made.get(given.name)
        if layer is None or given.name not in cycles:
            found.append(
                LayerProof(layer=given.name, result=TESTED, reason="part of the lookup tables of a later layer")
            )
        elif not _same_order(given, layer):
            found.append(
                LayerProof(layer=given.name, result=UNDECIDED, reason="the scores are not in the order of the graph's")
            )
        else:
            source = folder / "rtl" / f"{module_name(manifest['name'], layer)}.v"
            ignored = unused.get(layer.result.name, np.zeros(layer.result.count, dtype=bool))
            found.append(
                _prove(_Subject(graph, given, one_window(layer), source, cycles[layer.name]), ignored, seconds)
            )
    found.append(
        LayerProof(layer="streams, wiring, argmax", result=TESTED, reason="library modules, each proved by itself")
    )
    return tuple(found)


def _same_order(given: Layer, built: LogicLayer) -> bool:
    """Whether the scores that were built differ from the graph's by a factor above 0 and what all of them have in common."""
    if not (isinstance(given, Linear) and isinstance(built, Linear)) or built is given:
        return True
    old = np.concatenate([given.weights, given.levels[:1]]).astype(object)
    new = np.concatenate([built.weights, built.levels[:1]]).astype(object)
    old, new = old - old[:, :1], new - new[:, :1]
    place = np.unravel_index(np.argmax(new != 0), new.shape)
    factor = old[place] // new[place] if new[place] else 1
    return factor > 0 and bool((old == factor * new).all())


@dataclass(frozen=True)
class _Subject:
    """What is proved: ``given`` as the graph has it, ``layer`` as ``source`` has it in so many ``cycles``."""

    graph: Graph
    given: Layer
    layer: LogicLayer
    source: Path
    cycles: int

    def netlist(self) -> Netlist:
        """The module in ``source``.

        Raises:
            Unreadable, ToolFailed: it is no such layer.
        """
        found = read_netlist(self.source, self.cycles)
        if len(found.outputs) != self.layer.result.bits or found.inputs != sum(t.bits for t in self.layer.sources):
            raise Unreadable("x or y has another width than the layer")
        return found

    def is_wrong(self, netlist: Netlist, claim: Claim, example: Example) -> bool:
        """Whether the reference, too, wants other bits than the netlist gives; of a layer that was simplified nobody asks it."""
        if self.layer is not self.given:
            return True
        (y,) = outputs_of(netlist, elements_of(self.layer.sources), [example])
        wanted = int(reference_result(self.graph, self.layer, example)[claim.first // claim.width]) % (1 << claim.width)
        return wanted != sum(y[claim.first + k] << k for k in range(claim.width))


def _prove(subject: _Subject, ignored: np.ndarray, seconds: float) -> LayerProof:
    """``ignored``: (results,) True for those that nobody reads."""
    began, layer, claims = time.monotonic(), subject.layer, claims_of(subject.layer)
    if isinstance(claims, str):
        return LayerProof(layer=layer.name, result=TESTED, outputs=layer.result.count, reason=claims)
    everywhere = np.atleast_1d(ignored.reshape(-1, layer.result.count).all(axis=0))
    wanted = [claim for claim, gone in zip(claims, everywhere, strict=True) if not gone]
    try:
        result, proved, reason, example = _decide(subject, wanted, seconds)
    except (Unreadable, ToolFailed) as error:
        result, proved, reason, example = UNDECIDED, 0, f"{subject.source.name}: {error}", None
    spent = round(time.monotonic() - began, 2)
    return LayerProof(
        layer=layer.name,
        result=result,
        outputs=len(wanted),
        proved=proved,
        seconds=spent,
        reason=reason,
        counterexample=example,
    )


def _decide(subject: _Subject, claims: list[Claim], seconds: float) -> tuple[str, int, str, Example | None]:
    """Result, how many claims are proved, the reason and a counterexample."""
    netlist, elements = subject.netlist(), elements_of(subject.layer.sources)
    prover, deadline = Prover(netlist, elements), time.monotonic() + seconds
    open_claims = [c for c in claims if time.monotonic() > deadline or not prover.proves(c)]
    proved = len(claims) - len(open_claims)
    if not open_claims:
        return PROVED, proved, "", None
    wrong = counterexample(netlist, elements, open_claims)
    if wrong is None:
        late = time.monotonic() > deadline
        return UNDECIDED, proved, "out of time" if late else "no proof and no counterexample found", None
    if not subject.is_wrong(netlist, *wrong):
        return UNDECIDED, proved, "the reference does not agree with the definition", None
    claim, example = wrong
    return REFUTED, proved, f"result {claim.first // claim.width} is wrong", example


def reference_result(graph: Graph, layer: LogicLayer, example: Example) -> np.ndarray:
    """What the reference interpreter makes of a layer's input elements, (results,)."""
    node, at, sources = graph[layer.name], 0, []
    for tensor, name in zip(layer.sources, node.sources, strict=True):
        values = np.array(example[at : at + tensor.count], dtype=object)
        sources.append(values.reshape(1, *graph.shapes[name]))
        at += tensor.count
    result = evaluate(node, *sources)
    if getattr(layer, "fire", False) and not isinstance(node, FIRING):
        result = evaluate(graph.readers[node.name][0], result)
    return result.reshape(-1)
