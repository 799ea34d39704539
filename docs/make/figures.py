"""Tables and charts of the pages, made of the files in docs/data that ``whetgen bench ... --json`` wrote.

    python docs/make/figures.py

Below a line ``<!-- table: NAME -->`` of a page stands the table of that name in ``TABLES``; this renews them all, and the charts in docs/images.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1]

Facts = dict[str, Any]
Row = Iterable[str]


def main() -> None:
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if (renewed := with_tables(text)) != text:
            page.write_text(renewed, encoding="utf-8")
            print(page.relative_to(DOCS))
    draw_charts(DOCS / "images")


def with_tables(markdown: str) -> str:
    """The page with its tables, in place of those that stood there.

    Raises:
        KeyError: no table has that name.
    """
    line_and_table = r"<!-- table: ([\w-]+) -->\n(?:\n(?:\|.*\n)+)?"
    return re.sub(line_and_table, lambda found: f"<!-- table: {found[1]} -->\n\n{table(found[1])}\n", markdown)


def table(name: str) -> str:
    """The table as Markdown."""
    head, file, rows = TABLES[name]
    lines = [head.split(", "), ["---"] * len(head.split(", ")), *rows(_facts(file))]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def draw_charts(folder: Path) -> None:
    """The same that the benchmarks draw of what they measured."""
    from whetgen.app.bench import chart, folding
    from whetgen.app.bench.mcu import McuRow

    chart.draw([McuRow(**row) for row in _facts("mcu")["rows"]], folder / "bench-mcu.svg")
    folded = _facts("folding")
    rows = [folding.FoldingRow(**row) for row in folded["rows"]]
    folding.draw(rows, folded["clock_mhz"], folder / "folding-mnist-cnn.svg")


def _facts(file: str) -> Facts:
    return json.loads((DOCS / "data" / f"{file}.json").read_text(encoding="utf-8"))


def _mcu(facts: Facts) -> Iterable[Row]:
    """On the Cortex-M4 and, of what has no code for it, on the host; the cheapest of each network first."""
    rows = [row for row in facts["rows"] if row["board"] in ("mps2-an386", "host")]
    for row in sorted(rows, key=lambda row: (row["net"], row["cost"])):
        sizes = (_count(row[key]) for key in ("flash", "ram", "stack"))
        correct = f"{row['correct']:,} of {row['frames']:,}"
        yield (row["net"], row["tool"], row["flags"], _count(row["cost"]), *sizes, correct, _live(row))


def _boards(facts: Facts) -> Iterable[Row]:
    """Ours on all boards."""
    for row in facts["rows"]:
        if row["tool"].startswith("whetgen"):
            sizes = (_count(row[key]) for key in ("flash", "ram", "stack"))
            model = row["tool"].removeprefix("whetgen, ")
            yield (model, row["net"], row["board"], f"{row['cost']:,} {row['unit']}", *sizes, f"{row['accuracy']:.2%}")


def _synapses(facts: Facts) -> Iterable[Row]:
    for cost in facts["synapses"]:
        name = f"{cost['model']} {cost['layer']}"
        counts = (f"{cost['synapses']:,}", f"{cost['cost']:,}", f"{cost['each']:.3f}")
        yield (name, cost["board"], str(cost["weight_bits"]), *counts)


def _rtl(facts: Facts) -> Iterable[Row]:
    for row in facts["rows"]:
        given_up = "limit_seconds" in row
        counts = ["", "", "", ""] if given_up else [f"{row[key]:,}" for key in ("lut", "carry", "cells", "depth")]
        seconds = f"given up after {row['limit_seconds']:g}" if given_up else f"{row['seconds']:.1f}"
        yield (row["layer"], row["tool"], *counts, seconds, _mhz(row.get("fmax_mhz")))


def _folding(facts: Facts) -> Iterable[Row]:
    for row in facts["rows"]:
        cells = row["cells"]
        off = row["estimated"] / cells["lut"] - 1
        counts = (f"{row[key]:,}" for key in ("fps", "interval_cycles", "latency_cycles"))
        found = (f"{cells[key]:,}" for key in ("lut", "ff", "carry", "bram"))
        yield (f"{row['target_fps']:,.0f}", *counts, f"{row['estimated']:,} ({off:+.0%})", *found)


def _sharpen(facts: Facts) -> Iterable[Row]:
    for row in facts["rows"]:
        dead = f"{row['dead']:.1f} of {10 * row['votes']}"
        yield (str(row["votes"]), f"{row['accuracy']:.1%}", f"{100 * row['spread']:.1f}", dead)


def _finn(facts: Facts) -> Iterable[Row]:
    made, found, board = facts["manifest"], facts["synthesis"]["cells"], facts["board"]
    counts = (f"{found[key]:,}" for key in ("lut", "ff", "bram"))
    yield ("whetgen, network alone, Yosys", f"{made['initiation_interval_cycles']:,}", *counts)
    yield ("BNN-PYNQ, whole board design, Vivado 2018.2", "", f"{board['luts']:,}", "", f"{board['bram18']:,}")


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _mhz(clock: float | None) -> str:
    return "" if clock is None else f"{clock:.1f}"


def _live(row: Facts) -> str:
    return "live" if row["live"] else "recorded"


Rows = Callable[[Facts], Iterable[Row]]
_MCU = "network, tool, flags, instructions an image, flash, RAM, stack, correct on the board, measured"
_RTL = "layer, tool, LUT, CARRY4, both, depth, seconds to generate, MHz on an ECP5"
_FINN = "design, cycles an image, LUT6, FF, block RAMs of 18 kbit"
TABLES: dict[str, tuple[str, str, Rows]] = {
    "mcu": (_MCU, "mcu", _mcu),
    "boards": ("model, network, board, cost an image, flash, RAM, stack, accuracy", "mcu", _boards),
    "synapses": ("layer over spikes, board, weight bits, synapses, cost, cost a synapse", "mcu", _synapses),
    "rtl": (_RTL, "rtl", _rtl),
    "pruned": (_RTL, "rtl-pruned", _rtl),
    "folding": (
        "asked, frames a second, cycles a frame, latency in cycles, LUT6 estimated, LUT6 Yosys, FF, CARRY4, block RAM",
        "folding",
        _folding,
    ),
    "sharpen": ("neurons a class, accuracy, largest less smallest, dead output neurons", "sharpen", _sharpen),
    "lfc": (_FINN, "lfc", _finn),
    "cnv": (_FINN, "cnv", _finn),
}
"""Name -> (columns, file in docs/data, rows)."""


if __name__ == "__main__":
    main()
