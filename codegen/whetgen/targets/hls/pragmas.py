"""Pragmas of Vitis HLS as those of Catapult.

==========================  ======================================================
Vitis HLS, inside           Catapult, in front
==========================  ======================================================
PIPELINE II=1, of a loop    hls_pipeline_init_interval 1
UNROLL, of a loop           hls_unroll yes
INLINE off, of a kernel     hls_design
DATAFLOW, of a function     hls_design top
all others                  none: build_catapult.tcl, or the tool by itself
==========================  ======================================================
"""

from __future__ import annotations

import re

_IN_FRONT = {
    "PIPELINE": "#pragma hls_pipeline_init_interval 1",
    "UNROLL": "#pragma hls_unroll yes",
    "INLINE off": "#pragma hls_design",
    "DATAFLOW": "#pragma hls_design top",
}
_PRAGMA = re.compile(r"#pragma HLS (INLINE off|\w+)")
_HEAD = re.compile(r"\s*(for|while) \(|(template <[^<>]*> )?void ")
_PREFIX = re.compile(r"\s*\w+:$|template <")


def to_catapult(text: str) -> str:
    """C++ with the pragmas of Vitis HLS, each with its counterpart in front of the loop or function it is in."""
    lines: list[str] = []
    for line in text.split("\n"):
        pragma = _PRAGMA.match(line)
        if pragma is None:
            lines.append(line)
        elif pragma[1] in _IN_FRONT:
            lines.insert(_head(lines), _IN_FRONT[pragma[1]])
    return "\n".join(lines)


def _head(lines: list[str]) -> int:
    """Index of the line that begins the loop or function to which the next line belongs, label or template first."""
    at = next(at for at in range(len(lines) - 1, -1, -1) if _HEAD.match(lines[at]))
    return at - 1 if at and _PREFIX.match(lines[at - 1]) else at
