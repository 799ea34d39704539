"""The planner: packings in exact integers, the choice under limits, what it says when nothing fits."""

import re
import subprocess
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.verification.test_boards import real_digits, small_network

from whetgen.assets import CORES, assets, fact_files, microcontrollers
from whetgen.errors import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, MultiThreshold, Threshold
from whetgen.layers import layer_graph
from whetgen.reference import run_tensors
from whetgen.targets.c.choose import Limits
from whetgen.targets.c.code_size import THUMB_BYTES
from whetgen.targets.c.kernels.bit_planes import as_planes
from whetgen.targets.c.kernels.packing import nibble_sums, pack_lanes, pack_narrow
from whetgen.targets.c.mcus import find_mcu
from whetgen.targets.c.rates import guessed_rates, measured_rates
from whetgen.targets.c.storage import Storage
from whetgen.targets.c.target import COptions, plan

numbers = st.lists(st.integers(-128, 127), min_size=1, max_size=40)


@given(st.lists(st.integers(0, 255), min_size=1, max_size=80), st.sampled_from([8, 16, 32]))
@settings(max_examples=60)
def test_planes_hold_each_number_in_its_lane(values, bits):
    words = as_planes(np.array(values), 8, bits)
    for lane, value in enumerate(values):
        block, place = divmod(lane, bits)
        assert sum(((int(words[block, k]) >> place) & 1) << k for k in range(8)) == value


def lane_of(neuron, words, bits):
    """(word, lane) of a neuron, as wg_lanes.h deals them out."""
    chunk, place = divmod(neuron, 32)
    lane, word = divmod(place, min(words - chunk * bits, bits))
    return chunk * bits + word, lane


@given(numbers, numbers, st.sampled_from([(16, 1), (16, 2), (32, 4), (8, 4), (16, 8)]))
@settings(max_examples=80)
def test_words_of_lanes_add_like_their_numbers(first, second, form):
    """Borrows between lanes cancel: the words' sum, with half a lane added to each, holds the sums."""
    bits, block = form
    count = min(len(first), len(second))
    first, second = (np.clip(row[:count], -(1 << (bits - 3)), (1 << (bits - 3)) - 1) for row in (first, second))
    words = pack_lanes(np.array([first, second, [1 << (bits - 1)] * count]), bits, block).reshape(3, -1)
    total = [int(column) % (1 << 32) for column in words.astype(object).sum(axis=0)]
    for n in range(count):
        word, lane = lane_of(n, len(total), bits)
        held = total[word] >> (lane * bits) & ((1 << bits) - 1)
        assert held - (1 << (bits - 1)) == first[n] + second[n]


@given(st.lists(st.integers(0, 15), min_size=1, max_size=100), st.sampled_from([(4, 4), (8, 4), (8, 8)]))
@settings(max_examples=80)
def test_narrow_lanes_widen_to_the_lanes_of_their_sums(values, form):
    """Even nibbles, then even bytes of what is left: word by word what wg_widened_4 and wg_widen do."""
    narrow, block = form
    narrow_words = [int(word) for word in pack_narrow(np.array(values), narrow, block).reshape(-1)]
    if narrow == 4:
        narrow_words = [word >> shift & 0x0F0F0F0F for word in narrow_words for shift in (0, 4)]
    wide = [word >> shift & 0x00FF00FF for word in narrow_words for shift in (0, 8)]
    assert wide == pack_lanes(np.array(values), 16, block * 16 // narrow).reshape(-1).tolist()


@given(st.integers(1, 9), st.integers(1, 4), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_nibble_tables_hold_the_sum_of_each_subset(inputs, neurons, random):
    weights = np.array([[random.randint(-99, 99) for _ in range(neurons)] for _ in range(inputs)])
    sums = nibble_sums(weights)
    for group in range(-(-inputs // 4)):
        for value in range(16):
            rows = [4 * group + k for k in range(4) if value >> k & 1 and 4 * group + k < inputs]
            assert sums[16 * group + value].tolist() == weights[rows].sum(axis=0).tolist()


def flash(made) -> int:
    return made.flash_table_bytes + made.code_bytes


def test_a_wide_layer_is_planned_in_a_few_copies_of_its_weights():
    """Tables of every kernel are weighed, as numbers of their own width; 8 bytes are one int64."""
    rng = np.random.default_rng(0)
    nodes = (
        Input("x", (512,), ELEMENT_TYPES["bit"]),
        Dense("wide", "x", rng.integers(-1, 2, (512, 512)), np.zeros(512, dtype=np.int64)),
        Threshold("fire", "wide", np.ones(512, dtype=np.int64)),
    )
    graph = validate(Graph(nodes, (Output("fire", "fire", "spikes"),)))
    tracemalloc.start()
    plan(graph, "net")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 512 * 512


def test_a_limit_of_flash_gives_a_smaller_and_slower_choice():
    free = plan(small_network(), "net")
    tight = plan(small_network(), "net", COptions(max_flash=flash(free) - 200))
    assert flash(tight) <= flash(free) - 200
    assert sum(c.cycles for c in tight.choices) > sum(c.cycles for c in free.choices)


def test_a_limit_that_nothing_keeps_is_refused_with_the_numbers():
    with pytest.raises(BadInput) as error:
        plan(small_network(), "net", COptions(max_flash=1000, max_ram=10))
    need = r"about [\d,]+ bytes of flash and [\d,]+ bytes of RAM are needed at least"
    remedy = "raise the limit, or narrow the weights with --weight-bits"
    assert re.fullmatch(
        f"--max-flash 1000, --max-ram 10: no choice of kernels fits; {need}; {remedy}", str(error.value)
    )


def test_too_little_ram_is_not_told_to_narrow_the_weights():
    with pytest.raises(BadInput) as error:
        plan(small_network(), "net", COptions(max_ram=10))
    need = r"about [\d,]+ bytes of RAM are needed at least"
    assert re.fullmatch(f"--max-ram 10: no choice of kernels fits; {need}; raise the limit", str(error.value))


@pytest.mark.parametrize("name", fact_files(CORES))
def test_without_a_limit_the_flash_is_that_of_the_core_s_board(name):
    mcu = find_mcu(name)
    assert mcu.board.core == name
    assert Limits().on(mcu).flash == mcu.board.flash_bytes


def test_a_network_beyond_the_board_gets_a_smaller_choice_or_is_refused():
    rng, nodes, source = np.random.default_rng(0), [Input("in", (256,), ELEMENT_TYPES["bit"])], "in"
    for name in ("first", "second", "third"):
        nodes.append(Dense(name, source, rng.integers(-1, 2, (256, 256)), np.zeros(256, int)))
        nodes.append(Threshold(f"{name}_spikes", name, np.ones(256, int)))
        source = f"{name}_spikes"
    codes = rng.integers(0, 2, (8, 256))
    nodes.append(Dense("last", source, rng.integers(-1, 2, (256, 2)), np.zeros(2, int)))
    graph = validate(Graph(tuple(nodes), (Output("o", "last", "accumulators"),)))
    free = plan(graph, "net", COptions(mcu="cortex-m0", max_flash=1 << 30), codes)
    assert flash(free) > 256 << 10 >= flash(plan(graph, "net", COptions(mcu="cortex-m0"), codes))
    with pytest.raises(BadInput) as error:
        plan(graph, "net", COptions(mcu="avr"))
    assert str(error.value).startswith(
        "atmega328p has 32,768 bytes of flash (--max-flash tells another size): no choice of kernels fits; about "
    )
    assert 32 << 10 < flash(plan(graph, "net", COptions(mcu="avr", max_flash=1 << 20))) < 1 << 20


def test_the_choice_is_the_fastest_of_all_that_fit():
    """Against the cheapest estimate of each layer, which no limit forbids."""
    for choice in plan(small_network(), "net").choices:
        assert choice.cycles == min(option.cycles for option in choice.options)
        assert choice.kernel in [option.kernel for option in choice.options]


@pytest.mark.parametrize("name", microcontrollers())
def test_every_mcu_has_a_plan(name):
    made = plan(small_network(), "net", COptions(mcu=name), real_digits(20))
    assert (made.mcu, len(made.choices)) == (name, 4)
    assert made.mcu not in ("avr", "atmega328p") or not any(
        "_w32" in file or "_i64" in file for file in made.runtime_files
    )


def test_sums_beyond_32_bits_are_refused_for_the_avr():
    weights = np.full((4, 2), 1 << 40)
    nodes = (
        Input("in", (4,), ELEMENT_TYPES["bit"]),
        Dense("wide", "in", weights, np.zeros(2, int)),
        Threshold("f", "wide", np.ones(2, int)),
    )
    graph = validate(Graph(nodes, (Output("o", "f", "spikes"),)))
    plan(graph, "net")
    with pytest.raises(BadInput) as error:
        plan(graph, "net", COptions(mcu="avr"))
    assert str(error.value) == (
        "layer 'wide' needs sums of more than 32 bits, which --mcu avr does not have; narrow the weights with --weight-bits"
    )


def test_rates_are_measured_on_frames_and_guessed_without():
    """A dense layer sees every element once, and runs of four."""
    graph, codes = small_network(), real_digits(10)
    (reader,) = (n for n in graph.nodes if isinstance(n, Dense) and graph.is_spikes(n.source))
    busy = run_tensors(graph, codes)[reader.source].reshape(len(codes), -1) != 0
    rate = measured_rates(Storage(graph, layer_graph(graph)), codes)[reader.name]
    assert rate.single == pytest.approx(np.count_nonzero(busy) / busy.size, rel=1e-12)
    runs = [row[k : k + 4].any() for row in busy for k in range(0, busy.shape[1], 4)]
    groups = busy.size / 4
    assert rate.nibble == pytest.approx(sum(runs) / groups, rel=1e-12)
    assert guessed_rates(Storage(graph, layer_graph(graph)))[reader.name].single == 0.25


def test_a_quantiser_of_several_thresholds_is_planned_with_data():
    nodes = (
        Input("in", (4,), ELEMENT_TYPES["uint8"]),
        MultiThreshold("levels", "in", np.array([[9] * 4, [99] * 4])),
        Dense("out", "levels", np.eye(4, dtype=int), np.zeros(4, int)),
    )
    graph = validate(Graph(nodes, (Output("o", "out", "accumulators"),)))
    made = plan(graph, "net", codes=np.array([[0, 9, 98, 99]]))
    assert [choice.layer for choice in made.choices] == ["levels", "out"]


@given(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.integers(0, 2), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_a_convolution_counts_an_element_once_for_each_window(kernel, stride, dilation, pad, random):
    """Against a walk over all windows."""
    size = 7
    codes = np.array([[random.random() < 0.3 for _ in range(size * size * 4)]]).reshape(1, size, size, 4).astype(int)
    conv = Conv(
        "conv", "in", np.ones((kernel, kernel, 4, 2), int), np.zeros(2, int), (stride, stride), (dilation, dilation), ((pad, pad), (0, pad))
    )  # fmt: skip
    graph = validate(
        Graph((Input("in", (size, size, 4), ELEMENT_TYPES["bit"]), conv), (Output("o", "conv", "accumulators"),))
    )
    height, width, _ = graph.shapes["conv"]
    seen = [
        codes[0, y, x] if 0 <= y < size and 0 <= x < size else np.zeros(4, int)
        for oy in range(height) for ox in range(width) for ky in range(kernel) for kx in range(kernel)
        for y, x in [(oy * stride - pad + ky * dilation, ox * stride + kx * dilation)]
    ]  # fmt: skip
    rate = measured_rates(Storage(graph, layer_graph(graph)), codes)["conv"]
    assert rate.single == pytest.approx(np.mean(seen), rel=1e-9)
    assert rate.nibble == pytest.approx(np.mean([pixel.any() for pixel in seen]), rel=1e-9)


@pytest.mark.slow
def test_code_sizes_are_those_of_the_compiler(tmp_path):
    for file in (assets() / "firmware" / "runtime").glob("*.c"):
        flags = ["-mcpu=cortex-m4", "-mthumb", "-std=c99", "-Os", "-ffunction-sections"]
        subprocess.run(["arm-none-eabi-gcc", *flags, "-c", str(file), "-o", f"{file.stem}.o"], cwd=tmp_path, check=True)
    sizes = subprocess.run(
        ["arm-none-eabi-size", *THUMB_BYTES_FILES], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    found = {line.split()[5].removesuffix(".o"): int(line.split()[0]) for line in sizes.stdout.splitlines()[1:]}
    assert found.keys() == {file.stem for file in (assets() / "firmware" / "runtime").glob("*.c")}
    for name, size in found.items():
        assert THUMB_BYTES[name] == pytest.approx(size, rel=0.2, abs=24), name


THUMB_BYTES_FILES = [f"{name}.o" for name in THUMB_BYTES]
