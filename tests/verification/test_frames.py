"""Frames from files are checked before anything runs."""

import numpy as np
import pytest

from whetgen import BadInput
from whetgen.ir import ELEMENT_TYPES, Graph, Output
from whetgen.ir.nodes import Dense, Input, Reshape, Threshold
from whetgen.verification.frames import default_frames, load_frames


def classifier():
    """The graph of ``graph()`` with a row of three scores."""
    fire = (*graph().nodes, Reshape("flat", "t", (6,)), Dense("d", "flat", np.ones((6, 3), int), np.zeros(3, int)))
    return Graph(fire, (Output("y", "d", "scores", classifier=True),))


def graph(element="uint4", shape=(2, 3, 1)):
    return Graph(
        (Input("x", shape, ELEMENT_TYPES[element]), Threshold("t", "x", np.ones(shape[-1:], dtype=np.int64))),
        (Output("y", "t", "spikes"),),
    )


def test_codes_and_labels_are_found_under_their_usual_names(tmp_path):
    codes = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    np.savez(tmp_path / "a.npz", x_test=codes, y_test=np.array([[1], [2]]), x_train=codes)
    frames = load_frames(tmp_path / "a.npz", classifier())
    assert frames.codes.shape == (2, 2, 3, 1) and frames.labels.tolist() == [1, 2] and frames.notes == ()
    assert len(frames.first(1).codes) == len(frames.first(1).labels) == 1


@pytest.mark.parametrize("labels", [np.array([0.5, 0.25]), np.zeros((2, 6)), np.array([0, 1])])
def test_labels_of_a_network_that_tells_no_class_are_left_out_and_that_is_said(labels, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((2, 6), int), y=labels)
    frames = load_frames(tmp_path / "a.npz", graph())
    told = "the labels are not used: this network tells no class; generate it with --output class where it should"
    assert frames.labels is None and frames.first(1).notes == (f"{tmp_path / 'a.npz'}: {told}",)


BAD = {
    "no codes": ({"images": np.zeros((2, 6), int)}, r"holds no array 'x' of input codes; save it with numpy.savez"),
    "floats": ({"x": np.zeros((2, 6))}, r"'x' holds float64; give integer codes of type uint4"),
    "shape": ({"x": np.zeros((2, 7), int)}, r"frames have shape \(7,\), the network takes \(2, 3, 1\)"),
    "range": ({"x": np.full((2, 6), 16)}, r"codes reach from 16 to 16, uint4 holds 0..15"),
    "no frames": ({"x": np.zeros((0, 6), int)}, r"'x' holds no frames; the network takes \(frames, 2, 3, 1\)"),
    "one number": ({"x": np.array(3), "y": np.array(3)}, r"'x' holds no frames"),
    "labels": ({"x": np.zeros((2, 6), int), "y": np.zeros(3, int)}, r"2 frames but 3 labels"),
    "one label": ({"x": np.zeros((2, 6), int), "y": np.array(1)}, r"2 frames but no row of labels"),
    "one-hot labels": (
        {"x": np.zeros((2, 6), int), "y": np.eye(2, dtype=int)},
        r"labels have shape \(2, 2\); give one class a frame \(numpy.argmax of one-hot rows\)",
    ),
    "label strings": (
        {"x": np.zeros((2, 6), int), "y": np.array(["a", "b"])},
        r"labels hold <U1; give integer classes",
    ),
    "label fractions": ({"x": np.zeros((2, 6), int), "y": np.array([1.5, 0])}, r"labels hold float64; give integer"),
    "label range": (
        {"x": np.zeros((2, 6), int), "y": np.array([0, 77])},
        r"labels reach from 0 to 77, the network tells the classes 0..2",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_refused(tmp_path, name):
    arrays, message = BAD[name]
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(BadInput, match=r"bad.npz: .*" + message):
        load_frames(tmp_path / "bad.npz", classifier())


def test_an_array_without_a_name_is_refused(tmp_path):
    np.save(tmp_path / "bad.npy", np.zeros((2, 6), int))
    with pytest.raises(
        BadInput, match=r"bad.npy: one array without a name, not an .npz file of named arrays; save it with numpy.savez"
    ):
        load_frames(tmp_path / "bad.npy", graph())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"", "not an .npz file of named arrays"),
        (b"not a zip", "not an .npz file of named arrays"),
        (b"PK\x03\x04 broken", "is damaged: File is not a zip file"),
    ],
)
def test_missing_and_corrupt_files_are_refused(tmp_path, content, message):
    if content is not None:
        (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(BadInput) as refused:
        load_frames(tmp_path / "bad.npz", graph())
    advice = "save it with numpy.savez(path, x=codes, y=labels)"
    assert str(refused.value) == f"{tmp_path / 'bad.npz'}: {message}; {advice}"


def test_with_a_count_the_frames_after_it_are_not_looked_at(tmp_path):
    codes = np.concatenate([np.zeros((3, 6), int), np.full((1, 6), 77)])
    np.savez(tmp_path / "a.npz", x=codes, y=np.array([0, 1, 2, 77]))
    frames = load_frames(tmp_path / "a.npz", classifier(), count=3)
    assert len(frames.codes) == 3 and frames.labels.tolist() == [0, 1, 2]
    with pytest.raises(BadInput, match="codes reach from 0 to 77"):
        load_frames(tmp_path / "a.npz", classifier())


@pytest.mark.parametrize("element", ELEMENT_TYPES)
def test_default_frames_hold_the_edges_and_repeat(element):
    frames = default_frames(graph(element), 10).codes
    kind = ELEMENT_TYPES[element]
    assert np.all(frames[0] == kind.lo) and np.all(frames[1] == kind.hi)
    assert np.count_nonzero(frames[2]) == 1 and frames[2].reshape(-1)[0] == kind.hi
    assert np.array_equal(frames, default_frames(graph(element), 10).codes)
    assert len(default_frames(graph(element), 1).codes) == 1
