"""What stands in an output folder: the graph, the target's files, the manifest."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from whetgen.ir import Graph, save_graph
from whetgen.targets.output.manifest import describe
from whetgen.targets.registry import Options, find_target, options_for


def fill_folder(
    folder: Path,
    graph: Graph,
    target: str,
    options: Options,
    codes: np.ndarray,
    facts: dict,
    typical: np.ndarray | None = None,
) -> dict:
    """Write all files but ``whetgen.json`` and return what belongs into that.

    ``codes``: frames to store as vectors. ``facts``: more entries. ``typical``: frames of real data, by which a target may choose.

    Raises:
        BadInput: an option is not legal for the target.
    """
    kind = find_target(target)
    rendered = kind.rendered(graph, options_for(kind, options), codes, typical)
    save_graph(graph, folder)
    for path, text in rendered.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode("utf-8", errors="backslashreplace")
        (folder / path).write_bytes(data)
    return {**describe(graph, target, options.name, rendered, facts), "options": asdict(options)}
