"""Training: layers that sharpen, N-hot keys, recipes. Stands alone; needs Keras 3."""

from whetgen.sharpen.keys import decode_with_key, encode_with_key, generate_key
from whetgen.sharpen.layers import SoftmaxDecode, SpikingBReLU, SpikingSigmoid
from whetgen.sharpen.narrow import NarrowWeights
from whetgen.sharpen.sharpeners import SimpleSharpener
from whetgen.sharpen.walk import spiking_layers

__all__ = [
    "NarrowWeights",
    "SimpleSharpener",
    "SoftmaxDecode",
    "SpikingBReLU",
    "SpikingSigmoid",
    "decode_with_key",
    "encode_with_key",
    "generate_key",
    "spiking_layers",
]
