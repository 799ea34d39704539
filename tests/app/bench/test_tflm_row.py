"""The live row of tflite-micro: classes against TensorFlow's own interpreter, counts that add up."""

import numpy as np
import pytest

from whetgen.app.bench import live, tflm_row
from whetgen.app.bench.app import table
from whetgen.app.bench.mcu import Absent, NotInstalled, mnist
from whetgen.errors import ProgramFailed


def test_a_tool_that_is_not_installed_becomes_a_line_of_the_table(monkeypatch):
    monkeypatch.setattr(tflm_row, "find_spec", lambda module: None)
    with pytest.raises(NotInstalled) as error:
        tflm_row.measure_tflm(lambda text: None)
    reason = "no tflite_micro: pip install whetgen[bench] (tflite-micro: Linux on x86-64, Python 3.11 to 3.13)"
    assert str(error.value) == reason
    monkeypatch.setattr(live, "_TOOLS", {"tflite-micro": tflm_row.measure_tflm})
    rows, absent = live.live_rows(lambda text: None)
    assert (rows, absent) == ([], [Absent("tflite-micro", reason)])
    assert f"| tflite-micro | | | | not run: {reason} | | | | | | |\n" in table(rows, absent)


def test_without_valgrind_the_message_names_its_package(monkeypatch):
    monkeypatch.setattr(tflm_row, "find_spec", lambda module: module)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotInstalled) as error:
        tflm_row.need_tflm()
    assert str(error.value) == "valgrind is not installed; on Debian: apt-get install valgrind"


def by_tensorflow(content: bytes, pixels: np.ndarray) -> list[int]:
    """Classes by the reference kernels of TensorFlow's interpreter; an input code is the pixel - 128."""
    import tensorflow as tf

    kernels = tf.lite.experimental.OpResolverType.BUILTIN_REF
    interpreter = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=kernels)
    interpreter.allocate_tensors()
    (into,), (out,) = interpreter.get_input_details(), interpreter.get_output_details()
    found = []
    for codes in (pixels.astype(np.int64) - 128).astype(np.int8):
        interpreter.set_tensor(into["index"], codes[None])
        interpreter.invoke()
        found.append(int(np.argmax(interpreter.get_tensor(out["index"]))))
    return found


@pytest.fixture(scope="module")
def network() -> bytes:
    """A trained network as tflite-micro reads it."""
    tflm_row.need_tflm()
    data = mnist()
    pixels = data.x_train[:4000].reshape(-1, 784)
    return tflm_row.quantised(tflm_row.trained(pixels, data.y_train[:4000]), pixels[:100])


@pytest.mark.slow
def test_classes_are_tensorflows(network, tmp_path):
    data = mnist()
    (tmp_path / "mlp.tflite").write_bytes(network)
    frames = data.x_test[:200].reshape(-1, 784)
    found = tflm_row.infer(tmp_path, frames)
    assert found.tolist() == by_tensorflow(network, frames)
    assert (found == data.y_test[:200]).mean() > 0.7


@pytest.mark.long
def test_each_inference_adds_the_same_count(network, tmp_path):
    frames = mnist().x_test[:20].reshape(-1, 784)
    (tmp_path / "mlp.tflite").write_bytes(network)
    once, twice, thrice = (tflm_row.count(tmp_path, frames, times) for times in (1, 2, 3))
    assert thrice - twice == pytest.approx(twice - once, rel=0.002)
    macs = 784 * 128 + 128 * 64 + 64 * 10
    assert 1 < (twice - once) / len(frames) / macs < 20


@pytest.mark.slow
def test_a_model_that_it_cannot_read_is_an_error_of_one_line(tmp_path):
    tflm_row.need_tflm()
    (tmp_path / "mlp.tflite").write_bytes(b"no model")
    with pytest.raises(ProgramFailed) as error:
        tflm_row.infer(tmp_path, np.zeros((1, 784), np.uint8))
    assert str(error.value).startswith("tflite-micro stopped: ") and "\n" not in str(error.value)
