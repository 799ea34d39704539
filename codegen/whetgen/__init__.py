"""whetgen: sharpened Keras networks to bit-exact Verilog, HLS C++ and C.

graph = whetgen.trace(model)            # an integer graph with exactly the model's meaning
graph.run(codes)                        # the reference
whetgen.generate(graph, "verilog", "build", whetgen.Options(name="digits"))
whetgen.verify("build")                 # the generated target against the reference
"""

from types import ModuleType

import whetgen.trace
import whetgen.verify
from whetgen import api, reference
from whetgen.api import Generation, InputSpec, generate, load_model
from whetgen.backends import Options
from whetgen.errors import BadInput
from whetgen.ir import Graph
from whetgen.verify.checks import Verification
from whetgen.verify.checks import verify as _verify

__all__ = [
    "BadInput",
    "Generation",
    "Graph",
    "InputSpec",
    "Options",
    "Verification",
    "generate",
    "load_model",
    "trace",
    "verify",
]

# The graph's classes hold no arithmetic; its meaning is attached here.
Graph.run = reference.run
Graph.predict = reference.predict


def _callable(module: ModuleType, function) -> None:
    """Let a subpackage be called like the function of its name: ``whetgen.trace(model)``."""
    kind = type("CallableModule", (ModuleType,), {"__call__": staticmethod(function), "__doc__": function.__doc__})
    module.__class__ = kind


_callable(whetgen.trace, api.trace)
_callable(whetgen.verify, _verify)
