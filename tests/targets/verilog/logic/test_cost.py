"""Counted cells: what a chain absorbs is free, what nobody reads is not counted."""

import pytest

from whetgen.targets.verilog.logic.chains_first import chains_first
from whetgen.targets.verilog.logic.circuit import Circuit
from whetgen.targets.verilog.logic.compress import counters_first, reduced
from whetgen.targets.verilog.logic.cost import Cost, cost_of
from whetgen.targets.verilog.logic.stages import staged


def cost(circuit: Circuit, *outputs: int, levels: int = 100) -> Cost:
    return cost_of(circuit, staged(circuit, outputs, levels))


def test_a_count_of_five_in_front_of_a_chain_is_free():
    circuit = Circuit(9)
    counted = circuit.count([2, 4, 6, 8, 10])
    found = circuit.add([12, 14, 16], counted, 18)
    assert cost(circuit, *found) == Cost(luts=3, carries=1, ffs=4)


def test_a_bit_that_is_alone_at_its_position_is_free():
    circuit = Circuit(4)
    found = circuit.add([2, 4, 6], [8, 0, 0])
    assert cost(circuit, *found) == Cost(luts=1, carries=1, ffs=4)


def test_a_count_of_six_takes_a_lut_a_bit():
    circuit = Circuit(6)
    assert cost(circuit, *circuit.count([2, 4, 6, 8, 10, 12])) == Cost(luts=3, carries=0, ffs=3)


def test_a_count_that_something_else_reads_too_is_not_free():
    circuit = Circuit(9)
    counted = circuit.count([2, 4, 6, 8, 10])
    found = circuit.add([12, 14, 16], counted, 18)
    assert cost(circuit, *found, counted[0]).luts == 4


def test_bits_that_nobody_reads_cost_nothing():
    circuit = Circuit(6)
    assert cost(circuit, circuit.count([2, 4, 6, 8, 10, 12])[2]).luts == 1


def test_a_stage_more_costs_the_registers_between():
    circuit = Circuit(4)
    table = circuit.table([circuit.table([2, 4], 0b0110), 6, 8], 0b10010110)
    assert cost(circuit, table, levels=1).ffs == 4
    assert cost(circuit, table, levels=2).ffs == 1


@pytest.mark.parametrize(
    "votes, compressor, expected",
    [
        (60, counters_first, (47, 7)),
        (60, chains_first, (37, 14)),
        (200, counters_first, (146, 26)),
        (200, chains_first, (129, 44)),
    ],
)
def test_chains_count_votes_in_fewer_luts_than_counters(votes, compressor, expected):
    circuit = Circuit(votes)
    total = reduced(circuit, [(2 * net, 0) for net in range(1, votes + 1)], 0, votes.bit_length(), compressor)
    found = cost(circuit, *total, levels=3)
    assert (found.luts, found.carries) == expected
