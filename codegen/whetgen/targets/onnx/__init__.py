"""The ONNX target: the integers as a model that any ONNX runtime computes."""

from whetgen.targets.base import Target
from whetgen.targets.onnx.options import OnnxOptions
from whetgen.targets.output.schema import Manifest

__all__ = ["ONNX", "OnnxOptions"]

ONNX = Target(name="onnx", title="ONNX", options=OnnxOptions, manifest=Manifest, planned=False, suffix=".onnx")
