"""The plan: plain final data, one field for each hole of the templates."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.targets.c.storage import Elements
from whetgen.targets.c.tables import CTable, TableRef


@dataclass(frozen=True)
class Window:
    """``wg_window``."""

    height: int
    width: int
    channels: int
    out_height: int
    out_width: int
    kernel_height: int
    kernel_width: int
    stride_y: int
    stride_x: int
    dilation_y: int
    dilation_x: int
    top: int
    left: int


@dataclass(frozen=True)
class Finish:
    """``wg_finish``: what becomes of the sums of one position."""

    channels: int
    words: int
    fire: int
    row_step: int
    rows: TableRef
    row_of: TableRef
    result: Elements


@dataclass(frozen=True)
class WeightRows:
    """``wg_rows`` and the kernel that adds them."""

    weights: str
    words: int
    sum_words: int
    stride: int
    neurons: int
    kernel: str


@dataclass(frozen=True)
class DenseRecord:
    source: Elements
    inputs: int
    rows: WeightRows
    sums: str
    finish: Finish


@dataclass(frozen=True)
class ConvRecord:
    source: Elements
    window: Window
    groups: int
    group_bytes: int
    rows: WeightRows
    sums: str
    finish: Finish


@dataclass(frozen=True)
class SumPoolRecord:
    source: Elements
    window: Window
    sums: str
    finish: Finish


@dataclass(frozen=True)
class MaxPoolRecord:
    source: Elements
    window: Window
    result: Elements


@dataclass(frozen=True)
class Operand:
    """``wg_operand``."""

    source: Elements
    factors: TableRef
    factor_step: int


@dataclass(frozen=True)
class WeightedSumRecord:
    positions: int
    operands: tuple[Operand, ...]
    sums: str
    finish: Finish


@dataclass(frozen=True)
class MoveRecord:
    source: Elements
    result: Elements
    clear_elements: int
    source_first: int
    result_first: int
    count: tuple[int, int, int, int]
    source_step: tuple[int, int, int, int]
    result_step: tuple[int, int, int, int]
    run: int


@dataclass(frozen=True)
class EventPass:
    """``wg_event_pass``."""

    rows: str
    block_bytes: int
    skip: int
    add: str


@dataclass(frozen=True)
class EventRecord:
    """``wg_event_layer``."""

    window: Window
    neurons: int
    entries: int
    gather: str
    fire: int
    padded: int
    result: Elements
    levels: int
    zero_row: int
    blocks: int
    block_bytes: int
    list: int
    base: int
    least: int
    start: str
    row_of: str
    row_step: int
    passes: tuple[EventPass, ...]
    finish_kernel: str


@dataclass(frozen=True)
class PopcountRecord:
    """``wg_popcount_layer``."""

    inputs: int
    words: int
    scale: int
    least: int
    surplus: int
    scales: TableRef
    planes: str
    look: int
    finish: Finish


@dataclass(frozen=True)
class WindowTableRecord:
    """``wg_window_table_layer``."""

    window: Window
    neurons: int
    table: str


@dataclass(frozen=True)
class BinariseRecord:
    """``wg_binarise_layer``."""

    count: int
    threshold: int


Record = (
    DenseRecord
    | ConvRecord
    | SumPoolRecord
    | MaxPoolRecord
    | WeightedSumRecord
    | MoveRecord
    | EventRecord
    | PopcountRecord
    | WindowTableRecord
    | BinariseRecord
)


@dataclass(frozen=True)
class Draft:
    """A kernel call before memory is laid out: tensors by name.

    ``sum_bytes``: scratch; ``kind``: the template; ``function``: the kernel; ``units``: runtime files
    beyond the function's own; ``cycles``: estimated; ``label``: the kernel's name for people.
    """

    kind: str
    name: str
    title: str
    function: str
    record: Record
    sources: tuple[str, ...]
    result: str
    tables: tuple[CTable, ...] = ()
    sum_bytes: int = 0
    units: tuple[str, ...] = ()
    cycles: float = 0.0
    label: str = "general"

    @property
    def table_bytes(self) -> int:
        return sum(table.bytes for table in self.tables)


@dataclass(frozen=True)
class CLayer:
    """One kernel call: its tables, its record and the pointers that it gets, as C expressions."""

    kind: str
    name: str
    title: str
    function: str
    record: Record
    tables: tuple[CTable, ...]
    sources: tuple[str, ...]
    result: str
    sums: str


@dataclass(frozen=True)
class Option:
    """One kernel for a layer: ``cycles`` estimated, bytes of tables and of scratch memory exact."""

    kernel: str
    cycles: int
    table_bytes: int
    scratch_bytes: int


@dataclass(frozen=True)
class Choice:
    """What the planner took for a layer, and all that it had, the fastest first."""

    layer: str
    kernel: str
    cycles: int
    options: tuple[Option, ...]


@dataclass(frozen=True)
class COutput:
    """One output's part of the output array."""

    name: str
    title: str
    offset: int
    length: int


@dataclass(frozen=True)
class CPlan:
    """Everything that the C files say.

    ``output_kind``: "spikes", "scores" or "accumulators", "mixed" for outputs of several kinds;
    ``output_elements``: the runtime's element kind of the output array; ``meaning``: of an input code, in words;
    ``board``: what ``compile_command`` compiles for; ``level``: C constant from which on the one output means class 1, None where ``argmax`` finds the class.
    """

    name: str
    title: str
    input_title: str
    input_ctype: str
    input_len: int
    input_bytes: int
    packing: str
    meaning: str
    output_ctype: str
    output_kind: str
    output_elements: str
    output_len: int
    outputs: tuple[COutput, ...]
    layers: tuple[CLayer, ...]
    flash_table_bytes: int
    arena_bytes: int
    predicts: bool
    predict_at: int
    runtime_format: int
    runtime_files: tuple[str, ...]
    argmax: str
    level: str | None
    mcu: str
    board: str
    compile_command: str
    choices: tuple[Choice, ...]
    code_bytes: int
    single_header: bool
