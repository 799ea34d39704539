"""The page: what stands on it, decided; the template lays it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whetgen.assets import assets
from whetgen.ir import Graph
from whetgen.report import accuracy, cards, faults, hardware, headline, inspection, training
from whetgen.report.activity import observe
from whetgen.report.drawing import anchor, drawing
from whetgen.report.parts import Card, Gallery, Matrix, PageTable, Picture, Tile, Timeline
from whetgen.report.timing import timelines
from whetgen.report.trial import Trial, planned, trial
from whetgen.targets.output.templating import template_environment
from whetgen.targets.output.words import class_names, input_words, output_words
from whetgen.verification.frames import Frames


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything on the page. ``trial``: a line instead where the network is not in it."""

    title: str
    summary: str
    meanings: tuple[str, ...]
    tiles: tuple[Tile, ...]
    trial: Trial | str
    drawing: str
    confusion: Matrix | None
    galleries: tuple[Gallery, ...]
    cards: tuple[tuple[str, Card], ...]
    activity: str
    timelines: tuple[Timeline, ...]
    hardware: tuple[PageTable, ...]
    charts: tuple[Picture, ...]
    tables: tuple[PageTable, ...]
    notes: tuple[str, ...]


def render_report(
    graph: Graph,
    name: str,
    manifest: Mapping | None = None,
    frames: Frames | None = None,
    log: Path | None = None,
) -> str:
    """HTML text. ``manifest``: of an output folder, None for a model alone. ``frames``: real data; without them the page shows
    no examples and nothing that is measured on them. ``log``: of the training.

    Raises:
        BadInput: the log is none.
    """
    activity = observe(graph, frames.codes) if frames else None
    seen = accuracy.judged(graph, frames, activity, class_names(manifest)) if frames and activity else None
    c, verilog = planned(graph, manifest, seen), hardware.folded(graph, manifest)
    page = Page(
        title=name,
        summary=_summary(graph, manifest),
        meanings=(f"Input: {input_words(graph)}.", *(f"Output {output_words(graph, o)}." for o in graph.outputs)),
        tiles=headline.tiles(graph, manifest, seen),
        trial=trial(graph, manifest, seen, c),
        drawing=drawing(graph),
        confusion=accuracy.confusion(graph, seen) if seen else None,
        galleries=accuracy.galleries(seen) if seen else (),
        cards=tuple((anchor(number), card) for number, card in enumerate(cards.cards(graph, activity))),
        activity=f"Behaviour measured on {activity.frames:,} frames of the data." if activity else _NO_DATA,
        timelines=timelines(graph, manifest, verilog),
        hardware=hardware.tables(manifest, verilog, None if isinstance(c, str) else c),
        charts=(*(training.pictures(log) if log else ()), *faults.pictures(manifest)),
        tables=_tables(graph, manifest),
        notes=graph.notes,
    )
    return rendered("page.html.j2", page=page)


def rendered(template: str, **holes: object) -> str:
    """A template of this package with the style and the scripts that it asks for."""
    environment = template_environment("report", escape=True)
    environment.globals["asset"] = lambda name: (assets() / "templates" / "report" / name).read_text(encoding="utf-8")
    return environment.get_template(template).render(**holes)


_NO_DATA = "Give --data X.npz to see how the neurons behave on it."


def _tables(graph: Graph, manifest: Mapping | None) -> tuple[PageTable, ...]:
    tables = (
        _proofs(manifest),
        _narrowing(manifest),
        *faults.tables(manifest),
        *_footprints(manifest),
        _kernels(manifest),
        _layers(graph),
        _facts(manifest),
        _files(manifest),
    )
    return tuple(table for table in tables if table)


def _summary(graph: Graph, manifest: Mapping | None) -> str:
    heads = ", ".join(f"{_shape(graph.shapes[o.source])} {o.kind}" for o in graph.outputs)
    made = f", generated for {manifest['target']} by whetgen {manifest['version']}" if manifest else ""
    return f"{_shape(graph.input.shape)} {graph.input.type.name} in, {heads} out{made}."


def _facts(manifest: Mapping | None) -> PageTable | None:
    """What ``whetgen.json`` says in single numbers."""
    if manifest is None:
        return None
    groups = {"": manifest, "resources": manifest["resources"], **_float_checks(manifest)}
    rows = [
        (" ".join(filter(None, (group, key.replace("_", " ")))), f"{value:,}" if isinstance(value, int) else str(value))
        for group, facts in groups.items()
        for key, value in facts.items()
        if isinstance(value, int | float | str) and key != "schema"
    ]
    return PageTable("Facts", ("what", "value"), tuple(rows), folded=True)


def _float_checks(manifest: Mapping) -> dict[str, Mapping]:
    return {f"against {r}": manifest[k] for r in ("Keras", "onnx", "NIR") if (k := f"{r.lower()}_check") in manifest}


def _proofs(manifest: Mapping | None) -> PageTable | None:
    """What ``verify --formal`` left in the folder."""
    rows = [
        (p["layer"], p["result"], f"{p['proved']:,} of {p['outputs']:,}" if p["outputs"] else "", p["reason"])
        for p in (manifest or {}).get("proofs", ())
    ]
    head = ("layer", "for all inputs", "results proved", "because")
    return PageTable("Proofs", head, tuple(rows)) if rows else None


def _narrowing(manifest: Mapping | None) -> PageTable | None:
    """Layer by layer, what narrow weights changed."""
    rows = [
        (c["name"], str(c["bits_before"]), str(c["bits_after"]), f"{c['decisions_kept']:.2%}", c["note"] or "")
        for c in (manifest or {}).get("narrowing", {}).get("layers", ())
    ]
    head = ("layer", "weight bits before", "after", "decisions kept", "note")
    return PageTable("Narrowing", head, tuple(rows)) if rows else None


def _layers(graph: Graph) -> PageTable:
    return PageTable("Layers", inspection.HEAD, tuple(row.cells for row in inspection.layers(graph)), folded=True)


def _kernels(manifest: Mapping | None) -> PageTable | None:
    """What the C planner chose, and what it would have cost otherwise."""
    if not manifest or not manifest.get("kernels"):
        return None
    rows = [
        (
            choice["layer"],
            option["kernel"] + (" (taken)" if option["kernel"] == choice["kernel"] else ""),
            f"{option['cycles']:,}",
            f"{option['table_bytes']:,}",
        )
        for choice in manifest["kernels"]
        for option in choice["options"]
    ]
    return PageTable("Kernels", ("layer", "kernel", "cycles, estimated", "bytes of tables"), tuple(rows), folded=True)


def _footprints(manifest: Mapping | None) -> list[PageTable]:
    """What ``verify --on`` measured on each board: the whole, then kernel call by kernel call."""
    tables = []
    for board, facts in ((manifest or {}).get("footprint") or {}).items():
        rows = [
            (key.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value))
            for key, value in facts.items()
            if key not in ("board", "layers") and value is not None
        ]
        tables.append(PageTable(f"Footprint on {board}", ("what", "value"), tuple(rows)))
        calls = [(c["title"], c["function"], f"{c['cost']:,}", f"{c['table_bytes']:,}") for c in facts["layers"]]
        head = ("layer", "kernel", facts["unit"], "bytes of tables")
        tables.append(PageTable(f"Layers on {board}", head, tuple(calls)))
    return tables


def _files(manifest: Mapping | None) -> PageTable | None:
    if manifest is None:
        return None
    return PageTable(
        "Files", ("file", "sha256"), tuple((path, sha[:16]) for path, sha in manifest["files"].items()), folded=True
    )


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
