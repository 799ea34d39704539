"""Inferences by tflite-micro's Python package, in a process of their own that callgrind can count.

    python tflm_infer.py MODEL.tflite PIXELS.npy TIMES CLASSES.npy

Each row of ``PIXELS`` (uint8, 0 to 255) is quantised as the model's input says and inferred ``TIMES`` times.
"""

import sys

import numpy as np
from tflite_micro import runtime


def classes(model: str, pixels: np.ndarray, times: int) -> list[int]:
    """The largest of the outputs of each frame, the lowest index of equals."""
    interpreter = runtime.Interpreter.from_file(model)
    quantisation = interpreter.get_input_details(0)["quantization_parameters"]
    real = pixels.astype(np.float64) / 255
    codes = np.rint(real / quantisation["scales"][0]) + quantisation["zero_points"][0]
    found = []
    for frame in np.clip(codes, -128, 127).astype(np.int8):
        interpreter.set_input(frame[None], 0)
        for _ in range(times):
            interpreter.invoke()
        found.append(int(np.argmax(interpreter.get_output(0))))
    return found


if __name__ == "__main__":
    model, pixels, times, out = sys.argv[1:]
    np.save(out, classes(model, np.load(pixels), int(times)))
