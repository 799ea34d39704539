"""The microcontrollers that the planner knows: what their kernels cost.

Costs are instructions on the 32-bit machines, as QEMU counts them, and clock cycles on the AVR, as simavr
does. They only steer the choice between kernels; measured figures come from ``whetgen verify --on``.
"""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.wording import unknown


@dataclass(frozen=True)
class Mcu:
    """One column of the cost model.

    ``plane_event``: a row of 1 to 4 bit planes added to one word of counters; ``lane_event``: a row
    added to one word of lanes; ``row``: a row added to four of them; ``widen``: a word of bytes added to
    lanes of 16 bits; ``walk_event``: a row added to eight words in registers;
    ``walk_load``: a word of inputs fetched for it; ``list_event``: one event found and listed; ``scaled``: what the
    multiplication by a pixel adds; ``byte_event``: a weight of a byte times a pixel;
    ``scan_byte``: looking at a pixel; ``position``: moving a window;
    ``call``: one kernel call on one block; ``popcount``: 32 synapses of one plane and of two; ``look``: one more
    look at a count, whether it may stop;
    ``steps``: cost of what the fast kernels do beside adding rows (finishing sums, reading them out, looking windows up), of the
    Cortex-M4's; ``move``: one element copied by ``wg_move``; ``code``: size of code, of Thumb's; ``general``: cost of the kernels for all kinds, of the
    Cortex-M4's; ``sum_bits``: the widest sum that the compiler's flash tables allow; ``event_list``: entries of the
    list of events, two bytes of RAM each; ``table_limit``: bytes of the largest array; ``flash``: bytes that ``board``, the
    one of ``firmware/ports``, has for code and tables; None: no board.
    """

    name: str
    word_bits: int
    plane_event: tuple[int, int, int, int]
    lane_event: float
    row: float
    widen: float
    walk_event: float
    walk_load: float
    list_event: int
    scaled: float
    scan_byte: float
    position: int
    call: int
    popcount: tuple[float, float]
    look: float
    code: float
    general: float
    steps: float = 1.0
    move: float = 40.0
    byte_event: float = 3.5
    sum_bits: int = 64
    event_list: int = 128
    table_limit: int = (1 << 31) - 1
    board: str = ""
    flash: int | None = None


# A table: one processor a line.
# fmt: off
MCUS = {
    mcu.name: mcu
    for mcu in (
        Mcu("generic", 32, (9, 17, 24, 31), 2.5, 12.0, 7.0, 22.0, 25.0, 9, 1.0, 4, 220, 40, (13, 22), 100, 1.0, 1.0),
        Mcu("cortex-m0", 32, (13, 27, 40, 54), 3.5, 15.5, 9.0, 55.0, 35.0, 14, 2.0, 6, 330, 60, (24, 32), 120, 1.0, 1.4, move=56.0, byte_event=5.5, board="microbit", flash=256 << 10),
        Mcu("cortex-m3", 32, (9, 17, 24, 31), 2.5, 7.75, 9.0, 17.0, 25.0, 9, 1.0, 4, 220, 40, (13, 22), 100, 1.0, 1.0, board="mps2-an385", flash=4 << 20),
        Mcu("cortex-m4", 32, (9, 17, 24, 31), 2.5, 7.75, 5.5, 17.0, 25.0, 9, 1.0, 4, 220, 40, (13, 22), 100, 1.0, 1.0, board="mps2-an386", flash=4 << 20),
        Mcu("cortex-m7", 32, (9, 17, 24, 31), 2.5, 7.75, 5.5, 17.0, 25.0, 9, 1.0, 4, 220, 40, (13, 22), 100, 1.0, 1.0, board="mps2-an500", flash=4 << 20),
        Mcu("rv32imac", 32, (10, 18, 25, 32), 3.0, 12.0, 7.0, 31.0, 30.0, 13, 1.5, 4, 230, 45, (20, 27), 110, 1.2, 1.2, move=48.0, byte_event=4.5, board="riscv-virt", flash=8 << 20),
        Mcu("rv32imac_zbb", 32, (10, 18, 25, 32), 3.0, 12.0, 7.0, 23.0, 30.0, 9, 1.5, 4, 230, 45, (7, 13), 10, 1.2, 1.2, move=48.0, byte_event=4.5, board="riscv-virt-zbb", flash=8 << 20),
        # Fitted to kernel calls measured on the ATmega328P: firmware/README.md, "Estimates on the AVR". No data: 3 planes, widen.
        Mcu("avr", 8, (22, 44, 103, 162), 61.0, 222.0, 80.0, 400.0, 150.0, 36, 61.0, 16, 1720, 120, (226, 209), 1000, 2.7, 10.0, steps=9.7, move=19.0, byte_event=66.0, sum_bits=32, event_list=64, table_limit=(1 << 15) - 1, board="atmega328p", flash=32 << 10),
    )
}
# fmt: on


def find_mcu(name: str) -> Mcu:
    """The entry of ``--mcu``.

    Raises:
        BadInput: not known.
    """
    if name not in MCUS:
        raise unknown("--mcu", name, MCUS)
    return MCUS[name]
