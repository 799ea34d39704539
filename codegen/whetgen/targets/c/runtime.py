"""Runtime files that kernels need."""

from __future__ import annotations

import re

from whetgen.assets import assets
from whetgen.targets.c.kernels import KernelCall
from whetgen.targets.output.library import with_needed

_WITH_SOURCE = {"wg_wide.h": "wg_wide.c", "wg_bits.h": "wg_bits.c"}
_INCLUDE = re.compile(r'^#include "(\w+\.h)"', re.MULTILINE)


def runtime_files(calls: tuple[KernelCall, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Headers and sources that these calls, and the functions ``more``, need, found through their includes."""
    folder = assets() / "firmware" / "runtime"
    units = [*(unit for call in calls for unit in call.units), *more]
    wanted = ["whetgen_runtime.h", *(f"{unit}.c" for unit in units)]

    def needs(file: str) -> list[str]:
        included = _INCLUDE.findall((folder / file).read_text(encoding="utf-8"))
        return [*included, _WITH_SOURCE[file]] if file in _WITH_SOURCE else included

    return with_needed(wanted, needs)
