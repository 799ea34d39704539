"""What each type of Keras layer means, a module a family of layers; each adds its handlers to the table."""

from whetgen.frontends.keras.calls import HANDLERS, handle
from whetgen.frontends.keras.handlers import activations, arithmetic, bits, moves, pooling, scaling, sums

__all__ = ["HANDLERS", "activations", "arithmetic", "bits", "handle", "moves", "pooling", "scaling", "sums"]
