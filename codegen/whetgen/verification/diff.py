"""``whetgen diff``: what changed between two output folders."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from whetgen.ir import Graph, load_graph
from whetgen.ir.nodes import Node
from whetgen.targets.output.folder import read_manifest

_FACTS = (
    "version",
    "target",
    "name",
    "options",
    "input",
    "output",
    "latency_cycles",
    "initiation_interval_cycles",
    "frame_loop_trips",
    "architecture",
    "resources",
)


@dataclass(frozen=True)
class Change:
    """One line: ``part`` is graph, files or the name of an entry of ``whetgen.json``."""

    part: str
    what: str
    before: object = None
    after: object = None


def diff(before: Path, after: Path) -> tuple[Change, ...]:
    """Changes in facts (options, cycles, resources ...), graph and files; empty where nothing changed.

    Raises:
        BadInput: one of the folders is not ours.
    """
    old, new = read_manifest(before), read_manifest(after)
    return (
        *(change for fact in _FACTS for change in _fact_changes(fact, old.get(fact), new.get(fact))),
        *_graph_changes(load_graph(before), load_graph(after)),
        *_file_changes(old["files"], new["files"]),
    )


def _fact_changes(part: str, before: object, after: object, name: str = "") -> list[Change]:
    """Entries that differ, one line each, however deep they stand."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        keys = dict.fromkeys([*before, *after])
        return [c for k in keys for c in _fact_changes(part, before.get(k), after.get(k), f"{name}.{k}".lstrip("."))]
    return [Change(part, name or part, before, after)]


def _graph_changes(before: Graph, after: Graph) -> list[Change]:
    gone = [Change("graph", f"layer '{name}' is gone") for name in before.by_name if name not in after.by_name]
    new = [Change("graph", f"layer '{name}' is new") for name in after.by_name if name not in before.by_name]
    both = [name for name in before.by_name if name in after.by_name]
    return [*gone, *new, *(c for name in both for c in _node_changes(before[name], after[name]))]


def _node_changes(before: Node, after: Node) -> list[Change]:
    if type(before) is not type(after):
        return [Change("graph", f"kind of '{before.name}'", type(before).__name__, type(after).__name__)]
    found = []
    for field in fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if isinstance(old, np.ndarray):
            found += _array_changes(f"{field.name} of '{before.name}'", old, new)
        elif not isinstance(old, tuple) or not any(isinstance(o, np.ndarray) for o in old):
            found += [Change("graph", f"{field.name} of '{before.name}'", str(old), str(new))] if old != new else []
        else:
            pairs = zip(old, new, strict=False)
            found += [
                c for k, p in enumerate(pairs) for c in _array_changes(f"{field.name}[{k}] of '{before.name}'", *p)
            ]
    return found


def _array_changes(what: str, before: np.ndarray, after: np.ndarray) -> list[Change]:
    if before.shape != after.shape:
        return [Change("graph", f"shape of {what}", list(before.shape), list(after.shape))]
    count = int(np.count_nonzero(before != after))
    return [Change("graph", f"{count} of {before.size} {what} differ")] if count else []


def _file_changes(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    paths = sorted({*before, *after})
    return [
        Change(
            "files",
            f"{path} is gone" if path not in after else f"{path} is new" if path not in before else f"{path} differs",
        )
        for path in paths
        if before.get(path) != after.get(path)
    ]
