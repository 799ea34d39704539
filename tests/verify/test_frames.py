"""Frames from files are checked before anything runs."""

import numpy as np
import pytest

from whetgen import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Input, Threshold
from whetgen.verify.frames import default_frames, load_frames


def graph(element="uint4", shape=(2, 3, 1)):
    return Graph(
        (Input("x", shape, ELEMENT_TYPES[element]), Threshold("t", "x", np.ones(shape[-1:], dtype=np.int64))),
        (Output("y", "t", "spikes"),),
    )


def test_codes_and_labels_are_found_under_their_usual_names(tmp_path):
    codes = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    np.savez(tmp_path / "a.npz", x_test=codes, y_test=np.array([[1], [2]]), x_train=codes)
    frames = load_frames(tmp_path / "a.npz", graph())
    assert frames.codes.shape == (2, 2, 3, 1) and frames.labels.tolist() == [1, 2]
    assert len(frames.first(1).codes) == len(frames.first(1).labels) == 1


BAD = {
    "no codes": ({"images": np.zeros((2, 6), int)}, r"holds no array 'x' of input codes; save it with numpy.savez"),
    "floats": ({"x": np.zeros((2, 6))}, r"'x' holds float64; give integer codes of type uint4"),
    "shape": ({"x": np.zeros((2, 7), int)}, r"frames have shape \(7,\), the network takes \(2, 3, 1\)"),
    "range": ({"x": np.full((2, 6), 16)}, r"codes reach from 16 to 16, uint4 holds 0..15"),
    "labels": ({"x": np.zeros((2, 6), int), "y": np.zeros(3, int)}, r"2 frames but 3 labels"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_refused(tmp_path, name):
    arrays, message = BAD[name]
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(BadInput, match=r"bad.npz: .*" + message):
        load_frames(tmp_path / "bad.npz", graph())


@pytest.mark.parametrize("content", [None, b"", b"not a zip", b"PK\x03\x04 broken"])
def test_missing_and_corrupt_files_are_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(BadInput, match="not a readable .npz file"):
        load_frames(tmp_path / "bad.npz", graph())


@pytest.mark.parametrize("element", ELEMENT_TYPES)
def test_default_frames_hold_the_edges_and_repeat(element):
    frames = default_frames(graph(element), 10).codes
    kind = ELEMENT_TYPES[element]
    assert np.all(frames[0] == kind.lo) and np.all(frames[1] == kind.hi)
    assert np.count_nonzero(frames[2]) == 1 and frames[2].reshape(-1)[0] == kind.hi
    assert np.array_equal(frames, default_frames(graph(element), 10).codes)
    assert len(default_frames(graph(element), 1).codes) == 1
