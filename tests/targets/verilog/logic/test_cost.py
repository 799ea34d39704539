"""Counted cells: what a chain absorbs is free, what nobody reads is not counted."""

from whetgen.targets.verilog.logic.circuit import Circuit
from whetgen.targets.verilog.logic.cost import Cost, cost_of
from whetgen.targets.verilog.logic.stages import staged


def cost(circuit: Circuit, *outputs: int, levels: int = 100) -> Cost:
    return cost_of(circuit, staged(circuit, outputs, levels))


def test_a_count_of_five_in_front_of_a_chain_is_free():
    circuit = Circuit(9)
    number = circuit.count([2, 4, 6, 8, 10])
    found = circuit.add([12, 14, 16], number, 18)
    assert cost(circuit, *found) == Cost(luts=3, carries=1, ffs=4)


def test_a_count_of_six_takes_a_lut_a_bit():
    circuit = Circuit(6)
    assert cost(circuit, *circuit.count([2, 4, 6, 8, 10, 12])) == Cost(luts=3, carries=0, ffs=3)


def test_a_count_that_something_else_reads_too_is_not_free():
    circuit = Circuit(9)
    number = circuit.count([2, 4, 6, 8, 10])
    found = circuit.add([12, 14, 16], number, 18)
    assert cost(circuit, *found, number[0]).luts == 4


def test_bits_that_nobody_reads_cost_nothing():
    circuit = Circuit(6)
    assert cost(circuit, circuit.count([2, 4, 6, 8, 10, 12])[2]).luts == 1


def test_a_stage_more_costs_the_registers_between():
    circuit = Circuit(4)
    table = circuit.table([circuit.table([2, 4], 0b0110), 6, 8], 0b10010110)
    assert cost(circuit, table, levels=1).ffs == 4
    assert cost(circuit, table, levels=2).ffs == 1
