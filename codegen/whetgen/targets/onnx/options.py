"""What a user may choose about the ONNX model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from whetgen.option import option
from whetgen.targets.base import TargetOptions


@dataclass(frozen=True, kw_only=True)
class OnnxOptions(TargetOptions):
    """``onnx_dialect``: operators of ONNX alone, or QONNX' MultiThreshold and types, as FINN's tools read them."""

    onnx_dialect: Literal["standard", "qonnx"] | None = option("standard (default) or qonnx.")
