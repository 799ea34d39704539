"""A model in every form that CHANGELOG.md tells of, by the whetgen on Python's path: ``write_model.py MODEL SCALE FOLDER``.

A program of its own, because ``tests.changes`` runs it with the code of two checkouts.
"""

from __future__ import annotations

import sys
from pathlib import Path

import whetgen

CASES = {
    "Verilog": ("verilog", {}),
    "Verilog folded": ("verilog", {"architecture": "folded"}),
    "HLS": ("hls", {}),
    "C": ("c", {}),
}


def main(model: str, scale: str, out: str) -> None:
    """A folder of each case in ``out``; none of one that is refused, whose reason is told."""
    graph = whetgen.trace(whetgen.load_model(model), whetgen.InputSpec(scale=int(scale)))
    for case, (target, options) in CASES.items():
        try:
            whetgen.generate(graph, target, Path(out) / case, whetgen.Options(name="net", **options))
        except whetgen.BadInput as error:
            print(f"{Path(model).stem}, {case}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
