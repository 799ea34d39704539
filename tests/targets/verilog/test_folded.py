"""The folded architecture: cycles of every legal setting, and buffers that neither block nor waste."""

import numpy as np
import pytest
from tests.targets.paced import paced
from tests.targets.verilog import networks
from tests.targets.verilog.icarus import IcarusSimulator
from tests.targets.verilog.test_constructs import random_codes

from whetgen.errors import BadInput
from whetgen.layers import Tensor
from whetgen.reference import run
from whetgen.targets.output.identifiers import Identifiers
from whetgen.targets.streams.folding import choose_settings
from whetgen.targets.streams.network import hardware_layers
from whetgen.targets.streams.setting import cycles, legal_settings
from whetgen.targets.streams.vectors import stream_outputs
from whetgen.targets.verilog import target as verilog
from whetgen.targets.verilog.folded.buffers import IN_ORDER, StreamBuffer
from whetgen.targets.verilog.folded.schedule import Times, available, busy_times, depth
from whetgen.targets.verilog.folded.timetable import in_order_timetable


def settings(name: str) -> dict[str, list[tuple[int, ...]]]:
    """Of every layer of the network."""
    layers = hardware_layers(networks.CONSTRUCTS[name], Identifiers()).layers
    return {layer.name: [(s.pe, s.simd, s.planes) for s in legal_settings(layer)] for layer in layers}


def measured(plan, folder, graph, frames: int, **stalls) -> IcarusSimulator:
    codes = random_codes(graph, frames)
    result = IcarusSimulator(plan, folder).run(codes, **stalls)
    assert np.array_equal(result.outputs, stream_outputs(graph, plan.output, run(graph, codes)))
    assert (result.err_frames, result.unstable, result.surplus_beats) == (0, 0, 0)
    return result


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, layer",
    [(name, layer) for name in ("lines", "residual", "position_thresholds", "ternary") for layer in settings(name)],
)
def test_every_legal_setting_takes_the_cycles_of_the_formula(name, layer, tmp_path):
    graph = networks.CONSTRUCTS[name]
    for number, setting in enumerate(settings(name)[layer]):
        options = verilog.VerilogOptions(architecture="folded", folding={layer: setting}, bus_bits=8)
        plan = verilog.plan(graph, "net", options)
        result = measured(plan, tmp_path / str(number), graph, 4)
        found, promised = (
            (result.latency_cycles, result.interval_cycles),
            (plan.latency_cycles, plan.initiation_interval_cycles),
        )
        assert found == promised, f"{layer} {setting}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_branches_that_meet_again_never_deadlock(seed, tmp_path):
    """A residual network with a slow long branch: every output comes, whatever stalls, and in the promised cycles else."""
    graph = networks.CONSTRUCTS["residual"]
    folding = [{"conv2": (1, 1)}, {"conv2": (2, 2), "add": (1, 1)}, {"conv1": (2, 2), "again": (2, 2)}, {}][seed]
    plan = verilog.plan(graph, "net", verilog.VerilogOptions(architecture="folded", folding=folding))
    for at, (idle, stall) in enumerate([(0, 90), (90, 0), (50, 50), (70, 95)]):
        measured(plan, tmp_path / str(at), graph, 6, seed=seed + at, idle_percent=idle, stall_percent=stall)


def stream(words: int, interval: int, late: int) -> tuple[StreamBuffer, Times, Times]:
    """A word each cycle to a reader that begins ``late`` cycles after the first."""
    spikes = Tensor("spikes", (words,), 0, 1)
    buffer = StreamBuffer(
        layer="reader",
        tensor=spikes,
        prefix="buffer",
        write_bits=1,
        writes=words,
        read_bits=1,
        reads=words,
        reader=IN_ORDER,
    )
    written = Times(np.arange(words), np.arange(words))
    table = in_order_timetable(buffer, words, words)
    ready = available(buffer, written)
    busy = busy_times([table], [ready.shifted(late)], interval)
    return buffer, written, busy.at(table.free_at)


@pytest.mark.parametrize(("late", "deep"), [(0, 3), (1, 4), (10, 13), (50, 53)])
def test_a_buffer_is_as_deep_as_its_reader_is_late(late, deep):
    """Each word lives one cycle in memory, ``late`` cycles of waiting, and two until its room is free."""
    buffer, written, freed = stream(20, 20, late)
    assert depth(buffer, written, freed, 20) == deep


def test_a_pause_between_frames_needs_no_room():
    buffer, written, freed = stream(20, 100, 50)
    assert depth(buffer, written, freed, 100) == 20


def planned(name: str, **options):
    return verilog.plan(networks.CONSTRUCTS[name], "net", verilog.VerilogOptions(architecture="folded", **options))


def test_more_luts_never_make_a_network_slower():
    intervals = [planned("lines", max_luts=n).initiation_interval_cycles for n in (1_200, 1_300, 1_500, 3_000)]
    assert intervals == sorted(intervals, reverse=True) and intervals[-1] < intervals[0]


def test_too_few_luts_are_refused_with_the_smallest_number():
    with pytest.raises(
        BadInput, match=r"^--max-luts 10: about ([\d,]+) LUTs are the smallest possible; ask for more$"
    ) as refused:
        planned("lines", max_luts=10)
    smallest = int(str(refused.value).split()[3].replace(",", ""))
    planned("lines", max_luts=smallest)
    with pytest.raises(BadInput):
        planned("lines", max_luts=smallest - 1)


def test_reuse_counts_the_turns_of_each_multiplier():
    rows = {row.layer: row for row in planned("ternary", reuse=14).cycles}
    assert 12 * 14 // (rows["first"].pe * rows["first"].simd) == 14 == 14 * 4 // (rows["last"].pe * rows["last"].simd)


def test_reuse_that_is_not_possible_is_refused_with_the_list():
    with pytest.raises(BadInput) as refused:
        planned("ternary", reuse=5)
    assert str(refused.value) == "--reuse 5: not possible for this network; legal values: 1, 2, 4, 7, 8, 14, 28, 56"
    with pytest.raises(BadInput, match=r"^--reuse 37: not possible for this network; legal values: "):
        planned("lines", reuse=37)


def test_inputs_come_bit_by_bit_where_there_is_time():
    """A slow layer takes the small form, a fast one the other."""
    bits = {planned_settings(pace).planes for pace in (5_000, 1)}
    assert bits == {1, 8}


def planned_settings(pace: int):
    graph = hardware_layers(networks.CONSTRUCTS["conv"], Identifiers())
    return choose_settings(graph, 64, paced(verilog.VerilogOptions, pace)(), cycles)["conv"]


def test_cycles_of_a_layer_follow_from_its_setting():
    layer = hardware_layers(networks.CONSTRUCTS["lines"], Identifiers()).layers[0]
    for s in legal_settings(layer):
        turns = 18 * (4 // s.pe) * s.planes // s.simd
        # Registers pass over the map with its padding, 7 x 6 places, and stay at the 20 windows.
        assert cycles(layer, s) == (20 * turns if s.simd <= 2 else 7 * 6 + 20 * (turns - 1))
