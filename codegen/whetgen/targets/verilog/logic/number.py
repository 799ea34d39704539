"""A number that is there already, compared with a constant."""

from __future__ import annotations

from collections.abc import Sequence

from whetgen.targets.verilog.logic.circuit import MAX_TABLE_INPUTS, TRUE, Circuit, Literal, is_constant
from whetgen.targets.verilog.logic.columns import Weighted


def number_reaches(circuit: Circuit, bits: Sequence[Weighted], wanted: int) -> Literal:
    """Whether it is at least ``wanted``, no bit standing in the column of another.

    Tables of some of its bits and of what the lower ones say, no carry chain.
    """
    rising, reached = sorted(bits, key=lambda bit: bit[1]), TRUE
    below = 0
    while rising:
        room = MAX_TABLE_INPUTS - (not is_constant(reached))
        some, rising = rising[:room], rising[room:]
        top = rising[0][1] if rising else wanted.bit_length()
        digit, steps = wanted % (1 << max(top, 0)) >> below, [(b, column - below) for b, column in some]
        literals = [reached, *(b for b, _ in steps)]
        truth = 0
        for index in range(1 << len(literals)):
            value = sum((index >> (k + 1) & 1) << column for k, (_, column) in enumerate(steps))
            truth |= int(value > digit or (value == digit and index & 1)) << index
        reached, below = circuit.table(literals, truth), top
    return reached
