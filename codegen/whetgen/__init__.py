"""whetgen: threshold networks (Keras, ONNX, NIR) to bit-exact Verilog, HLS C++ and C.

graph = whetgen.trace(model)            # an integer graph with exactly the model's meaning
graph.run(codes)                        # the reference
whetgen.generate(graph, "verilog", "build", whetgen.Options(name="digits"))
whetgen.verify("build")                 # the generated target against the reference

``whetgen.api`` defines the names; it is imported when one of them is asked for, so that the command line starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what type checkers see
    from whetgen.api import (
        BadInput,
        Frames,
        Generation,
        Graph,
        InputSpec,
        Options,
        Verification,
        generate,
        load_model,
        trace,
        verify,
    )

    __version__: str

__all__ = [
    "BadInput",
    "Frames",
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

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name == "__version__":
            return version("whetgen")
        if name in __all__:
            return getattr(import_module("whetgen.api"), name)
        raise AttributeError(f"module 'whetgen' has no attribute {name!r}")
