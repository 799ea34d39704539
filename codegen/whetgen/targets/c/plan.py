"""Graph -> CPlan: which kernels run, on which tables, at which places in memory."""

from __future__ import annotations

import numpy as np

from whetgen.ir import Graph, Output
from whetgen.ir.nodes import Input
from whetgen.targets.c.candidates import Planned
from whetgen.targets.c.choose import Limits
from whetgen.targets.c.code_size import code_bytes
from whetgen.targets.c.layers import choose_drafts
from whetgen.targets.c.mcus import find_mcu
from whetgen.targets.c.memory import place_tensors
from whetgen.targets.c.options import COptions
from whetgen.targets.c.rates import Rate, guessed_rates, measured_rates
from whetgen.targets.c.records import CLayer, COutput, CPlan, Draft
from whetgen.targets.c.runtime import runtime_files
from whetgen.targets.c.storage import INPUT_ELEMENTS
from whetgen.targets.c.tables import literal
from whetgen.targets.c.tensors import Tensors
from whetgen.targets.output.identifiers import Identifiers, check_name, comment_text
from whetgen.targets.output.words import input_words, output_words

RUNTIME_FORMAT = 4
_ARENA_SLACK = 7  # what wg_align may skip
_PACKING = {
    "bit": "eight elements a byte, the first in the least significant bit",
    "uint4": "two elements a byte, the first in the low nibble",
}


def plan(graph: Graph, name: str, options: COptions | None = None, codes: np.ndarray | None = None) -> CPlan:
    """Everything that the C files of ``graph`` say, under the prefix ``name``.

    ``codes``: frames that tell how often neurons spike; without them the planner guesses.

    Raises:
        BadInput: the name is not allowed, a layer exceeds the target's limits, or nothing fits the options' limits.
    """
    check_name(name)
    options = options or COptions()
    tensors = Tensors(graph)
    mcu = find_mcu(options.mcu or "generic")
    rates = guessed_rates(graph) if codes is None else measured_rates(graph, codes)
    if options.constant_time:
        rates = dict.fromkeys(rates, Rate(1.0, 1.0))  # every input costs what a spike costs
    drafts, choices = choose_drafts(
        Planned(tensors, rates, mcu),
        Identifiers(name),
        Limits(options.max_flash, options.max_ram).on(mcu),
        options.constant_time,
    )
    offsets, used = place_tensors(tensors, drafts)
    layers = tuple(_layer(draft, k, tensors, offsets) for k, draft in enumerate(drafts))
    predicts = graph.is_classifier
    level = _level(graph, graph.outputs[0]) if predicts else None
    predict_at = used + -used % 8
    result_bytes = tensors.output_elements.bytes_for(_output_len(tensors)) if predicts else 0
    argmax = "wg_argmax_i32" if tensors.output_elements.kind == "WG_I32" else "wg_argmax"
    kind, board = graph.input.type.name, mcu.board
    return CPlan(
        name=name,
        title=_title(graph),
        input_title=f"{_shape(graph.input.shape)} {kind}",
        input_ctype=INPUT_ELEMENTS[kind].ctype,
        input_len=tensors.length(graph.input.name),
        input_bytes=INPUT_ELEMENTS[kind].bytes_for(tensors.length(graph.input.name)),
        packing=_PACKING.get(kind, "one element each"),
        meaning=input_words(graph),
        output_ctype=tensors.output_elements.ctype,
        output_kind=_output_kind(graph),
        output_elements=tensors.output_elements.kind,
        output_len=_output_len(tensors),
        outputs=_outputs(tensors),
        layers=layers,
        flash_table_bytes=sum(table.bytes for layer in layers for table in layer.tables),
        arena_bytes=(predict_at + result_bytes if predicts else used) + _ARENA_SLACK,
        predicts=predicts,
        predict_at=predict_at,
        runtime_format=RUNTIME_FORMAT,
        runtime_files=runtime_files(drafts, (argmax,) if predicts and level is None else ()),
        argmax=argmax,
        level=level,
        mcu=mcu.name,
        board=board.title,
        compile_command=board.compile_command,
        choices=choices,
        code_bytes=code_bytes(drafts, mcu),
        single_header=options.single_header,
    )


def _layer(draft: Draft, step: int, tensors: Tensors, offsets: dict[str, int]) -> CLayer:
    return CLayer(
        kind=draft.kind,
        name=draft.name,
        title=comment_text(draft.title),
        function=draft.function,
        record=draft.record,
        tables=draft.tables,
        sources=tuple(_pointer(s, tensors, offsets) for s in draft.sources),
        result=_pointer(draft.result, tensors, offsets) if draft.result else "output",
        sums=f"arena + {offsets[f'step {step}']}" if draft.sum_bytes else "",
    )


def _pointer(name: str, tensors: Tensors, offsets: dict[str, int]) -> str:
    """C expression for a tensor's first element."""
    root = tensors.root(name)
    if isinstance(tensors.graph[root], Input):
        return "input"
    if root in tensors.in_output:
        return f"output + {tensors.in_output[root]}"
    return f"arena + {offsets[f'tensor {root}']}"


def _outputs(tensors: Tensors) -> tuple[COutput, ...]:
    names = Identifiers()
    return tuple(
        COutput(
            names.unique(o.name),
            comment_text(output_words(tensors.graph, o)),
            at,
            tensors.length(o.source),
        )
        for o, at in zip(tensors.graph.outputs, tensors.output_offsets, strict=True)
    )


def _output_kind(graph: Graph) -> str:
    kinds = {output.kind for output in graph.outputs}
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _level(graph: Graph, head: Output) -> str | None:
    """C constant that an output of one element reaches in class 1; None for the rows of others."""
    lo, hi = graph.ranges[head.source]
    return literal(min(max(head.level, lo), hi + 1)) if graph.size(head.source) == 1 else None


def _output_len(tensors: Tensors) -> int:
    return sum(tensors.length(output.source) for output in tensors.graph.outputs)


def _title(graph: Graph) -> str:
    results = ", ".join(f"{_shape(graph.shapes[o.source])} {o.kind}" for o in graph.outputs)
    return f"{_shape(graph.input.shape)} {graph.input.type.name} -> {results}"


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
