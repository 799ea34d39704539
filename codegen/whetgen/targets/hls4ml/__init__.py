"""Integer graphs as hls4ml models, through hls4ml's extension API: every bit the same."""

from whetgen.targets.hls4ml.bridge import compile_model, require, to_hls4ml
from whetgen.targets.hls4ml.predict import predict_codes

__all__ = ["compile_model", "predict_codes", "require", "to_hls4ml"]
