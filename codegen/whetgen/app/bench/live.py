"""The other tools that ``whetgen bench mcu`` runs itself."""

from __future__ import annotations

from collections.abc import Callable

from whetgen.app.bench.emlearn_row import measure_emlearn
from whetgen.app.bench.mcu import Absent, McuRow, NotInstalled
from whetgen.app.bench.tflm_row import measure_tflm

_TOOLS = {"emlearn": measure_emlearn, "tflite-micro": measure_tflm}


def live_rows(progress: Callable[[str], None]) -> tuple[list[McuRow], list[Absent]]:
    """The rows, and the tools that are not installed."""
    rows, absent = [], []
    for tool, measure in _TOOLS.items():
        try:
            rows.append(measure(progress))
        except NotInstalled as error:
            absent.append(Absent(tool, str(error)))
    return rows, absent
