"""The page: what stands on it, decided; the template lays it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whetgen.ir import Graph
from whetgen.reference import classify
from whetgen.report import charts, faults, inspection
from whetgen.report.parts import PageTable, Picture
from whetgen.targets.output.templating import template_environment
from whetgen.targets.output.words import input_words, output_words
from whetgen.verification.frames import Frames, default_frames, flat_outputs

SAMPLES = 16
_MOST_NUMBERS = 10


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything on the page."""

    title: str
    summary: str
    meanings: tuple[str, ...]
    boxes: tuple[tuple[str, str], ...]
    tables: tuple[PageTable, ...]
    pictures: tuple[Picture, ...]
    notes: tuple[str, ...]


def render_report(graph: Graph, name: str, manifest: Mapping | None = None, frames: Frames | None = None) -> str:
    """HTML text. ``manifest``: of an output folder, None for a model alone. ``frames``: for the sample pictures.

    Raises:
        BadInput: matplotlib is not installed.
    """
    page = Page(
        title=name,
        summary=_summary(graph, manifest),
        meanings=(f"Input: {input_words(graph)}.", *(f"Output {output_words(graph, o)}." for o in graph.outputs)),
        boxes=tuple((row.name, f"{row.kind} {_shape(row.shape)}") for row in inspection.layers(graph)),
        tables=tuple(
            table
            for table in (
                _facts(manifest),
                _layers(graph),
                _kernels(manifest),
                *_footprints(manifest),
                *faults.tables(manifest),
                _files(manifest),
            )
            if table
        ),
        pictures=(
            *_layer_pictures(graph, manifest),
            *faults.pictures(manifest),
            *_samples(graph, frames or default_frames(graph, SAMPLES)),
        ),
        notes=graph.notes,
    )
    return template_environment("report", escape=True).get_template("page.html.j2").render(page=page)


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
    return PageTable("Facts", ("what", "value"), tuple(rows))


def _float_checks(manifest: Mapping) -> dict[str, Mapping]:
    return {f"against {r}": manifest[k] for r in ("Keras", "onnx", "NIR") if (k := f"{r.lower()}_check") in manifest}


def _layers(graph: Graph) -> PageTable:
    return PageTable("Layers", inspection.HEAD, tuple(row.cells for row in inspection.layers(graph)))


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
    return PageTable("Kernels", ("layer", "kernel", "cycles, estimated", "bytes of tables"), tuple(rows))


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
    return PageTable("Files", ("file", "sha256"), tuple((path, sha[:16]) for path, sha in manifest["files"].items()))


def _layer_pictures(graph: Graph, manifest: Mapping | None) -> list[Picture]:
    operations = {r.name: r.operations for r in inspection.layers(graph) if r.operations}
    found = []
    if operations:
        found.append(
            Picture("Operations", charts.bars(operations, "weights applied a frame"), "Zero weights are not counted.")
        )
        found.append(
            Picture("Weights", charts.weight_histograms(graph), "How often each integer weight occurs, layer by layer.")
        )
    told = manifest or {}
    if cycles := told.get("cycles") or told.get("loop_trips"):
        unit = "cycles" if "cycles" in told else "loop trips"
        svg = charts.bars({row["layer"]: row["cycles"] for row in cycles}, f"{unit} a frame")
        found.append(Picture("Time", svg, f"{unit.capitalize()} of each layer, by the closed formulas."))
    return found


def _samples(graph: Graph, frames: Frames) -> list[Picture]:
    """Inputs that are pictures, and what the network says."""
    shape = graph.input.shape
    plane = shape[:2] if len(shape) == 3 and shape[2] == 1 else shape
    if len(plane) != 2:
        return []
    few = frames.first(SAMPLES)
    captions = _captions(graph, few)
    svg = charts.images(few.codes.reshape(len(few.codes), *plane), captions)
    return [Picture("Samples", svg, "Input frames, and above each what the network says of it.")]


def _captions(graph: Graph, frames: Frames) -> list[str]:
    outputs = flat_outputs(graph, frames.codes)
    if graph.is_classifier:
        classes = classify(graph.outputs[0], outputs)
        labels = [None] * len(classes) if frames.labels is None else frames.labels
        return [
            f"class {c}" + ("" if y is None else " ✓" if c == y else f" ✗ {y}")
            for c, y in zip(classes, labels, strict=True)
        ]
    return [" ".join(map(str, row[:_MOST_NUMBERS])) + (" …" if len(row) > _MOST_NUMBERS else "") for row in outputs]


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
