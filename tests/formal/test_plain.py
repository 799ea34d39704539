"""A network as plain Verilog is what the reference computes."""

import subprocess

import numpy as np
import pytest
from tests.targets.verilog.networks import CONSTRUCTS

from whetgen.formal.streamed import miter
from whetgen.ir import Graph
from whetgen.targets.streams.packing import pack_frames
from whetgen.targets.streams.streams import Stream, input_stream, output_stream
from whetgen.targets.streams.vectors import stream_outputs
from whetgen.targets.verilog.clocking import clocking
from whetgen.targets.verilog.options import VerilogOptions

FRAMES = 8


def drawn_codes(graph: Graph, seed: int) -> np.ndarray:
    word = graph.input.type
    return np.random.default_rng(seed).integers(word.lo, word.hi, (FRAMES, *graph.input.shape), endpoint=True)


def words(stream: Stream, frames: np.ndarray) -> list[int]:
    return [int.from_bytes(frame, "little") for frame in pack_frames(stream, frames)]


def wires(name: str, source: Stream, sink: Stream) -> str:
    bits, out = source.beats * source.bus_bits, sink.beats * sink.bus_bits
    return (
        f"reg [{bits - 1}:0] {name}_frame; wire [{out - 1}:0] {name}_result;\n"
        f"{name}_plain {name} (.frame({name}_frame), .result({name}_result));"
    )


def steps(name: str, source: Stream, frames: list[int]) -> list[str]:
    bits = source.beats * source.bus_bits
    return [f'{name}_frame = {bits}\'h{frame:x}; #1 $display("%h", {name}_result);' for frame in frames]


@pytest.mark.slow
def test_every_construct_means_what_the_reference_computes(tmp_path):
    texts, parts, shown, wanted = [], [], [], []
    for number, (construct, graph) in enumerate(CONSTRUCTS.items()):
        source, sink = input_stream(graph, VerilogOptions()), output_stream(graph, VerilogOptions())
        name, codes = f"net_{construct}", drawn_codes(graph, number)
        texts.append(miter(name, graph, source, sink, 1, clocking(None, False)))
        parts.append(wires(name, source, sink))
        shown += steps(name, source, words(source, codes))
        wanted += words(sink, stream_outputs(graph, sink, graph.run(codes)))
    bench = ["module bench;", *parts, "initial begin", *shown, "end", "endmodule"]
    (tmp_path / "plain.v").write_text("\n".join([*texts, *bench]))
    subprocess.run(["iverilog", "-g2012", "-s", "bench", "-o", "plain", "plain.v"], cwd=tmp_path, check=True)
    told = subprocess.run(["vvp", "plain"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert [int(line, 16) for line in told.split()] == wanted
