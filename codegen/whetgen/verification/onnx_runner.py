"""An exported ONNX model over frames of codes: in onnxruntime where that is installed, else in onnx's own evaluator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from whetgen.errors import ToolFailed
from whetgen.foreign.onnx_evaluator import evaluator
from whetgen.foreign.onnx_files import open_onnx
from whetgen.ir import Graph
from whetgen.reference import classify
from whetgen.verification.frames import Frames
from whetgen.verification.runners import Progress, Ran, Runner

_FRAMES = {1: np.float32, 2: np.uint8, 3: np.int8, 5: np.int16}  # by onnx.TensorProto's numbers


def _check(folder: Path, manifest: dict[str, Any], graph: Graph, frames: Frames, progress: Progress) -> Ran:
    progress("run the ONNX model")
    return run_onnx(folder / f"{manifest['name']}.onnx", graph, frames.codes)


RUNNER = Runner(check=_check, outputs=_check)


def run_onnx(path: Path, graph: Graph, codes: np.ndarray) -> Ran:
    """Outputs (frames, elements), what ran them, and a line where the class is not that of the scores.

    Raises:
        ToolFailed: the file is damaged, or does not run.
    """
    model = open_onnx(path).model
    entry = model.graph.input[0]
    given = codes.astype(_FRAMES[entry.type.tensor_type.elem_type])
    is_standard = {opset.domain for opset in model.opset_import} == {""}
    try:
        made, runner = _runtime(path, entry.name, given) if is_standard else ([], "")
        if not made:
            made, runner = [np.asarray(v) for v in evaluator(model).run(None, {entry.name: given})], "onnx"
    except Exception as error:  # runtimes raise nearly every type
        raise ToolFailed(f"{path.name} does not run: {error}") from error
    outputs = [np.asarray(values).reshape(len(codes), -1).astype(np.int64) for values in made]
    heads = np.concatenate(outputs[: len(graph.outputs)], axis=1)
    wrong = sum(int(np.sum(told[:, 0] != classify(graph.outputs[0], heads))) for told in outputs[len(graph.outputs) :])
    found = [f"it tells another class than its scores for {wrong} frames"] if wrong else []
    return Ran(heads, {"runtime": runner}, found)


def _runtime(path: Path, name: str, frames: np.ndarray) -> tuple[list[np.ndarray], str]:
    """Nothing where onnxruntime is not installed."""
    try:
        import onnxruntime
    except ImportError:
        return [], ""
    made = onnxruntime.InferenceSession(path.read_bytes()).run(None, {name: frames})
    return list(made), "onnxruntime"
