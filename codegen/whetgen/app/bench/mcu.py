"""``whetgen bench mcu``: our networks on emulated boards, beside what other tools need."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whetgen import api, reading
from whetgen.assets import assets
from whetgen.errors import BadInput
from whetgen.host.scratch import scratch_folder
from whetgen.ir import Graph
from whetgen.layers import layer_graph
from whetgen.passes.narrow import weight_bits
from whetgen.reference import predict
from whetgen.targets.c.boards import find_board
from whetgen.targets.registry import Options
from whetgen.verification.footprint import Footprint, measure_on_board
from whetgen.verification.frames import Frames, flat_outputs

if TYPE_CHECKING:
    from whetgen.sharpen.data import Dataset

_CHUNK = 500
_CALIBRATION = 1000
_FEW_BITS = 4


@dataclass(frozen=True)
class Entry:
    """One network on one board. ``net``: the class that it competes in."""

    net: str
    model: str
    board: str
    max_flash: int | None = None
    frames: int = 1000


ENTRIES = (
    Entry("MLP", "mnist-mlp-small", "mps2-an386", max_flash=30_000),
    Entry("MLP, any flash", "mnist-mlp-small", "mps2-an386"),
    Entry("CNN", "mnist-cnn-small", "mps2-an386", max_flash=8_600),
    Entry("CNN 99 %", "mnist-cnn-4bit", "mps2-an386", frames=200),
    Entry("MLP", "mnist-mlp-small", "mps2-an385", max_flash=30_000),
    Entry("MLP", "mnist-mlp-small", "mps2-an500", max_flash=30_000),
    Entry("MLP", "mnist-mlp-small", "microbit", max_flash=30_600),
    Entry("MLP", "mnist-mlp-small", "riscv-virt"),
    Entry("MLP", "mnist-mlp-small", "riscv-virt-zbb"),
    Entry("MLP", "mnist-mlp-small", "atmega328p", frames=200),
    Entry("CNN", "mnist-cnn-small", "microbit", max_flash=8_600),
    Entry("CNN", "mnist-cnn-small", "riscv-virt-zbb", max_flash=10_000),
    Entry("CNN 99 %", "mnist-cnn-4bit", "microbit", max_flash=62_000, frames=200),
)


@dataclass(frozen=True, kw_only=True)
class McuRow:
    """One line of the table. ``cost``: instructions (AVR: cycles) of one inference; ``correct``: of ``frames`` images on the
    board; ``accuracy``: on the whole test set; ``live``: measured in this run, else recorded; ``flash``, ``ram``: None
    where no image is linked."""

    tool: str
    net: str
    board: str
    flags: str
    cost: int
    unit: str
    flash: int | None
    ram: int | None
    stack: int | None
    correct: int
    frames: int
    accuracy: float | None
    live: bool


class NotInstalled(BadInput):
    """What another tool needs to run here."""


@dataclass(frozen=True)
class Absent:
    """A row that this machine cannot fill; ``reason`` says what to install."""

    tool: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SynapseCost:
    """A layer over spikes: ``cost`` of one inference divided by its synapses."""

    model: str
    board: str
    layer: str
    weight_bits: int
    synapses: int
    cost: int

    @property
    def each(self) -> float:
        return self.cost / self.synapses


def recorded_rows() -> list[McuRow]:
    """The peers, on mps2-an386."""
    rows = tomllib.loads((Path(__file__).parent / "peers_mcu.toml").read_text(encoding="utf-8"))["row"]
    return [
        McuRow(board="mps2-an386", unit="instructions", frames=1000, accuracy=None, live=False, **row) for row in rows
    ]


def measure(entry: Entry, progress: Callable[[str], None]) -> tuple[McuRow, list[SynapseCost]]:
    """Generate, build, run and compare one network.

    Raises:
        BadInput: a tool or the data is missing, or the board's outputs differ from the reference.
    """
    data = mnist()
    progress(f"{entry.model}: accuracy on {len(data.x_test)} images")
    graph, hits = _network(entry.model)
    board = find_board(entry.board)
    codes = data.x_test.reshape(-1, *graph.input.shape).astype(np.int64)
    typical = Frames(data.x_train[:_CALIBRATION].reshape(-1, *graph.input.shape).astype(np.int64))
    with scratch_folder() as scratch:
        progress(f"{entry.model} on {board.title}")
        out = scratch / "net"
        api.generate(graph, "c", out, Options("net", mcu=board.core, max_flash=entry.max_flash), typical)
        outputs, footprint = measure_on_board(out, "net", graph, codes[: entry.frames], board)
    if not np.array_equal(outputs, flat_outputs(graph, codes[: entry.frames])):
        raise BadInput(f"{entry.model} on {entry.board}: the outputs differ from the reference")
    row = McuRow(
        tool=f"whetgen, {entry.model}", net=entry.net, board=board.name, flags=footprint.flags, cost=footprint.cost_mean, unit=footprint.unit,
        flash=footprint.flash_bytes, ram=footprint.ram_bytes, stack=footprint.stack_bytes, correct=int(hits[: entry.frames].sum()), frames=entry.frames,
        accuracy=float(hits.mean()), live=True,
    )  # fmt: skip
    return row, synapse_costs(entry, graph, footprint)


@cache
def _network(model: str) -> tuple[Graph, np.ndarray]:
    """The integers of a shipped model, and which test images it classifies rightly."""
    graph = api.trace(reading.load_model(assets() / "models" / f"{model}.keras"))
    data = mnist()
    codes = data.x_test.reshape(-1, *graph.input.shape).astype(np.int64)
    classes = [predict(graph, codes[k : k + _CHUNK]) for k in range(0, len(codes), _CHUNK)]
    return graph, np.concatenate(classes) == data.y_test


def synapse_costs(entry: Entry, graph: Graph, footprint: Footprint) -> list[SynapseCost]:
    """Each layer over spikes with weights of 4 bits or fewer; zero weights are synapses too."""
    few = {
        layer.name: layer
        for layer in layer_graph(graph).linear
        if weight_bits(layer.weights) <= _FEW_BITS and layer.source.spikes
    }
    return [
        SynapseCost(
            model=entry.model,
            board=entry.board,
            layer=name,
            weight_bits=weight_bits(few[name].weights),
            synapses=few[name].multiply_adds,
            cost=call.cost,
        )
        for call in footprint.layers
        if (name := call.title.split(" + ")[0].split(":")[0]) in few
    ]


def mnist() -> Dataset:
    """The images, or a message that says where they should be."""
    from whetgen.sharpen.data import load

    try:
        return load("mnist")
    except (OSError, ValueError) as error:
        raise BadInput(f"bench mcu: {error}") from error
