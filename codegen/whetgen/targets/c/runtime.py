"""Runtime files that kernels need."""

from __future__ import annotations

import re

from whetgen.assets import assets
from whetgen.targets.c.records import Draft

_WITH_SOURCE = {"wg_wide.h": "wg_wide.c", "wg_bits.h": "wg_bits.c"}
_INCLUDE = re.compile(r'^#include "(\w+\.h)"', re.MULTILINE)


def runtime_files(drafts: tuple[Draft, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Runtime files that these kernels need, headers and sources, found through their includes."""
    folder = assets() / "firmware" / "runtime"
    queue = [
        "whetgen_runtime.h",
        *(f"{unit}.c" for draft in drafts for unit in units(draft)),
        *(f"{unit}.c" for unit in more),
    ]
    found: set[str] = set()
    while queue:
        file = queue.pop()
        if file not in found:
            found.add(file)
            queue += _INCLUDE.findall((folder / file).read_text(encoding="utf-8"))
            queue += [_WITH_SOURCE[file]] if file in _WITH_SOURCE else []
    return tuple(sorted(found))


def units(draft: Draft) -> list[str]:
    """Source files, named like the functions, that a kernel call links to."""
    rows = getattr(draft.record, "rows", None)
    sums = getattr(draft.record, "sums", None)
    return [draft.function, *draft.units, *([sums] if sums else []), *([rows.kernel] if rows else [])]
