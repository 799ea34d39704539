"""Training: layers that sharpen, N-hot keys, recipes. Stands alone; needs Keras 3."""

from whetgen.sharpen.average import AverageWeights
from whetgen.sharpen.checkpoint import Checkpoint, read_origin, resume
from whetgen.sharpen.fan_in import SparseDense
from whetgen.sharpen.find_layers import spiking_layers
from whetgen.sharpen.finish import finish
from whetgen.sharpen.fold import fold_batch_norm
from whetgen.sharpen.keys import decode_with_key, encode_with_key, generate_key
from whetgen.sharpen.layers import SoftmaxDecode, SpikingBReLU, SpikingSigmoid
from whetgen.sharpen.logger import WhetstoneLogger
from whetgen.sharpen.lookup import LookupTables
from whetgen.sharpen.lookup_windows import LookupTables2D
from whetgen.sharpen.narrow import NarrowWeights
from whetgen.sharpen.norm import FusedBatchNormalization
from whetgen.sharpen.prune import PruneWeights
from whetgen.sharpen.prune_tables import PruneTables
from whetgen.sharpen.rewire import Rewire
from whetgen.sharpen.sharpeners import AdaptiveSharpener, ScheduledSharpener, SimpleSharpener, StepSharpener
from whetgen.sharpen.thermometer import Thermometer
from whetgen.sharpen.trim import trim
from whetgen.sharpen.wiring import LearnWiring, Wiring

__all__ = [
    "AdaptiveSharpener",
    "AverageWeights",
    "Checkpoint",
    "FusedBatchNormalization",
    "LearnWiring",
    "LookupTables",
    "LookupTables2D",
    "NarrowWeights",
    "PruneTables",
    "PruneWeights",
    "Rewire",
    "ScheduledSharpener",
    "SimpleSharpener",
    "SoftmaxDecode",
    "SparseDense",
    "SpikingBReLU",
    "SpikingSigmoid",
    "StepSharpener",
    "Thermometer",
    "WhetstoneLogger",
    "Wiring",
    "decode_with_key",
    "encode_with_key",
    "finish",
    "fold_batch_norm",
    "generate_key",
    "read_origin",
    "resume",
    "spiking_layers",
    "trim",
]
