"""The benchmark's rows, and that its figures are those of the run."""

import pytest

from whetgen.app.bench.app import synapse_table, table
from whetgen.app.bench.mcu import ENTRIES, Entry, McuRow, SynapseCost, measure, recorded_rows
from whetgen.assets import firmware_boards


def test_recorded_rows_are_complete_and_marked():
    rows = recorded_rows()
    assert {row.net for row in rows} == {"MLP", "CNN"}
    assert all(not row.live and row.cost > 200_000 and row.board == "mps2-an386" for row in rows)
    assert min(row.cost for row in rows if row.net == "MLP") == 215_160


def test_every_entry_names_a_board_and_a_shipped_model():
    from whetgen.assets import assets

    for entry in ENTRIES:
        assert entry.board in firmware_boards()
        assert (assets() / "models" / f"{entry.model}.keras").is_file()


def test_the_table_tells_live_from_recorded():
    row = McuRow(
        tool="tool",
        net="MLP",
        board="mps2-an386",
        flags="-O2",
        cost=12345,
        unit="instructions",
        flash=1000,
        ram=20,
        stack=None,
        correct=97,
        frames=100,
        accuracy=0.5,
        live=True,
    )
    assert (
        "| tool | MLP | mps2-an386 | -O2 | 12,345 instructions | 1,000 | 20 |  | 97 of 100 | 50.00% | live |"
        in table([row])
    )


def test_costs_of_synapses_are_divided():
    assert "| m layer | b | 2 | 400 | 100 | 0.250 |" in synapse_table(
        [SynapseCost(model="m", board="b", layer="layer", weight_bits=2, synapses=400, cost=100)]
    )


@pytest.mark.slow
def test_the_small_networks_keep_their_figures():
    """Counts repeat exactly; the bounds are those that the README claims."""
    quiet = lambda text: None  # noqa: E731
    mlp, synapses = measure(Entry("MLP", "mnist-mlp-small", "mps2-an386", max_flash=30_000, frames=100), quiet)
    assert mlp.accuracy >= 0.9767 and mlp.cost <= 40_000 and mlp.flash <= 30_000
    assert next(s for s in synapses if s.layer == "dense1").each <= 0.25
    cnn, synapses = measure(Entry("CNN", "mnist-cnn-small", "mps2-an386", max_flash=8_600, frames=100), quiet)
    assert cnn.accuracy >= 0.9717 and cnn.cost <= 60_000 and cnn.flash <= 8_000
    assert next(s for s in synapses if s.layer == "conv2").each <= 0.25
