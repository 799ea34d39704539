"""The plan while it grows."""

from __future__ import annotations

from dataclasses import dataclass, field

from whetgen.errors import BadInput
from whetgen.layers import Layer
from whetgen.targets.hls4ml.model import WIDEST, PlannedLayer
from whetgen.targets.output.identifiers import Identifiers


@dataclass
class Planning:
    """The layers so far. ``at``: the planned layer that holds each tensor, by the tensor's name."""

    identifiers: Identifiers
    layers: list[PlannedLayer] = field(default_factory=list)
    at: dict[str, str] = field(default_factory=dict)

    def inputs(self, layer: Layer) -> tuple[str, ...]:
        """The planned layers that hold what ``layer`` reads."""
        return tuple(self.at[t.name] for t in layer.sources)

    def put(self, planned: PlannedLayer, users_name: str) -> str:
        """The name of the layer, which is added.

        Raises:
            BadInput: it needs wider integers than ap_int has; the message holds ``users_name``.
        """
        if planned.widest > WIDEST:
            raise BadInput(
                f"layer '{users_name}' needs {planned.widest}-bit integers, ap_int holds {WIDEST}; generate with --target c or narrow the weights with --weight-bits"
            )
        self.layers.append(planned)
        return planned.name
