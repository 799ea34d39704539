"""The walk's assembler on Cortex-M: the host's tests see only its C form."""

import numpy as np
import pytest
from tests.targets.c.compiled import expected

from whetgen import Options, generate
from whetgen.ir import ELEMENT_TYPES, Graph, Output, validate
from whetgen.ir.nodes import Conv, Dense, Input, Reshape, Threshold
from whetgen.targets.c import planner
from whetgen.targets.c.boards import find_board
from whetgen.verification.board_build import build_image
from whetgen.verification.board_runner import run_image
from whetgen.verification.frames import Frames

SIDE = 4


def network(span: int, channels: int, neurons: int) -> Graph:
    rng = np.random.default_rng(span)
    kernel = rng.integers(-span, span + 1, (3, 3, channels, neurons))
    spikes = SIDE * SIDE * neurons
    nodes = (
        Input("in", (SIDE, SIDE, channels), ELEMENT_TYPES["bit"]),
        Conv("conv", "in", kernel, np.zeros(neurons, int), padding=((1, 1), (1, 1))),
        Threshold("fire", "conv", rng.integers(-3 * span, 3 * span, neurons)),
        Reshape("flat", "fire", (spikes,)),
        Dense("out", "flat", rng.integers(-1, 2, (spikes, 4)), np.zeros(4, int)),
    )
    return validate(Graph(nodes, (Output("o", "out", "accumulators"),)))


def walk_where_possible(groups, limits, measure):
    return tuple(next((c for c in group if c.label.startswith("walk")), group[0]) for group in groups)


@pytest.mark.slow
@pytest.mark.parametrize(("span", "channels", "neurons", "bits"), [(7, 16, 32, 16), (1, 5, 40, 8)])
def test_sums_stay_in_their_registers_at_any_optimisation(span, channels, neurons, bits, tmp_path, monkeypatch):
    """Frames from few spikes to nothing but spikes, and windows on padding; r7 is the frame pointer in the last build."""
    graph, board, rng = network(span, channels, neurons), find_board("mps2-an386"), np.random.default_rng(0)
    codes = (rng.random((12, SIDE, SIDE, channels)) < np.repeat((0.1, 0.5, 1.0), 4)[:, None, None, None]).astype(
        np.int64
    )
    monkeypatch.setattr(planner, "choose", walk_where_possible)
    generate(graph, "c", tmp_path / "c", Options("net", mcu=board.name), Frames(codes))
    assert (tmp_path / "c" / "src" / f"wg_walk_{bits}.c").is_file()
    for number, flags in enumerate((None, "-O0", "-O1", "-Os", "-O3", "-O2 -fno-omit-frame-pointer")):
        run = run_image(build_image(tmp_path / "c", "net", board, tmp_path / f"{number}", flags), graph, codes, board)
        assert run.outputs.tolist() == expected(graph, codes).tolist(), flags
