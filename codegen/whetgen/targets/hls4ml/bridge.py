"""Plan -> a real hls4ml ModelGraph, compiled without noise."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from inspect import signature
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from whetgen.errors import BadInput, CouldNotRun
from whetgen.host.processes import find_program, telling_line
from whetgen.ir import Graph
from whetgen.targets.hls4ml.model import InputLayer, Plan, PlannedLayer, ap_type, class_name
from whetgen.targets.hls4ml.plan import plan
from whetgen.wording import unknown

if TYPE_CHECKING:
    from hls4ml.model import ModelGraph

CLASSIFIES = "WhetgenClassifies"  # key of hls4ml's configuration: whether a class is all that the model tells


def require() -> ModuleType:
    """``whetgen.targets.hls4ml.extension``, with our layers registered in hls4ml.

    Raises:
        BadInput: hls4ml is not installed.
    """
    try:
        with quiet():
            import hls4ml  # noqa: F401 - the real one

            from whetgen.targets.hls4ml import extension
    except ImportError as error:
        raise BadInput(
            f"the hls4ml bridge needs hls4ml ({error}); install it with: pip install 'whetgen[hls]'"
        ) from error
    extension.register_layers()
    return extension


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what hls4ml prints and warns about off the terminal."""
    with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")
        yield


def to_hls4ml(
    graph: Graph,
    output_dir: str | Path,
    backend: str = "Vitis",
    name: str = "network",
    *,
    classify: bool = False,
    reuse_factor: int = 1,
    io_type: str = "io_parallel",
    **options: object,
) -> ModelGraph:
    """The network as an hls4ml model: ``compile()``, ``predict()`` and ``build()`` it as any other.

    ``output_dir``: where hls4ml writes its project. ``backend``: "Vitis" or "Vivado". ``name``: the top function.
    ``classify``: one output, the class index, instead of the scores. ``reuse_factor``: interval of each layer's
    pipeline. ``options``: more of hls4ml's own, such as ``part`` and ``clock_period``.

    Raises:
        BadInput: hls4ml is missing, an option it cannot take, or a layer that does not fit its types.
    """
    extension = require()
    if backend not in extension.BACKENDS:
        raise unknown("hls4ml backend", backend, extension.BACKENDS)
    if io_type != "io_parallel":
        raise BadInput(
            f"hls4ml io_type {io_type!r}: the bridge makes io_parallel; for streams generate with --target hls"
        )
    if not isinstance(reuse_factor, int) or reuse_factor < 1:
        raise BadInput(f"hls4ml reuse_factor {reuse_factor!r}: a whole number from 1")
    _check_options(backend, options)
    made = plan(graph, name, classify)
    with quiet():
        return _model_graph(made, str(output_dir), backend, reuse_factor, options)


def _check_options(backend: str, options: dict[str, object]) -> None:
    """hls4ml ignores what it does not know; a misspelt option is refused here."""
    from hls4ml.backends import get_backend

    known = [p.name for p in signature(get_backend(backend).create_initial_config).parameters.values()]
    known = [name for name in known if name not in ("io_type", "_")]
    if strange := sorted(set(options) - set(known)):
        raise BadInput(f"hls4ml option '{strange[0]}': the {backend} backend takes {', '.join(known)}")


def _model_graph(
    made: Plan, output_dir: str, backend: str, reuse_factor: int, options: dict[str, object]
) -> ModelGraph:
    from hls4ml.model import ModelGraph
    from hls4ml.utils.config import create_config

    config = create_config(output_dir, made.name, backend, io_type="io_parallel", **options)
    style = {"PipelineStyle": "dataflow"} if made.dataflow else {}
    config[CLASSIFIES] = made.classifies
    config["HLSConfig"] = {
        "Model": {"Precision": {"default": ap_type(made.input.word)}, "ReuseFactor": reuse_factor, **style},
        "LayerName": {made.input.name: {"Precision": {"result": ap_type(made.input.word)}}},
    }
    described = [_describe_input(made.input), *map(_describe, made.layers)]
    return ModelGraph.from_layer_list(config, described, [made.input.name], list(made.outputs))


def _describe_input(layer: InputLayer) -> dict:
    return {"class_name": "InputLayer", "name": layer.name, "input_shape": list(layer.shape)}


def _describe(layer: PlannedLayer) -> dict:
    return {"class_name": class_name(layer.kind), "name": layer.name, "inputs": list(layer.inputs), "wg_layer": layer}


def compile_model(model: ModelGraph) -> None:
    """``model.compile()`` without its messages.

    Raises:
        CouldNotRun: there is no g++, or it refuses the project or is killed.
    """
    find_program("g++", hint="hls4ml compiles with it; on Debian: apt-get install g++")
    said = StringIO()
    try:
        with quiet(), redirect_stdout(said):
            model.compile()
    except Exception as error:  # hls4ml raises Exception itself
        log = said.getvalue() or str(error)
        raise CouldNotRun(f"{model.config.get_output_dir()}: {telling_line(log)}", log) from error
