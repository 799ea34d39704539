"""whetgen: sharpened Keras networks to bit-exact Verilog, HLS C++ and C.

graph = whetgen.trace(model)            # an integer graph with exactly the model's meaning
graph.run(codes)                        # the reference
whetgen.generate(graph, "verilog", "build", whetgen.Options(name="digits"))
whetgen.verify("build")                 # the generated target against the reference

Names are imported when they are asked for, so that the command line starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whetgen.api import Generation, InputSpec, generate, load_model, trace
    from whetgen.errors import BadInput
    from whetgen.ir import Graph
    from whetgen.targets.registry import Options
    from whetgen.verification.checks import Verification, verify

    __version__: str

__all__ = [
    "BadInput",
    "Generation",
    "Graph",
    "InputSpec",
    "Options",
    "Verification",
    "__version__",
    "generate",
    "load_model",
    "trace",
    "verify",
]
_HOMES = {
    **dict.fromkeys(("Generation", "Graph", "InputSpec", "Options", "generate", "load_model", "trace"), "whetgen.api"),
    "BadInput": "whetgen.errors",
    **dict.fromkeys(("Verification", "verify"), "whetgen.verification.checks"),
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        return version("whetgen")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'whetgen' has no attribute {name!r}")
