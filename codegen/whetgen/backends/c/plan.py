"""Graph -> CPlan: which kernels run, on which tables, at which places in memory."""

from __future__ import annotations

import re

from whetgen.assets import assets
from whetgen.backends.c.arena import Buffer, place
from whetgen.backends.c.drafts import draft_copy, draft_node
from whetgen.backends.c.records import CLayer, COutput, CPlan, Draft
from whetgen.backends.c.storage import INPUT_ELEMENTS
from whetgen.backends.c.tensors import Tensors
from whetgen.backends.identifiers import Identifiers, check_name, comment_text
from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.ir.nodes import Input

RUNTIME_FORMAT = 1
_ARENA_SLACK = 7  # what wg_align may skip
_LIMIT = 1 << 31
_PACKING = {
    "bit": "eight elements a byte, the first in the least significant bit",
    "uint4": "two elements a byte, the first in the low nibble",
}
_INCLUDE = re.compile(r'^#include "(\w+\.h)"', re.MULTILINE)


def plan(graph: Graph, name: str) -> CPlan:
    """Everything that the C files of ``graph`` say, under the prefix ``name``.

    Raises:
        BadInput: the name is not allowed, or a layer exceeds the target's limits.
    """
    check_name(name)
    tensors = Tensors(graph)
    drafts = _drafts(tensors, Identifiers(name))
    offsets, used = _memory(tensors, drafts)
    layers = tuple(_layer(draft, k, tensors, offsets) for k, draft in enumerate(drafts))
    predicts = len(graph.outputs) == 1 and graph.outputs[0].classifier
    predict_at = used + -used % 8
    result_bytes = tensors.output_elements.bytes_for(_output_len(tensors)) if predicts else 0
    kind = graph.input.type.name
    return CPlan(
        name=name,
        title=_title(graph),
        input_title=f"{_shape(graph.input.shape)} {kind}",
        input_ctype=INPUT_ELEMENTS[kind].ctype,
        input_len=tensors.length(graph.input.name),
        input_bytes=INPUT_ELEMENTS[kind].bytes_for(tensors.length(graph.input.name)),
        packing=_PACKING.get(kind, "one element each"),
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
        runtime_files=_runtime_files(drafts, ("wg_argmax",) if predicts else ()),
    )


def _drafts(tensors: Tensors, names: Identifiers) -> tuple[Draft, ...]:
    drafts: list[Draft] = []
    for node in tensors.graph.nodes:
        if tensors.length(node.name) * max(tensors.elements(node.name).words, 1) >= _LIMIT:
            raise BadInput(
                f"layer '{node.name}' has too many elements for the C target (2^31 or more); make it smaller"
            )
        drafts += draft_node(node, names.unique(node.name), tensors)
    for k, output in enumerate(tensors.graph.outputs):
        if tensors.root(output.source) not in tensors.in_output:
            drafts.append(draft_copy(names.unique(f"copy_{output.name}"), tensors, output.source, k))
    return tuple(drafts)


def _memory(tensors: Tensors, drafts: tuple[Draft, ...]) -> tuple[dict[str, int], int]:
    """Offsets of the tensors (by name) and of each step's sums (as "step k") in the arena."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    buffers = []
    for k, draft in enumerate(drafts):
        for name in filter(None, (*draft.sources, draft.result)):
            first.setdefault(tensors.root(name), k)
            last[tensors.root(name)] = k
        if draft.sum_bytes:
            buffers.append(Buffer(f"step {k}", draft.sum_bytes, 8, k, k))
    for root in first:
        if root not in tensors.in_output and not isinstance(tensors.graph[root], Input):
            elements = tensors.elements(root)
            size = elements.bytes_for(tensors.length(root))
            buffers.append(Buffer(f"tensor {root}", size, elements.align, first[root], last[root]))
    return place(buffers)


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
            comment_text(f"'{o.name}': {_shape(tensors.graph.shapes[o.source])} {o.kind}"),
            at,
            tensors.length(o.source),
        )
        for o, at in zip(tensors.graph.outputs, tensors.output_offsets, strict=True)
    )


def _output_kind(graph: Graph) -> str:
    kinds = {output.kind for output in graph.outputs}
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _output_len(tensors: Tensors) -> int:
    return sum(tensors.length(output.source) for output in tensors.graph.outputs)


def _title(graph: Graph) -> str:
    results = ", ".join(f"{_shape(graph.shapes[o.source])} {o.kind}" for o in graph.outputs)
    return f"{_shape(graph.input.shape)} {graph.input.type.name} -> {results}"


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def _runtime_files(drafts: tuple[Draft, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Runtime files that these kernels need, headers and sources, found through their includes."""
    folder = assets() / "firmware" / "runtime"
    queue = [
        "whetgen_runtime.h",
        *(f"{unit}.c" for draft in drafts for unit in _units(draft)),
        *(f"{unit}.c" for unit in more),
    ]
    found: set[str] = set()
    while queue:
        file = queue.pop()
        if file not in found:
            found.add(file)
            queue += _INCLUDE.findall((folder / file).read_text())
            queue += ["wg_wide.c"] if file == "wg_wide.h" else []
    return tuple(sorted(found))


def _units(draft: Draft) -> list[str]:
    """Source files, named like the functions, that a kernel call links to."""
    rows = getattr(draft.record, "rows", None)
    sums = getattr(draft.record, "sums", None)
    return [draft.function, *([sums] if sums else []), *([rows.kernel] if rows else [])]
