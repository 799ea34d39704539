"""The microcontrollers that the planner knows: what their kernels cost.

Costs are instructions on the 32-bit machines, as QEMU counts them, and clock cycles on the AVR, as simavr
does. They only steer the choice between kernels; measured figures come from ``whetgen verify --on``.
"""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.assets import BOARDS, CORES, fact_files, microcontrollers, read_facts
from whetgen.targets.c.boards import Board, read_board
from whetgen.wording import unknown


@dataclass(frozen=True, kw_only=True)
class Mcu:
    """One column of the cost model: the ``costs`` of a core's file, and the board whose flash the planner fills.

    ``plane_event``: a row of 1 to 4 bit planes added to one word of counters. ``lane_event``: a row added to one word
    of lanes; ``row``: to four of them; ``widen``: a word of bytes added to lanes of 16 bits. ``walk_event``: a row
    added to eight words in registers; ``walk_load``: a word of inputs fetched for it. ``list_event``: one event found
    and listed. ``scaled``: what the multiplication by a pixel adds; ``byte_event``: a weight of a byte times a pixel;
    ``pair``: two weights of 16 bits times two pixels; ``scan_byte``: looking at a pixel. ``position``: moving a window. ``call``: one kernel call on one block.
    ``popcount``: 32 synapses of one plane and of two; ``look``: one more look at a count, whether it may stop.
    ``move``: one element copied by ``wg_move``.

    Factors: ``steps``, of what the fast kernels do beside adding rows (finishing sums, reading them out, looking
    windows up), and ``general``, of the kernels for all kinds, to the Cortex-M4's; ``code``, of the code's size to Thumb's.

    Limits: ``sum_bits``, the widest sum that the compiler's flash tables allow; ``event_list``, entries of the list of
    events, two bytes of RAM each; ``table_limit``, bytes of the largest array.
    """

    name: str
    board: Board
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
    steps: float
    move: float
    byte_event: float
    pair: float
    sum_bits: int = 64
    event_list: int = 128
    table_limit: int = (1 << 31) - 1


def find_mcu(name: str) -> Mcu:
    """The processor of ``--mcu``: a board of ``firmware/boards``, or a core, on the board that its file names.

    Raises:
        BadInput: neither is known.
    """
    if name not in microcontrollers():
        raise unknown("--mcu", name, microcontrollers())
    board = read_board(name if name in fact_files(BOARDS) else read_facts(CORES, name, "--mcu")["board"])
    return Mcu(name=name, board=board, **read_facts(CORES, board.core, "core")["costs"])
