"""``whetgen.json`` of an HLS folder: the keys that every target has, and these."""

from __future__ import annotations

from whetgen.targets.output.schema import LayerCycles, Manifest, Streams


class HlsManifest(Manifest):
    loop_trips: list[LayerCycles]
    stream: Streams
