"""emlearn, live: a float MLP of the peers' topology, trained here, converted by the package from PyPI."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from whetgen.app.bench.mcu import McuRow, NotInstalled, mnist
from whetgen.host.processes import call
from whetgen.host.scratch import scratch_folder
from whetgen.targets.c.boards import Board, find_board
from whetgen.verification.board_build import Image, build_empty, build_image
from whetgen.verification.board_runner import emulator
from whetgen.verification.footprint import section_bytes
from whetgen.verification.stack import stack_bytes

_BOARD = "mps2-an386"
_FLOAT = ("-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard", "-std=c99")
_HIDDEN = (128, 64)
_EPOCHS = 5
_FRAMES = 1000
_HEADER = """
#include <stdint.h>
#define net_INPUT_BYTES 3136
#define net_OUTPUT_LEN 1
typedef float net_input_t;
typedef int32_t net_output_t;
void net_infer(const net_input_t *input, net_output_t *output);
"""
_SOURCE = """
#include "mlp.h"
void net_infer(const net_input_t *input, net_output_t *output)
{
    output[0] = mlp_predict(input, 784);
}
"""


def measure_emlearn(progress: Callable[[str], None]) -> McuRow:
    """Train, convert, build, run.

    Raises:
        NotInstalled: emlearn or scikit-learn is missing.
        BadInput: a compiler or an emulator is missing.
    """
    try:
        import emlearn
        from sklearn.neural_network import MLPClassifier
    except ImportError as error:
        raise NotInstalled(f"{error}: pip install whetgen[bench,keras]") from error
    data = mnist()
    progress("emlearn: train a float MLP")
    pixels = data.x_train.reshape(-1, 784).astype(np.float32) / np.float32(255)
    held_out = data.x_test.reshape(-1, 784).astype(np.float32) / np.float32(255)
    model = MLPClassifier(_HIDDEN, max_iter=_EPOCHS, batch_size=128, random_state=0)
    with np.errstate(all="ignore"):  # tiny gradients vanish
        model.fit(pixels, data.y_train)
        accuracy = float(model.score(held_out, data.y_test))
    with scratch_folder() as folder:
        progress("emlearn: build and run")
        with chdir(folder):  # it compiles something in the working folder
            _write(folder, emlearn.convert(model, method="inline"))
        board = replace(find_board(_BOARD), flags=(*_FLOAT, f"-I{emlearn.includedir}"), optimise="-O2")
        board = replace(board, link=(*board.link, "-lm"))
        image = build_image(folder, "net", board, folder / "build")
        classes, costs = _run(image, board, held_out[:_FRAMES])
        flash, ram = section_bytes(image.path)
        less = section_bytes(build_empty(board, folder / "empty").path)
        stack = stack_bytes(image, board, "net_infer")
    correct = int((classes == data.y_test[:_FRAMES]).sum())
    return McuRow(
        tool=f"emlearn {emlearn.__version__}, float", net="MLP", board=_BOARD, flags=board.optimise, cost=round(costs.mean()), unit=board.unit,
        flash=flash - less[0], ram=ram - less[1], stack=stack, correct=correct, frames=_FRAMES, accuracy=accuracy, live=True,
    )  # fmt: skip


def _write(folder: Path, converted: Any) -> None:
    for name in ("include", "src"):
        (folder / name).mkdir()
    converted.save(file=str(folder / "include" / "mlp.h"), name="mlp")
    (folder / "include" / "net.h").write_text(_HEADER, encoding="utf-8")
    (folder / "src" / "net.c").write_text(_SOURCE, encoding="utf-8")


def _run(image: Image, board: Board, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Classes and instructions of each frame."""
    (image.build / "input.bin").write_bytes(frames.astype("<f4").tobytes())
    call([*emulator(image, board, 0), str(image.path)], image.build)
    records = np.fromfile(image.build / "output.bin", dtype=[("ticks", "<u4"), ("class", "<i4")])
    return records["class"], records["ticks"] * board.unit_ticks
