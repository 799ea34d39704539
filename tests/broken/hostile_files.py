"""Writers of files that somebody made with intent. Each changes a folder of whole files."""

from __future__ import annotations

import base64
import io
import json
import marshal
import os
import pickle
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from tests.foreign.files import entry, net, net_3, save, save_zip

Writer = Callable[[Path], object]
Row = tuple[str, Writer, str]
"""A command, what changes the files that it reads, and what it says then."""
READ_KERAS, READ_H5, READ_ONNX, READ_NIR = (
    f"generate {{folder}}/net.{kind} --target c --out {{out}}" for kind in ("keras", "h5", "onnx", "nir")
)
READ_FRAMES, READ_FOLDER = "verify {whole}/net --data {folder}/frames.npz", "inspect {folder}/net"
VERIFY, REPLACE = "verify {folder}/net", "generate {whole}/net.onnx --target onnx --out {folder}/net"
NUMPY = "save it with numpy.savez(path, x=codes, y=labels)"
HUGE = 10**9
BOMB = 5 << 24
CANARY = "canary"
"""A file that comes to be where code of a file runs."""
CODE = f"open({CANARY!r}, 'w').close()"


def keras(*layers: dict, arrays: dict[str, np.ndarray] | None = None) -> Writer:
    return lambda folder: save_zip(folder / "net.keras", net_3(*layers), arrays or {})


def keras_on_map(*layers: dict, size: int = 4) -> Writer:
    def write(folder: Path) -> None:
        config = net_3(*layers)
        config["config"]["layers"][0]["config"]["batch_shape"] = [None, size, size, 1]
        save_zip(folder / "net.keras", config, {})

    return write


def h5(*layers: dict) -> Writer:
    first = entry("InputLayer", "x", batch_input_shape=[None, 4])
    return lambda folder: save(folder / "net.h5", net(first, *layers), {})


def lambda_layer(written: Callable) -> dict:
    """A Lambda layer as Keras stores one: the byte code of a function that writes a file."""
    code = base64.b64encode(marshal.dumps(compile(CODE, "file", "exec"))).decode()
    function = {"class_name": "__lambda__", "config": {"code": code, "defaults": None, "closure": None}}
    return written("Lambda", "evil", function=function)


def in_json(file: str, change: Callable[[Any], None]) -> Writer:
    def write(folder: Path) -> None:
        held = json.loads((folder / file).read_text())
        change(held)
        (folder / file).write_text(json.dumps(held))

    return write


def node(kind: str, **fields: Any) -> Writer:
    """A node of ``model.json`` behind the input."""

    def change(model: dict) -> None:
        first = model["nodes"][0]
        model["nodes"] = [first, {"kind": kind, "name": "evil", "source": first["name"], **fields}]
        model["outputs"] = [{**model["outputs"][0], "source": "evil", "classifier": False}]

    return in_json("net/model.json", change)


def in_manifest(**changes: Any) -> Writer:
    return in_json("net/whetgen.json", lambda manifest: manifest.update(changes))


def a_file_elsewhere(path: str) -> Writer:
    return in_json("net/whetgen.json", lambda manifest: manifest["files"].update({path: "0" * 64}))


def nir_with(change: Callable[[h5py.File], None]) -> Writer:
    def write(folder: Path) -> None:
        with h5py.File(folder / "net.nir", "r+") as file:
            change(file)

    return write


def nir_array(name: str, values: Any) -> Writer:
    def change(file: h5py.File) -> None:
        del file[f"node/nodes/{name}"]
        file[f"node/nodes/{name}"] = values

    return nir_with(change)


def claimed(name: str) -> Callable[[h5py.File], None]:
    """An array of 4 TB of which nothing is stored."""

    def change(file: h5py.File) -> None:
        del file[name]
        file.create_dataset(name, (4, 10**12), "u1", chunks=(1, 1 << 20))

    return change


def elsewhere(name: str, link: Any) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file[name]
        file[name] = link

    return change


def arrays(**values: Any) -> Writer:
    return lambda folder: np.savez(folder / "frames.npz", **values)


class Running:
    """An object that runs code when it is unpickled."""

    def __reduce__(self) -> tuple:
        return exec, (CODE,)


def array_claiming(shape: tuple[int, ...], content: bytes = b"") -> Writer:
    """An array of uint8 whose header says ``shape``."""

    def write(folder: Path) -> None:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
        with zipfile.ZipFile(folder / "frames.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.npy", header.getvalue() + content)

    return write


def bomb(file: str, member: str) -> Writer:
    """A member of 80 MiB of zeros, in 80 KiB; an older one of its name does not count."""

    def write(folder: Path) -> None:
        with warnings.catch_warnings(), zipfile.ZipFile(folder / file, "a", zipfile.ZIP_DEFLATED) as archive:
            warnings.simplefilter("ignore")
            archive.writestr(member, bytes(BOMB))

    return write


def with_member(name: str) -> Writer:
    def write(folder: Path) -> None:
        with zipfile.ZipFile(folder / "net.keras", "a") as archive:
            archive.writestr(name, "x")

    return write


def pickled(folder: Path) -> None:
    np.savez(folder / "frames.npz", x=np.array([Running()], dtype=object))


def pickle_file(folder: Path) -> None:
    (folder / "net.keras").write_bytes(pickle.dumps(Running()))


def pipe(file: str) -> Writer:
    def write(folder: Path) -> None:
        (folder / file).unlink()
        os.mkfifo(folder / file)

    return write


def endless(file: str) -> Writer:
    def write(folder: Path) -> None:
        (folder / file).unlink()
        (folder / file).symlink_to("/dev/zero")

    return write


def sparse(file: str, size: int) -> Writer:
    """A file of zeros that takes no room on the disk."""

    def write(folder: Path) -> None:
        with (folder / file).open("wb") as stream:
            stream.truncate(size)

    return write


def text(file: str, content: str) -> Writer:
    return lambda folder: (folder / file).write_text(content)
