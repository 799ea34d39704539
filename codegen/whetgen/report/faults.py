"""What ``whetgen verify --faults`` left in a folder, on its page."""

from __future__ import annotations

from collections.abc import Mapping

from whetgen.report.parts import PageTable, Picture
from whetgen.report.svg import Curve, lines


def pictures(manifest: Mapping | None) -> list[Picture]:
    """The curve of right frames against the number of flipped bits."""
    study = (manifest or {}).get("faults")
    if study is None:
        return []
    kinds = dict.fromkeys(point["kind"] for point in study["curve"])
    svg = lines([_line(study, kind) for kind in kinds], "bits flipped at once, logarithmic", logarithmic=True)
    by = "labels" if study["labelled"] else "the network without a flip"
    told = (
        f"Share of {study['frames']:,} frames that are right by {by}. Each point flips so many bits of one kind several times, chosen at "
        f"random with seed {study['seed']}: the line is the mean, the band reaches from the worst to the best. Weights and thresholds "
        "stay flipped, activations are spikes between layers, other ones in each frame."
    )
    return [Picture("Right frames with flipped bits", svg, told)]


def tables(manifest: Mapping | None) -> list[PageTable]:
    """The most harmful flips."""
    study = (manifest or {}).get("faults")
    if study is None:
        return []
    rows = [
        (
            single["kind"],
            single["layer"],
            ", ".join(map(str, single["place"])),
            str(single["bit"]),
            *("" if single[side] is None else f"{single[side]:,}" for side in ("before", "after")),
            f"{single['loss']:.2%}",
        )
        for single in study["worst"]
    ]
    told = (
        "One bit flipped alone. Number: its place in the layer's array, counted from 0, of a weight the neuron last; bit 0 is the lowest; "
        "loss: of the frames, those that are no longer right."
    )
    head = ("kind", "layer", "number", "bit", "from", "to", "loss")
    return [PageTable("Most harmful flips", head, tuple(rows), told)]


def _line(study: Mapping, kind: str) -> Curve:
    points = [point for point in study["curve"] if point["kind"] == kind]
    xs, ys, lowest, highest = ([point[key] for point in points] for key in ("flips", "mean", "lowest", "highest"))
    return Curve(kind, xs, ys, lowest, highest)
