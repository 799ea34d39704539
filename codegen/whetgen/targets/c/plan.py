"""Graph -> CPlan: plain final data, one field for each hole of the templates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whetgen.ir import Graph, Output
from whetgen.targets.c.arrays import ConstArray, literal
from whetgen.targets.c.choose import Limits
from whetgen.targets.c.class_names import c_text, check_count
from whetgen.targets.c.code_size import check_bytes, code_bytes
from whetgen.targets.c.elements import INPUT_ELEMENTS
from whetgen.targets.c.kernels import KernelCall, Part
from whetgen.targets.c.maps import stored
from whetgen.targets.c.mcus import find_mcu
from whetgen.targets.c.memory import Memory, lay_out
from whetgen.targets.c.options import COptions
from whetgen.targets.c.planner import Choice, Planner
from whetgen.targets.c.rates import Rate, guessed_rates, measured_rates
from whetgen.targets.c.records import Record
from whetgen.targets.c.storage import Storage
from whetgen.targets.output.identifiers import Identifiers, check_name, comment_text
from whetgen.targets.output.kinds import output_kind
from whetgen.targets.output.library import library
from whetgen.targets.output.words import input_words, output_words

RUNTIME_FORMAT = 5
_ARENA_SLACK = 7  # what wg_align may skip
_PACKING = {
    "bit": "eight elements a byte, the first in the least significant bit",
    "uint4": "two elements a byte, the first in the low nibble",
}


@dataclass(frozen=True, kw_only=True)
class CCall:
    """One kernel call: its record, the arrays of that, and the pointers that it gets, as C expressions."""

    name: str
    title: str
    function: str
    record: Record
    sources: tuple[str, ...]
    result: str
    scratch: str

    @property
    def arrays(self) -> tuple[ConstArray, ...]:
        return self.record.arrays


@dataclass(frozen=True, kw_only=True)
class CTensor:
    """A layer's result in the arena, there as soon as call number ``call`` (from 0) is done.

    ``name``: of the tensor; ``place``: C expression of its first byte; ``kind``: of its elements; ``maps``: parts of
    ``bytes / maps`` bytes each, bit k of all elements in part k.
    """

    name: str
    call: int
    place: str
    kind: str
    maps: int
    count: int
    bytes: int


@dataclass(frozen=True)
class Check:
    """One table of ``NAME_check``: its number there, from 1, and the CRC-32 that it has, as C constant."""

    table: str
    number: int
    checksum: str


@dataclass(frozen=True, kw_only=True)
class COutput:
    """One output's part of the output array."""

    name: str
    title: str
    offset: int
    length: int


@dataclass(frozen=True, kw_only=True)
class CPlan:
    """Everything that the C files say.

    ``output_kind``: "spikes", "scores" or "accumulators", "mixed" for outputs of several kinds;
    ``output_elements``: the runtime's element kind of the output array; ``meaning``: of an input code, in words;
    ``typical``: what frames ``choices`` think of; ``time_unit``: of their cycles, singular, on ``processor``; ``board``: what ``compile_command`` compiles for; ``level``: C constant from which on the one output means class 1,
    None where ``argmax`` finds the class; ``class_names``: C strings, none without ``--classes``; ``runtime_files``: file -> text;
    ``spare_at``: place in the arena of outputs that the caller does not get, of ``predict`` and of a first of two runs;
    ``checks``: none without ``--harden``.
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
    calls: tuple[CCall, ...]
    tensors: tuple[CTensor, ...]
    flash_table_bytes: int
    arena_bytes: int
    predicts: bool
    class_names: tuple[str, ...]
    spare_at: int
    runtime_format: int
    runtime_files: dict[str, str]
    argmax: str
    level: str | None
    mcu: str
    processor: str
    board: str
    compile_command: str
    choices: tuple[Choice, ...]
    typical: str
    time_unit: str
    code_bytes: int
    single_header: bool
    hardened: bool
    checks: tuple[Check, ...]

    @property
    def cycles(self) -> int:
        """Of a frame, as estimated."""
        return sum(choice.cycles for choice in self.choices)


def plan(graph: Graph, name: str, options: COptions | None = None, codes: np.ndarray | None = None) -> CPlan:
    """Everything that the C files of ``graph`` say, under the prefix ``name``.

    ``codes``: frames that tell how often neurons spike; without them the planner guesses.

    Raises:
        BadInput: the name is not allowed, a layer exceeds the target's limits, or nothing fits the options' limits.
    """
    check_name(name)
    options = options or COptions()
    if options.classes is not None:
        check_count(options.classes, graph)
    mcu = find_mcu(options.mcu or "generic")
    storage = stored(graph, mcu, options.constant_time)
    planner = Planner(
        storage=storage,
        rates=_rates(storage, codes, options.constant_time),
        mcu=mcu,
        limits=Limits(options.max_flash, options.max_ram).on(mcu),
        constant_time=options.constant_time,
    )
    calls, choices = planner.choose(Identifiers(name))
    memory = lay_out(storage, calls)
    predicts = graph.is_classifier
    level = _level(graph, graph.outputs[0]) if predicts else None
    spare_at = memory.bytes + -memory.bytes % 8
    result_bytes = storage.output_elements.bytes_for(storage.output_length)
    argmax = "wg_argmax_i32" if storage.output_elements.kind == "WG_I32" else "wg_argmax"
    units = {"whetgen_runtime", *(unit for call in calls for unit in call.units)}
    units |= {argmax} if predicts and level is None else set()
    checks = _checks(calls) if options.harden else ()
    units |= {"wg_crc32"} if options.harden else set()
    kind, board = graph.input.type.name, mcu.board
    return CPlan(
        name=name,
        title=_title(graph),
        input_title=f"{_shape(graph.input.shape)} {kind}",
        input_ctype=INPUT_ELEMENTS[kind].ctype,
        input_len=storage.layers.input.count,
        input_bytes=storage.bytes(graph.input.name),
        packing=_PACKING.get(kind, "one element each"),
        meaning=input_words(graph),
        output_ctype=storage.output_elements.ctype,
        output_kind=output_kind(graph),
        output_elements=storage.output_elements.kind,
        output_len=storage.output_length,
        outputs=_outputs(storage),
        calls=tuple(_call(call, k, storage, memory) for k, call in enumerate(calls)),
        tensors=_tensors(calls, storage, memory),
        flash_table_bytes=sum(call.array_bytes for call in calls),
        arena_bytes=(spare_at + result_bytes if predicts or options.harden else memory.bytes) + _ARENA_SLACK,
        predicts=predicts,
        class_names=tuple(map(c_text, options.classes or ())),
        spare_at=spare_at,
        runtime_format=RUNTIME_FORMAT,
        runtime_files=library(units, "firmware/runtime"),
        argmax=argmax,
        level=level,
        mcu=mcu.name,
        processor=board.processor,
        board=board.title,
        compile_command=board.compile_command,
        choices=choices,
        typical=_typical(codes, options.constant_time),
        time_unit="cycle" if board.unit == "cycles" else "instruction",
        code_bytes=code_bytes(calls, mcu) + (check_bytes(len(checks), mcu) if options.harden else 0),
        single_header=options.single_header,
        hardened=options.harden is not None,
        checks=checks,
    )


def _rates(storage: Storage, codes: np.ndarray | None, constant_time: bool) -> dict[str, Rate]:
    """In constant time every input costs what a spike costs."""
    if constant_time:
        return {layer.name: Rate(1.0, 1.0) for layer in storage.layers.layers}
    return guessed_rates(storage) if codes is None else measured_rates(storage, codes)


def _typical(codes: np.ndarray | None, constant_time: bool) -> str:
    if constant_time:
        return "any frame"
    return "frames of which a quarter is not 0" if codes is None else "frames of the given data"


def _call(call: KernelCall, number: int, storage: Storage, memory: Memory) -> CCall:
    place = memory.scratch[number]
    return CCall(
        name=call.name,
        title=comment_text(call.title),
        function=call.function,
        record=call.record,
        sources=tuple(_pointer(source, storage, memory) for source in call.sources),
        result=_pointer(call.result, storage, memory) if call.result else "output",
        scratch="" if place is None else f"arena + {place}",
    )


def _tensors(calls: tuple[KernelCall, ...], storage: Storage, memory: Memory) -> tuple[CTensor, ...]:
    """Layers that a call computes together with the next one leave nothing behind."""
    last = {call.result.tensor: k for k, call in enumerate(calls) if call.result}
    return tuple(
        CTensor(
            name=name,
            call=last[name],
            place=f"arena + {place}",
            kind=storage.elements(name).kind,
            maps=storage.elements(name).maps,
            count=storage.by_name[name].count,
            bytes=storage.bytes(name),
        )
        for name, place in memory.tensors.items()
        if name in last
    )


def _checks(calls: tuple[KernelCall, ...]) -> tuple[Check, ...]:
    tables = [array for call in calls for array in call.arrays]
    return tuple(Check(t.name, number, f"0x{t.checksum:08x}u") for number, t in enumerate(tables, start=1))


def _pointer(part: Part, storage: Storage, memory: Memory) -> str:
    """C expression for the first element."""
    name = part.tensor
    if name == storage.layers.input.name:
        return "input"
    if name in storage.in_output:
        return f"output + {storage.in_output[name]}"
    return f"arena + {memory.tensors[name] + part.map * storage.map_bytes(name)}"


def _outputs(storage: Storage) -> tuple[COutput, ...]:
    names = Identifiers()
    return tuple(
        COutput(
            name=names.unique(output.name),
            title=comment_text(output_words(storage.graph, output)),
            offset=offset,
            length=storage.graph.size(output.source),
        )
        for output, offset in zip(storage.graph.outputs, storage.output_offsets, strict=True)
    )


def _level(graph: Graph, head: Output) -> str | None:
    """C constant that an output of one element reaches in class 1; None for the rows of others."""
    lo, hi = graph.ranges[head.source]
    return literal(min(max(head.level, lo), hi + 1)) if graph.size(head.source) == 1 else None


def _title(graph: Graph) -> str:
    results = ", ".join(f"{_shape(graph.shapes[o.source])} {o.kind}" for o in graph.outputs)
    return f"{_shape(graph.input.shape)} {graph.input.type.name} -> {results}"


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
