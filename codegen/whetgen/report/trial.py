"""The network inside the page: the generated C as WebAssembly, and all that the page has to know to feed and read it."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from whetgen.errors import BadInput, CouldNotRun
from whetgen.ir import Graph
from whetgen.report.accuracy import Judged, caption
from whetgen.report.hardware import c_options
from whetgen.report.png import plane_of
from whetgen.report.wasm import compiled, seen_at
from whetgen.targets.c.plan import CPlan, plan
from whetgen.targets.c.render import render
from whetgen.targets.output.words import class_names
from whetgen.verification.c_runner import pack_codes

_MOST_BYTES = 2 << 20  # of the module in the page
_EXAMPLE_BYTES = 300_000


@dataclass(frozen=True)
class Trial:
    """``module``: the WebAssembly, deflated, in base 64; ``facts``: JSON text for the page's script; ``told``: what runs."""

    module: str
    facts: str
    told: str
    plane: tuple[int, int, int] | None
    elements: int
    code_range: str


def planned(graph: Graph, manifest: Mapping | None, seen: Judged | None) -> CPlan | str:
    """The network's C, or a line that says why there is none. It is planned for the frames that were ``seen``."""
    codes = seen.frames.codes if seen else None
    try:
        return plan(graph, manifest["name"] if manifest else "network", c_options(manifest), codes)
    except BadInput as error:
        return f"Not in this page: {error}."


def trial(graph: Graph, manifest: Mapping | None, seen: Judged | None, made: CPlan | str) -> Trial | str:
    """What the page embeds, or a line that says why it cannot."""
    if isinstance(made, str):
        return made
    try:
        module = base64.b64encode(zlib.compress(compiled(made), 9)).decode()
    except CouldNotRun as error:
        return f"Not in this page: {error}."
    if len(module) > _MOST_BYTES:
        return f"Not in this page: the network takes {len(module):,} bytes, at most {_MOST_BYTES:,} are embedded."
    kind = graph.input.type
    return Trial(
        module=module,
        facts=_inert(json.dumps(_facts(graph, made, seen, class_names(manifest)))),
        told=_told(made, manifest),
        plane=plane_of(graph.input.shape),
        elements=made.input_len,
        code_range=f"{kind.lo} to {kind.hi}",
    )


def _inert(text: str) -> str:
    """JSON that cannot end the script element that it stands in."""
    return text.replace("<", "\\u003c")


def _told(made: CPlan, manifest: Mapping | None) -> str:
    path = f"src/{made.name}.c"
    if manifest and manifest["target"] == "c":
        same = hashlib.sha256(render(made)[path].encode()).hexdigest() == manifest["files"].get(path)
        return (
            f"{path} of this folder, byte for byte"
            if same
            else f"{path} with other kernels than this folder's, for the same numbers"
        )
    return "the C that whetgen generates for this network"


def _facts(graph: Graph, made: CPlan, seen: Judged | None, names: tuple[str, ...]) -> dict[str, Any]:
    kind, places = graph.input.type, seen_at(made)
    return {
        "input": {"type": kind.name, "low": kind.lo, "high": kind.hi, "elements": made.input_len, "plane": plane_of(graph.input.shape),
                  "shades": seen.shades if seen else (kind.lo, kind.hi)},
        "layers": [
            {"name": t.name, "at": places[t.name], "kind": t.kind, "maps": t.maps, "count": t.count, "bytes": t.bytes,
             "shape": graph.shapes[t.name], "spikes": graph.is_spikes(t.name)}
            for t in sorted(made.tensors, key=lambda t: t.call)
            if t.kind != "WG_WIDE"
        ],
        "outputs": [
            {"name": output.name, "at": part.offset, "count": part.length, "kind": output.kind}
            for output, part in zip(graph.outputs, made.outputs, strict=True)
        ],
        "element": made.output_ctype,
        "predicts": made.predicts,
        "names": names,
        "examples": _examples(graph, seen) if seen else [],
    }  # fmt: skip


def _examples(graph: Graph, seen: Judged) -> list[dict[str, Any]]:
    """The frames that the page shows, as the C reads them."""
    frames = seen.shown
    packed = pack_codes(np.asarray(seen.frames.codes[frames]), graph.input.type)
    most = max(_EXAMPLE_BYTES // packed.shape[1], 1)
    return [
        {"codes": base64.b64encode(row.tobytes()).decode(), "told": caption(seen, frame)}
        for frame, row in list(zip(frames, packed, strict=True))[:most]
    ]
