"""Where tensors and scratch lie in the arena."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whetgen.targets.c.arena import ArenaBuffer, place
from whetgen.targets.c.kernels import KernelCall
from whetgen.targets.c.storage import Storage

_SHRINKING = "wg_binarise"  # eight bytes are read before their byte is written


@dataclass(frozen=True)
class Memory:
    """Places in the arena: of tensors by name, of each call's scratch, None where it needs none; ``bytes`` of all."""

    tensors: dict[str, int]
    scratch: tuple[int | None, ...]
    bytes: int


def lay_out(storage: Storage, calls: tuple[KernelCall, ...]) -> Memory:
    """A place for everything that is not input or output."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    over: dict[str, str] = {}
    for k, call in enumerate(calls):
        for part in filter(None, (*call.sources, call.result)):
            first.setdefault(part.tensor, k)
            last[part.tensor] = k
        if call.function.startswith(_SHRINKING) and call.result:
            over[call.result.tensor] = f"tensor {call.sources[0].tensor}"
    buffers = [
        ArenaBuffer(name=f"call {k}", size=call.scratch_bytes, align=8, first=k, last=k)
        for k, call in enumerate(calls)
        if call.scratch_bytes
    ]
    stored = [name for name in first if name not in storage.in_output and name != storage.layers.input.name]
    buffers += [
        ArenaBuffer(
            name=f"tensor {t}",
            size=storage.bytes(t),
            align=storage.elements(t).align,
            first=first[t],
            last=last[t],
            over=over.get(t, ""),
        )
        for t in stored
    ]
    lasts = {buffer.name: buffer.last for buffer in buffers}
    offsets, size = place([b if lasts.get(b.over) == b.first else replace(b, over="") for b in buffers])
    scratch = tuple(offsets.get(f"call {k}") for k in range(len(calls)))
    return Memory({name: offsets[f"tensor {name}"] for name in stored}, scratch, size)
