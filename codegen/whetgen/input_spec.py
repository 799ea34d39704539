"""How the codes are stored that a network takes, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

from whetgen.errors import BadInput
from whetgen.option import check_types, option
from whetgen.wording import unknown

DEFAULT_SCALE = 255
LARGEST_SCALE = 1e9
DEFAULT_TYPE = "uint8"
INPUT_TYPES = ("uint8", "int8", "uint4", "bit", "int16")


@dataclass(frozen=True)
class InputSpec:
    """How input codes are stored and what they mean: real value = ``code / scale``.

    ``type``: uint8, int8, uint4, bit or int16; None for uint8, or what an ONNX file says. ``scale``: None for 255; a
    Rescaling layer at the model's input replaces it.
    """

    type: str | None = option(
        f"Type of an input code: {', '.join(INPUT_TYPES)} (default {DEFAULT_TYPE}, or what an ONNX file says).",
        flag="--input-type",
    )
    scale: float | None = option(
        f"Real value = code / scale (default {DEFAULT_SCALE}); a Rescaling layer in the model replaces it.",
        flag="--input-scale",
    )

    def __post_init__(self) -> None:
        check_types(self)

    def check(self) -> None:
        """Refuse what no model's input can be.

        Raises:
            BadInput: no such type, or a scale that is no number from 1e-9 to 1e9.
        """
        if self.type not in (None, *INPUT_TYPES):
            raise unknown("--input-type", self.type, INPUT_TYPES)
        if self.scale is not None and not 1 / LARGEST_SCALE <= self.scale <= LARGEST_SCALE:
            raise BadInput(
                f"--input-scale {self.scale}: must be a number above 0, from {1 / LARGEST_SCALE:g} to {LARGEST_SCALE:g} "
                "(real value = code / scale)"
            )
