"""Training: layers that sharpen, N-hot keys, recipes. Stands alone; needs Keras 3."""

from whetgen.sharpen.checkpoint import Checkpoint, resume
from whetgen.sharpen.fold import fold_batch_norm
from whetgen.sharpen.keys import decode_with_key, encode_with_key, generate_key
from whetgen.sharpen.layers import SoftmaxDecode, SpikingBReLU, SpikingSigmoid
from whetgen.sharpen.logger import WhetstoneLogger
from whetgen.sharpen.narrow import NarrowWeights
from whetgen.sharpen.sharpeners import AdaptiveSharpener, ScheduledSharpener, SimpleSharpener, StepSharpener
from whetgen.sharpen.walk import spiking_layers

__all__ = [
    "AdaptiveSharpener",
    "Checkpoint",
    "NarrowWeights",
    "ScheduledSharpener",
    "SimpleSharpener",
    "SoftmaxDecode",
    "SpikingBReLU",
    "SpikingSigmoid",
    "StepSharpener",
    "WhetstoneLogger",
    "decode_with_key",
    "encode_with_key",
    "fold_batch_norm",
    "generate_key",
    "resume",
    "spiking_layers",
]
