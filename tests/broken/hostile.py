"""Files that somebody made with intent: each asks for what whetgen must not do, and is refused in words."""

from __future__ import annotations

import h5py
from tests.broken.hostile_files import (
    NUMPY,
    READ_FOLDER,
    READ_FRAMES,
    READ_H5,
    READ_KERAS,
    READ_NIR,
    READ_ONNX,
    REPLACE,
    VERIFY,
    Row,
    a_file_elsewhere,
    elsewhere,
    endless,
    h5,
    in_manifest,
    keras,
    lambda_layer,
    nir_with,
    pickle_file,
    pickled,
    pipe,
    with_member,
)
from tests.broken.hostile_onnx import loop, onnx_with, outside, own_conv
from tests.broken.hostile_sizes import SIZES
from tests.broken.trials import Trial
from tests.foreign.files import entry, layer_3

NO_CODE = "and no code is run that a file names; load the model in Python and give it to whetgen.trace"
BESIDE = (
    "which is no file beside it; save it as one file with onnx.save_model(model, path, save_as_external_data=False)"
)
LONG_NAME = "x" * 300
CODE: dict[str, Row] = {
    "Lambda layer": (
        READ_KERAS,
        keras(lambda_layer(layer_3)),
        "layer 'evil' (Lambda) is not supported; use layers, whose meaning is known",
    ),
    "Lambda layer of Keras 2": (
        READ_H5,
        h5(lambda_layer(entry)),
        "layer 'evil' (Lambda) is not supported; use layers, whose meaning is known",
    ),
    "layer of another module": (
        READ_KERAS,
        keras(layer_3("system", "s", module="os", command="touch canary")),
        f"layer 's' (system) is a class of 'os', {NO_CODE}",
    ),
    "module of the file's folder": (
        READ_KERAS,
        keras(layer_3("Dense", "d", module="evil.layers", units=3)),
        f"layer 'd' (Dense) is a class of 'evil', {NO_CODE}",
    ),
    "registered class": (
        READ_KERAS,
        keras(layer_3("Evil", "d", registered="builtins>exec", units=3)),
        f"layer 'd' (Evil) is a class of 'builtins', {NO_CODE}",
    ),
    "known class registered as another": (
        READ_KERAS,
        keras(layer_3("Dense", "d", registered="os>system", units=3)),
        f"layer 'd' (Dense) is a class of 'os', {NO_CODE}",
    ),
    "function as activation": (
        READ_KERAS,
        keras(
            layer_3("Dense", "d", units=3, activation={"class_name": "function", "config": "os.system", "module": "os"})
        ),
        "layer 'd' (Dense) has an activation of its own, 'None'; use SpikingBReLU or SpikingSigmoid",
    ),
    "model of a SavedModel": (
        READ_KERAS,
        keras(layer_3("TFSMLayer", "t", filepath="/")),
        "layer 't' (TFSMLayer) is not supported; use layers, whose meaning is known",
    ),
    "vocabulary of a file": (
        READ_KERAS,
        keras(layer_3("StringLookup", "s", vocabulary="/etc/passwd")),
        "layer 's' (StringLookup) is not supported; feed one-hot codes into a Dense layer",
    ),
    "pickled frames": (
        READ_FRAMES,
        pickled,
        f"in/frames.npz: array 'x' holds Python objects, which are never read; {NUMPY}",
    ),
    "pickled model": (
        READ_KERAS,
        pickle_file,
        "in/net.keras: Keras cannot load this model (no whole .keras archive; copy or save it again)",
    ),
    "loop without end": (
        READ_ONNX,
        onnx_with(loop),
        "node 'evil' (Loop) is not supported; whetgen has no neurons with memory; use a network without recurrence",
    ),
    "function that calls itself Conv": (
        READ_ONNX,
        onnx_with(own_conv),
        "in/net.onnx: has a function of its own for the operator Conv; export the model without it",
    ),
}
OTHER_FILES: dict[str, Row] = {
    "member outside the archive": (
        READ_KERAS,
        with_member("../../evil"),
        "in/net.keras: the member '../../evil' lies outside the archive; save the model again",
    ),
    "member at the root": (
        READ_KERAS,
        with_member("/tmp/evil"),
        "in/net.keras: the member '/tmp/evil' lies outside the archive; save the model again",
    ),
    "weights in another folder": (
        READ_ONNX,
        onnx_with(outside("../../../../etc/passwd")),
        f"in/net.onnx: keeps weights in '../../../../etc/passwd', {BESIDE}",
    ),
    "weights of /etc": (
        READ_ONNX,
        onnx_with(outside("/etc/passwd")),
        f"in/net.onnx: keeps weights in '/etc/passwd', {BESIDE}",
    ),
    "weights from an offset of 5,000 digits": (
        READ_ONNX,
        onnx_with(outside("frames.npz", offset="1" * 5000)),
        "in/net.onnx: 'constant1' is not whole in 'frames.npz'; export the model again",
    ),
    "weights in a name with a zero byte": (
        READ_ONNX,
        onnx_with(outside("frames.npz\0")),
        "in/net.onnx: keeps weights in 'frames.npz\\x00', which is no file beside it; save it as one file with onnx.save_model(model, path, save_as_external_data=False)",
    ),
    "weights in a name of 300 characters": (
        READ_ONNX,
        onnx_with(outside(LONG_NAME)),
        f"in/net.onnx: keeps weights in 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', {BESIDE}",
    ),
    "link out of the graph": (
        READ_NIR,
        nir_with(elsewhere("node/nodes/dense/weight", h5py.ExternalLink("/etc/passwd", "x"))),
        "in/net.nir: 'node/nodes/dense/weight' is a link to the file '/etc/passwd'; links are not followed",
    ),
    "files above the folder": (
        VERIFY,
        a_file_elsewhere("../../../../etc/passwd"),
        "in/net/whetgen.json: a name in files is '../../../../etc/passwd', not a path inside the folder; generate the folder again",
    ),
    "files of the root": (
        VERIFY,
        a_file_elsewhere("/etc/passwd"),
        "in/net/whetgen.json: a name in files is '/etc/passwd', not a path inside the folder; generate the folder again",
    ),
    "files above the folder, replaced": (
        REPLACE,
        a_file_elsewhere("../frames.npz"),
        "in/net/whetgen.json: a name in files is '../frames.npz', not a path inside the folder; generate the folder again",
    ),
    "a name above the folder": (
        VERIFY,
        in_manifest(name="../../evil"),
        "in/net/whetgen.json: name '../../evil' is not an identifier; use letters, digits and _, a letter first",
    ),
    "a name of a path": (
        "generate {folder}/net.onnx --target c --out {out} --name ../../evil",
        lambda _: None,
        "--name '../../evil' is not an identifier; use letters, digits and _, a letter first",
    ),
}
NO_FILES: dict[str, Row] = {
    "pipe net.keras": (
        READ_KERAS,
        pipe("net.keras"),
        "in/net.keras: not a regular file; give a .keras or .h5 model, an .onnx model or a .nir graph",
    ),
    "pipe net.h5": (
        READ_H5,
        pipe("net.h5"),
        "in/net.h5: not a regular file; give a .keras or .h5 model, an .onnx model or a .nir graph",
    ),
    "pipe net.onnx": (READ_ONNX, pipe("net.onnx"), "in/net.onnx: not a regular file; give an .onnx model"),
    "pipe net.nir": (READ_NIR, pipe("net.nir"), "in/net.nir: no such file; give a .nir graph"),
    "pipe frames.npz": (READ_FRAMES, pipe("frames.npz"), f"in/frames.npz: no such file; {NUMPY}"),
    "pipe net/model.json": (
        READ_FOLDER,
        pipe("net/model.json"),
        "in/net: no readable model.json ([Errno 22] is no regular file: 'in/net/model.json'); generate the folder again",
    ),
    "pipe net/model.npz": (
        READ_FOLDER,
        pipe("net/model.npz"),
        "in/net/model.npz: no such file; generate the folder again",
    ),
    "pipe net/whetgen.json": (
        VERIFY,
        pipe("net/whetgen.json"),
        "in/net: holds no whetgen.json; give a folder that whetgen generated",
    ),
    "endless net.keras": (
        READ_KERAS,
        endless("net.keras"),
        "in/net.keras: not a regular file; give a .keras or .h5 model, an .onnx model or a .nir graph",
    ),
    "endless net.onnx": (READ_ONNX, endless("net.onnx"), "in/net.onnx: not a regular file; give an .onnx model"),
    "endless net.nir": (READ_NIR, endless("net.nir"), "in/net.nir: no such file; give a .nir graph"),
    "endless frames.npz": (READ_FRAMES, endless("frames.npz"), f"in/frames.npz: no such file; {NUMPY}"),
    "endless net/model.json": (
        READ_FOLDER,
        endless("net/model.json"),
        "in/net: no readable model.json ([Errno 22] is no regular file: 'in/net/model.json'); generate the folder again",
    ),
    "endless net/whetgen.json": (
        VERIFY,
        endless("net/whetgen.json"),
        "in/net: holds no whetgen.json; give a folder that whetgen generated",
    ),
}
ROWS = {**CODE, **OTHER_FILES, **NO_FILES, **SIZES}
HOSTILE = {name: Trial(name, command, "", prepare) for name, (command, prepare, _) in ROWS.items()}
