"""Callbacks that raise the sharpness of a model's layers while it trains."""

from whetgen.sharpen.sharpeners.adaptive import AdaptiveSharpener
from whetgen.sharpen.sharpeners.base import Sharpener
from whetgen.sharpen.sharpeners.scheduled import ScheduledSharpener, StepSharpener
from whetgen.sharpen.sharpeners.simple import SimpleSharpener

__all__ = ["AdaptiveSharpener", "ScheduledSharpener", "Sharpener", "SimpleSharpener", "StepSharpener"]
