"""Hostile files that claim, or would come to, more than memory holds."""

from __future__ import annotations

import numpy as np
from tests.broken.hostile_files import (
    BOMB,
    HUGE,
    NUMPY,
    READ_FOLDER,
    READ_FRAMES,
    READ_H5,
    READ_KERAS,
    READ_NIR,
    READ_ONNX,
    VERIFY,
    Row,
    array_claiming,
    bomb,
    claimed,
    h5,
    in_json,
    keras,
    keras_on_map,
    nir_array,
    nir_with,
    node,
    sparse,
    text,
)
from tests.broken.hostile_onnx import deep, doubled, huge_dimensions, onnx_constant, onnx_of, onnx_with, segment
from tests.foreign.files import entry, layer_3

from whetgen.fuzz.onnx_models import QONNX

TENSOR = "a tensor has at most 67,108,864 elements, padding included"
CONSTANT = "makes a constant of more than 67108864 numbers"
SIZES: dict[str, Row] = {
    "frames of 10^18 rows": (
        READ_FRAMES,
        array_claiming((10**18, 16)),
        f"in/frames.npz: array 'x' claims 1000000000000000000 x 16 numbers of uint8, its member has 128 bytes; {NUMPY}",
    ),
    "frames with an axis of 0": (
        READ_FRAMES,
        array_claiming((0, 10**18)),
        "in/frames.npz: 'x' holds no frames; the network takes (frames, 4, 4, 1)",
    ),
    "bomb of frames": (
        READ_FRAMES,
        bomb("frames.npz", "x.npy"),
        "in/frames.npz: array 'x' is damaged: the magic string is not correct; expected b'\\x93NUMPY', got b'\\x00\\x00\\x00\\x00\\x00\\x00'; save it with numpy.savez(path, x=codes, y=labels)",
    ),
    "bomb of frames that are as large as they say": (
        READ_FRAMES,
        array_claiming((BOMB // 16, 16), bytes(BOMB)),
        f"in/frames.npz: array 'x' takes 83,886,080 bytes, of which only 81,627 are stored; store it uncompressed; {NUMPY}",
    ),
    "bomb of weights": (
        READ_KERAS,
        bomb("net.keras", "model.weights.h5"),
        "in/net.keras: model.weights.h5 claims 83,886,080 bytes, 3,657,824 are the limit; copy or save it again",
    ),
    "bomb of a configuration": (
        READ_KERAS,
        bomb("net.keras", "config.json"),
        "in/net.keras: config.json claims 83,886,080 bytes, 3,657,824 are the limit; copy or save it again",
    ),
    "units": (
        READ_KERAS,
        keras(layer_3("Dense", "d", units=HUGE)),
        "layer 'd' (Dense) needs a kernel of shape (4, 1000000000), which the file does not hold; save the model again",
    ),
    "units of Keras 2": (
        READ_H5,
        h5(entry("Dense", "d", units=HUGE)),
        "layer 'd' (Dense) needs a kernel of shape (4, 1000000000), which the file does not hold; save the model again",
    ),
    "padding": (
        READ_KERAS,
        keras_on_map(layer_3("ZeroPadding2D", "p", padding=[[HUGE, 0], [0, HUGE]])),
        f"node 'p' (Pad) breaks the rule: {TENSOR}; found (1000000004, 1000000004, 1)",
    ),
    "larger map": (
        READ_KERAS,
        keras_on_map(layer_3("UpSampling2D", "u", size=[10**5, 10**5])),
        f"node 'u' (Upsample) breaks the rule: {TENSOR}; found (400000, 400000, 1)",
    ),
    "repeated vector": (
        READ_KERAS,
        keras(layer_3("RepeatVector", "r", n=HUGE)),
        "layer 'r' (RepeatVector) is not supported; use Reshape, Permute, Cropping or Concatenate layers",
    ),
    "padding that fits half": (
        READ_KERAS,
        keras_on_map(layer_3("ZeroPadding2D", "p", padding=[[9000, 0], [0, 9000]])),
        f"node 'p' (Pad) breaks the rule: {TENSOR}; found (9004, 9004, 1)",
    ),
    "input of a model": (
        READ_KERAS,
        keras_on_map(layer_3("Flatten", "f"), size=HUGE),
        f"node 'x' (Input) breaks the rule: {TENSOR}; found (1000000000, 1000000000, 1)",
    ),
    "array that is not there": (
        READ_NIR,
        nir_with(claimed("node/nodes/dense/weight")),
        "in/net.nir: the array 'node/nodes/dense/weight' claims 4,000,000,000,000 numbers, which the file is too small to hold; copy or save it again",
    ),
    "NIR input": (
        READ_NIR,
        nir_array("input/shape", np.array([1, 10**6, 10**6])),
        "node 'fire' (Threshold) has a constant of shape (3, 2, 2), which does not fit the tensor (1, 3, 500000, 500000)",
    ),
    "NIR padding": (
        READ_NIR,
        nir_array("conv/padding", np.array([10**6, 10**6])),
        "node 'fire' (Threshold) has a constant of shape (3, 2, 2), which does not fit the tensor (1, 3, 1000002, 1000002)",
    ),
    "NIR groups": (
        READ_NIR,
        nir_array("conv/groups", np.int64(1 << 40)),
        "node 'conv' (Conv2d) has weights for 1099511627776 channels and reads 1",
    ),
    "NIR stride": (
        READ_NIR,
        nir_array("conv/stride", np.array([1 << 62, 1 << 62])),
        "node 'fire' (Threshold) has a constant of shape (3, 2, 2), which does not fit the tensor (1, 3, 1, 1)",
    ),
    "ONNX segment": (
        READ_ONNX,
        onnx_with(segment),
        "in/net.onnx: 'constant1' cannot be read (Currently not supporting loading segments); export the model again",
    ),
    "ONNX array": (
        READ_ONNX,
        onnx_with(huge_dimensions),
        "in/net.onnx: 'constant1' claims 18446744073709551616 numbers and holds others; export the model again",
    ),
    "ONNX padding": (
        READ_ONNX,
        onnx_of("Pad", np.array([0, 0, HUGE, HUGE, 0, 0, HUGE, HUGE])),
        f"node 'pad0' (Pad) breaks the rule: {TENSOR}; found (2000000004, 2000000004, 1)",
    ),
    "ONNX larger map": (
        READ_ONNX,
        onnx_of(
            "Resize",
            "",
            np.array([1, 1, 1e5, 1e5], np.float32),
            mode="nearest",
            nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        ),
        f"node 'resize0' (Resize) {CONSTANT}",
    ),
    "ONNX convolution's padding": (
        READ_ONNX,
        onnx_of("Conv", np.ones((1, 1, 2, 2)).astype(np.float32), kernel_shape=[2, 2], pads=[HUGE] * 4),
        f"node 'conv0' (Conv) breaks the rule: {TENSOR}; found (2000000004, 2000000004, 1)",
    ),
    "ONNX pool's window": (
        READ_ONNX,
        onnx_of("MaxPool", kernel_shape=[HUGE, HUGE], pads=[HUGE - 1] * 4),
        f"node 'maxpool0' (MaxPool) breaks the rule: {TENSOR}; found (2000000002, 2000000002, 1)",
    ),
    "ONNX zeros": (
        READ_ONNX,
        onnx_constant("ConstantOfShape", np.array([HUGE, HUGE])),
        f"node 'constantofshape0' (ConstantOfShape) {CONSTANT}",
    ),
    "ONNX range": (
        READ_ONNX,
        onnx_constant("Range", np.array(0), np.array(10**12), np.array(1)),
        f"node 'range0' (Range) {CONSTANT}",
    ),
    "ONNX tiles": (
        READ_ONNX,
        onnx_constant("Tile", np.ones(4, np.float32), np.array([HUGE])),
        f"node 'tile0' (Tile) {CONSTANT}",
    ),
    "ONNX expanded": (
        READ_ONNX,
        onnx_constant("Expand", np.ones(1, np.float32), np.array([HUGE, 1000])),
        f"node 'expand0' (Expand) {CONSTANT}",
    ),
    "ONNX gathered": (
        READ_ONNX,
        onnx_constant("Gather", np.ones((1, 1 << 20), np.float32), np.zeros(1 << 16, np.int64)),
        f"node 'gather0' (Gather) {CONSTANT}",
    ),
    "ONNX weights and as many scales": (
        READ_ONNX,
        onnx_constant(
            "BipolarQuant", np.ones((1, 1 << 18), np.float32), np.ones((1 << 18, 1), np.float32), domain=QONNX
        ),
        f"node 'bipolarquant0' (BipolarQuant) {CONSTANT}",
    ),
    "ONNX norm of one channel by many": (
        READ_ONNX,
        onnx_constant("BatchNormalization", np.ones((1, 1, 1 << 18), np.float32), *[np.ones(1 << 18, np.float32)] * 4),
        f"node 'batchnormalization0' (BatchNormalization) {CONSTANT}",
    ),
    "ONNX joined over and over": (READ_ONNX, doubled, f"node 'concat1' (Concat) {CONSTANT}"),
    "ONNX nested graphs": (
        READ_ONNX,
        onnx_with(deep),
        "in/net.onnx: does not run in onnx's evaluator (Attribute 'else_branch' is expected based on ONNX specifications for node 'If'); check it with onnx.checker",
    ),
    "graph: input": (
        READ_FOLDER,
        in_json("net/model.json", lambda m: m["nodes"][0].update(shape=[HUGE, HUGE])),
        f"in/net: model.json does not describe a graph (node 'codes' (Input) breaks the rule: {TENSOR}; found (1000000000, 1000000000)); generate the folder again",
    ),
    "graph: padding": (
        READ_FOLDER,
        node("Pad", padding=[[HUGE, 0], [0, HUGE]]),
        f"in/net: model.json does not describe a graph (node 'evil' (Pad) breaks the rule: {TENSOR}; found (1000000004, 1000000004, 1)); generate the folder again",
    ),
    "graph: larger map": (
        READ_FOLDER,
        node("Upsample", factor=[HUGE, HUGE]),
        f"in/net: model.json does not describe a graph (node 'evil' (Upsample) breaks the rule: {TENSOR}; found (4000000000, 4000000000, 1)); generate the folder again",
    ),
    "graph: JSON 10^5 deep": (
        READ_FOLDER,
        text("net/model.json", "[" * 10**5),
        "in/net: no readable model.json (maximum recursion depth exceeded while decoding a JSON array from a unicode string); generate the folder again",
    ),
    "manifest: JSON 10^5 deep": (
        VERIFY,
        text("net/whetgen.json", "[" * 10**5),
        "in/net/whetgen.json: corrupt (maximum recursion depth exceeded while decoding a JSON array from a unicode string); generate the folder again",
    ),
    "manifest: a number of 10^5 digits": (
        VERIFY,
        text("net/whetgen.json", "9" * 10**5),
        "in/net/whetgen.json: corrupt (Exceeds the limit (4300 digits) for integer string conversion: value has 100000 digits; use sys.set_int_max_str_digits() to increase the limit); generate the folder again",
    ),
    "manifest of 1 TB": (
        VERIFY,
        sparse("net/whetgen.json", 1 << 40),
        "in/net/whetgen.json: corrupt ([Errno 27] larger than 64 MiB: 'in/net/whetgen.json'); generate the folder again",
    ),
    "graph of 1 TB": (
        READ_FOLDER,
        sparse("net/model.json", 1 << 40),
        "in/net: no readable model.json ([Errno 27] larger than 64 MiB: 'in/net/model.json'); generate the folder again",
    ),
    "arrays of 1 TB": (
        READ_FOLDER,
        sparse("net/model.npz", 1 << 40),
        "in/net/model.npz: not an .npz file of named arrays; generate the folder again",
    ),
    "model of 1 TB": (
        READ_KERAS,
        sparse("net.keras", 1 << 40),
        "in/net.keras: larger than 1 GiB; save the model without its optimizer",
    ),
    "frames of 1 TB": (
        READ_FRAMES,
        sparse("frames.npz", 1 << 40),
        f"in/frames.npz: not an .npz file of named arrays; {NUMPY}",
    ),
}
