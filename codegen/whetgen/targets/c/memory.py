"""Where tensors and scratch lie in the arena."""

from __future__ import annotations

from dataclasses import replace

from whetgen.ir.nodes import Input
from whetgen.targets.c.arena import Buffer, place
from whetgen.targets.c.records import Draft
from whetgen.targets.c.tensors import Tensors

_SHRINKING = "wg_binarise"  # eight bytes are read before their byte is written


def place_tensors(tensors: Tensors, drafts: tuple[Draft, ...]) -> tuple[dict[str, int], int]:
    """Offsets of the tensors (by name) and of each step's sums (as "step k") in the arena."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    over: dict[str, str] = {}
    buffers = []
    for k, draft in enumerate(drafts):
        for name in filter(None, (*draft.sources, draft.result)):
            first.setdefault(tensors.root(name), k)
            last[tensors.root(name)] = k
        if draft.function.startswith(_SHRINKING):
            over[tensors.root(draft.result)] = f"tensor {tensors.root(draft.sources[0])}"
        if draft.sum_bytes:
            buffers.append(Buffer(f"step {k}", draft.sum_bytes, 8, k, k))
    for root in first:
        if root not in tensors.in_output and not isinstance(tensors.graph[root], Input):
            elements = tensors.elements(root)
            size = elements.bytes_for(tensors.length(root))
            buffers.append(Buffer(f"tensor {root}", size, elements.align, first[root], last[root], over.get(root, "")))
    lasts = {buffer.name: buffer.last for buffer in buffers}
    return place([b if lasts.get(b.over) == b.first else replace(b, over="") for b in buffers])
