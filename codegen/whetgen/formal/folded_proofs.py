"""``whetgen verify --formal`` of a folded Verilog folder.

A network small enough is proved as a whole. Of any other, every word of every layer's tables is read back from the netlist, and the
modules that work on them are those of which the record says that they are proved at small sizes, if the files are just those.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whetgen.errors import ToolFailed
from whetgen.formal.folder_netlist import FolderNetlist, read_folder
from whetgen.formal.layer_proof import PROVED, REFUTED, STAGE_PROVED, TESTED, UNDECIDED, LayerProof
from whetgen.formal.netlist import Unreadable
from whetgen.formal.read_back import WrongTable, read_back
from whetgen.formal.solve import Proof
from whetgen.formal.stages import changed, unproved
from whetgen.formal.streamed import cycles_of, is_small, prove_stream
from whetgen.ir import Graph
from whetgen.layers import Layer
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.decision import with_decision
from whetgen.targets.streams.network import hardware_layers, with_joined_outputs
from whetgen.wording import counted

# The instances of a layer, by what follows its name; all others are between layers, or at the ends.
_ROLES = ("reader", "condition", "neurons", "compare", "blend", "gather", "pool")
BETWEEN = "streams, buffers"


def prove_folded(
    folder: Path, manifest: Mapping[str, Any], graph: Graph, seconds: float, progress: Callable[[str], None]
) -> tuple[LayerProof, ...]:
    """A proof of each layer of an intact folder, and of what is between them; ``seconds``: for the network as a whole.

    Raises:
        CouldNotRun: Yosys or ABC is not installed, or was killed.
    """
    identifiers = Identifiers(manifest["name"])
    network = hardware_layers(with_decision(graph, manifest["output"]["kind"]), identifiers)
    layers = with_joined_outputs(network, identifiers)[0].layers
    whole = _whole(folder, manifest, graph, seconds, progress)
    if whole is not None and whole.holds:
        reason = f"the whole network, all frames and patterns of {counted(cycles_of(manifest), 'cycle')}"
        names = [*(layer.name for layer in layers), BETWEEN]
        return tuple(
            LayerProof(layer=name, result=PROVED, seconds=round(whole.seconds, 2), reason=reason) for name in names
        )
    refuted = [] if whole is None or whole.holds is None else [_refuted(whole)]
    return (*_parts(folder, manifest, layers, progress), *refuted)


def _whole(
    folder: Path, manifest: Mapping[str, Any], graph: Graph, seconds: float, progress: Callable[[str], None]
) -> Proof | None:
    """The proof of a small network, None where there is none."""
    if not is_small(manifest):
        return None
    progress("prove the whole network")
    try:
        return prove_stream(folder, manifest, graph, seconds)
    except ToolFailed:
        return None


def _refuted(proof: Proof) -> LayerProof:
    beats = tuple(cycle["s_axis_tdata"] for cycle in proof.trace if cycle["s_axis_tvalid"])
    reason = f"{proof.failed} fails in cycle {proof.cycle}"
    return LayerProof(
        layer="the network", result=REFUTED, seconds=round(proof.seconds, 2), reason=reason, counterexample=beats
    )


def _parts(
    folder: Path, manifest: Mapping[str, Any], layers: tuple[Layer, ...], progress: Callable[[str], None]
) -> Iterator[LayerProof]:
    if manifest["options"].get("harden"):
        reason = "hardened: words with check bits and modules that stand there three times are not read back"
        yield from (
            LayerProof(layer=name, result=TESTED, reason=reason)
            for name in (*(layer.name for layer in layers), BETWEEN)
        )
        return
    progress("read the netlist back")
    try:
        found = read_folder(folder, manifest["name"])
    except (Unreadable, ToolFailed) as error:
        yield from (LayerProof(layer=layer.name, result=UNDECIDED, reason=str(error)) for layer in layers)
        return
    stages = _Stages(found, changed(folder))
    for layer in layers:
        yield _layer(layer, stages)
    doubt = stages.doubt(None)
    reason = doubt or "library modules, proved at small sizes"
    yield LayerProof(layer=BETWEEN, result=TESTED, reason=reason)


@dataclass
class _Stages:
    """Whose instances are still to be asked about, and why nothing is known of any."""

    found: FolderNetlist
    changed: str

    def __post_init__(self) -> None:
        self.others = {name: made for name, made in self.found.instances.items() if made.module.startswith("wg_")}

    def doubt(self, layer: Layer | None) -> str:
        """Why the layer's stage, or without one all that is left, is not proved at small sizes; empty where it is."""
        names = list(self.others) if layer is None else [f"{layer.result.name}_{role}" for role in _ROLES]
        return self.changed or unproved(self.others.pop(name) for name in names if name in self.others)


def _layer(layer: Layer, stages: _Stages) -> LayerProof:
    began = time.monotonic()
    try:
        words = read_back(layer, stages.found)
        told = f"{counted(words, 'word')} read back" if words else "no tables"
        doubt = stages.doubt(layer)
        result, reason = (TESTED, f"{told}, but {doubt}") if doubt else (STAGE_PROVED, told)
    except WrongTable as error:
        result, reason = REFUTED, str(error)
    except Unreadable as error:
        result, reason = UNDECIDED, str(error)
    return LayerProof(layer=layer.name, result=result, seconds=round(time.monotonic() - began, 2), reason=reason)
