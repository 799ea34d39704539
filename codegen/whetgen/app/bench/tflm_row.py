"""tflite-micro, live: an int8 MLP of the peers' topology, trained and quantised by TensorFlow here, run by the package
from PyPI on this machine. Its instructions are an x86's and its kernels TFLM's portable ones: a figure to stand beside
the Cortex-M4's, not among them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whetgen import reading
from whetgen.app.bench.mcu import McuRow, NotInstalled, mnist
from whetgen.errors import BadInput, ProgramFailed
from whetgen.host.processes import run
from whetgen.host.quiet import silent_errors
from whetgen.host.scratch import scratch_folder
from whetgen.verification.board_build import need

if TYPE_CHECKING:
    import keras

_SCRIPT = Path(__file__).with_name("tflm_infer.py")
_HIDDEN = (128, 64)
_EPOCHS = 5
_TYPICAL = 500
_FRAMES = 1000
_COUNTED = re.compile(r"Collected : (\d+)")
# Two runs differ by their inferences only.
_STEADY = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}


def measure_tflm(progress: Callable[[str], None]) -> McuRow:
    """Train, quantise, run; instructions of an inference: what a second one of each image adds to the first.

    Raises:
        NotInstalled: tflite-micro, TensorFlow or valgrind is missing.
    """
    need_tflm()
    data = mnist()
    progress("tflite-micro: train and quantise an int8 MLP")
    pixels, held_out = data.x_train.reshape(-1, 784), data.x_test.reshape(-1, 784)
    with scratch_folder() as folder:
        (folder / "mlp.tflite").write_bytes(quantised(trained(pixels, data.y_train), pixels[:_TYPICAL]))
        progress("tflite-micro: run under callgrind")
        hits = infer(folder, held_out) == data.y_test
        once, twice = (count(folder, held_out[:_FRAMES], times) for times in (1, 2))
    return McuRow(
        tool=f"tflite-micro {version('tflite-micro')}, int8", net="MLP", board="host", flags="x86 host, callgrind, reference kernels",
        cost=round((twice - once) / _FRAMES), unit="instructions", flash=None, ram=None, stack=None, correct=int(hits[:_FRAMES].sum()), frames=_FRAMES, accuracy=float(hits.mean()), live=True,
    )  # fmt: skip


def need_tflm() -> None:
    """Before minutes of training.

    Raises:
        NotInstalled: tflite-micro, TensorFlow or valgrind is missing; the message says how to get it.
    """
    for module, extra in (("tflite_micro", "bench"), ("tensorflow", "keras")):
        if find_spec(module) is None:
            raise NotInstalled(
                f"no {module}: pip install whetgen[{extra}] (tflite-micro: Linux on x86-64, Python 3.11 to 3.13)"
            )
    try:
        need("valgrind", {})
    except BadInput as error:
        raise NotInstalled(str(error)) from error


def trained(pixels: np.ndarray, labels: np.ndarray) -> keras.Model:
    """A float Keras MLP over ``pixels`` (frames, 784) uint8, its outputs logits."""
    keras = reading.need_keras()
    keras.utils.set_random_seed(0)
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((784,)), *(dense(n, activation="relu") for n in _HIDDEN), dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(_reals(pixels), labels, epochs=_EPOCHS, batch_size=128, verbose=0)
    return model


def quantised(model: keras.Model, pixels: np.ndarray) -> bytes:
    """A TFLite file with int8 weights, activations, input and output; ``pixels``: what tells their ranges."""
    import tensorflow as tf

    with scratch_folder() as folder, silent_errors():
        model.export(str(folder), verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([row[None]] for row in _reals(pixels))
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        file: bytes = converter.convert()
    return file


def infer(folder: Path, pixels: np.ndarray) -> np.ndarray:
    """The classes of ``pixels``, by ``mlp.tflite`` in ``folder``."""
    _run([], folder, pixels, 1)
    classes: np.ndarray = np.load(folder / "classes.npy")
    return classes


def count(folder: Path, pixels: np.ndarray, times: int) -> int:
    """Instructions of the whole process."""
    callgrind = [need("valgrind", {}), "--tool=callgrind", f"--callgrind-out-file={folder / 'profile'}"]
    told = _COUNTED.search(_run(callgrind, folder, pixels, times))
    if told is None:
        raise ProgramFailed("callgrind told no count of instructions")
    return int(told[1])


def _run(prefix: list[str], folder: Path, pixels: np.ndarray, times: int) -> str:
    np.save(folder / "pixels.npy", pixels)
    command = [*prefix, sys.executable, str(_SCRIPT), "mlp.tflite", "pixels.npy", str(times), "classes.npy"]
    ended = run(command, folder, environment={**os.environ, **_STEADY})
    told = ended.err.decode(errors="replace")
    if ended.code:
        raise ProgramFailed(f"tflite-micro stopped: {told.strip().splitlines()[-1]}")
    return told


def _reals(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) / np.float32(255)
