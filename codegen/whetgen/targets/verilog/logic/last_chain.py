"""The adder that ends a sum.

Bits are counted into fewer bits until two words are left, which one carry chain of the FPGA adds. This says when that is the
case, and which two words they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whetgen.targets.verilog.logic.circuit import CHAIN_ROOM, FALSE, TRUE, Circuit, Literal
from whetgen.targets.verilog.logic.columns import Columns, inverted


@dataclass(frozen=True)
class Chain:
    """The last chain: its first column, the plain bits from there on, the literals to count by column, the carry into it."""

    start: int
    plain: tuple[Literal, ...]
    groups: tuple[tuple[int, tuple[Literal, ...]], ...]
    carry: Literal


def chain_of(columns: Columns) -> Chain | None:
    """The chain that can finish what is there, None where it is still too much.

    A position takes a plain bit and one more literal, or up to five more: their count then reaches over the next positions,
    which take a plain bit only. The first position takes a carry too.
    """
    filled = [c for c in range(columns.width) if columns.bits[c]]
    if not filled:
        return Chain(columns.width, (), (), FALSE)
    plain: list[Literal] = []
    groups: list[tuple[int, tuple[Literal, ...]]] = []
    carry, free = FALSE, 0
    for column in range(filled[0], columns.width):
        bits = sorted(columns.bits[column], key=inverted)
        if column == filled[0] and len(bits) >= 3:
            carry = bits.pop(0 if bits[1] & 1 == 0 else -1)
        if column < free and bits and (len(bits) > 1 or bits[0] & 1):
            return None
        if len(bits) > 1 and (len(bits) > CHAIN_ROOM + 1 or (len(bits) > 2 and bits[0] & 1)):
            return None
        alone = len(bits) == 1 and column >= free and bits[0] & 1
        plain.append(bits.pop(0) if bits and not alone else FALSE)
        if bits:
            groups.append((column, tuple(bits)))
            free = column + len(bits).bit_length()
    return Chain(filled[0], tuple(plain), tuple(groups), carry)


def operands(columns: Columns, chain: Chain) -> tuple[list[Literal], list[Literal]]:
    """The words that the last chain adds, with what finds a free place in them of the constant: ``columns`` keep the rest."""
    left, right = list(chain.plain), [FALSE] * len(chain.plain)
    for column, bits in chain.groups:
        for k, bit in enumerate(columns.circuit.count(bits)):
            if column + k < columns.width:
                right[column + k - chain.start] = bit
            else:
                columns.beyond.append(bit)
    for k, (one, other) in enumerate(zip(left, right, strict=True)):
        if FALSE in (one, other) and columns.constant_bit(chain.start + k):
            left[k], right[k] = TRUE, one or other
    return left, right


def carry_of(circuit: Circuit, left: Sequence[Literal], right: Sequence[Literal], carry: Literal) -> Literal:
    """The carry that leaves the chain; positions that cannot make or pass one are left out."""
    while left and carry == FALSE and FALSE in (left[0], right[0]):
        left, right = left[1:], right[1:]
    if not left or left[-1] == right[-1] == FALSE:
        return FALSE
    if len(left) == 1:
        return circuit.table([left[0], right[0], carry], 0b11101000)
    return circuit.carry_out(left, right, carry)


def sum_of(circuit: Circuit, left: Sequence[Literal], right: Sequence[Literal], carry: Literal) -> tuple[Literal, ...]:
    """The sum, one bit longer than the words; low positions with one bit only are wires."""
    low = 0
    while carry == FALSE and low < len(left) and FALSE in (left[low], right[low]):
        low += 1
    wires = tuple(a or b for a, b in zip(left[:low], right[:low], strict=True))
    if low == len(left):
        return (*wires, FALSE)
    return (*wires, *circuit.add(left[low:], right[low:], carry))
