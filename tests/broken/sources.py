"""Small whole files of each kind that whetgen reads, and the command lines that read them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nir
import numpy as np
from tests.broken.inside import half_inside, in_configuration, in_hdf5, in_onnx
from tests.foreign.files import dense, entry, layer_3, net, net_3, save, save_zip
from tests.mutants import mutant

from whetgen import Options, generate
from whetgen.foreign.onnx_files import open_onnx
from whetgen.fuzz.onnx_models import Net
from whetgen.input_spec import InputSpec
from whetgen.reading import trace_steps


@dataclass(frozen=True)
class Kind:
    """A kind of file: ``file`` is the one to damage, by its path in a folder of ``write_all``.

    ``commands``: lines with {file} for that one, {folder} for where it stands, {whole} for the folder before the damage,
    {out} for where nothing is yet.
    """

    file: str
    commands: tuple[str, ...]
    damage: Callable[[bytes, int], bytes] = mutant


def write_all(folder: Path) -> None:
    """Whole files of all kinds, the same bytes each time."""
    _keras_3(folder / "net.keras")
    _keras_2(folder / "net.h5")
    write_model(folder / "net.onnx")
    _nir(folder / "net.nir")
    graph = trace_steps(open_onnx(folder / "net.onnx"), InputSpec()).graph
    generate(graph, "onnx", folder / "net", Options(name="net", vectors=4))  # runs without another program
    codes = np.arange(8 * 16, dtype=np.uint8).reshape(8, 4, 4, 1)
    np.savez_compressed(folder / "frames.npz", x=codes, y=np.arange(8) % 5)


def _numbers(*shape: int) -> np.ndarray:
    """Small multiples of 1/4, some of them 0."""
    return (np.arange(np.prod(shape, dtype=int)) * 5 % 7 - 3).reshape(shape).astype(np.float32) / 4


def _keras_2(path: Path) -> None:
    inner = {"class_name": "Sequential", "config": {"name": "inner", "layers": [dense("e", 3)]}}
    layers = [dense("d", 3, batch_input_shape=[None, 4]), entry("Spiking_BRelu", "s", sharpness=1.0), inner]
    last = entry("Spiking_BRelu", "t", sharpness=1.0)
    save(
        path,
        net(*layers, last),
        {
            "d": [_numbers(4, 3), _numbers(3)],
            "s": [np.float32(1)],
            "inner": [_numbers(3, 3), _numbers(3)],
            "t": [np.float32(1)],
        },
    )


def _keras_3(path: Path) -> None:
    module = "whetgen.sharpen.layers"
    fires = [
        layer_3("SpikingBReLU", name, module, "whetgen>SpikingBReLU", sharpness=1.0, surrogate=None) for name in "st"
    ]
    layers = [layer_3("Dense", "d", units=6), fires[0], layer_3("Dense", "e", units=4), fires[1]]
    arrays = {
        "dense/vars/0": _numbers(4, 6),
        "dense/vars/1": _numbers(6),
        "spiking_b_re_lu/vars/0": np.float32(1),
        "dense_1/vars/0": _numbers(6, 4),
        "dense_1/vars/1": _numbers(4),
        "spiking_b_re_lu_1/vars/0": np.float32(1),
    }
    save_zip(path, net_3(*layers), {f"layers/{name}": array for name, array in arrays.items()})


def write_model(path: Path) -> None:
    made = Net((1, 4, 4))
    made.add("Div", np.float32(255))
    made.add("Conv", _numbers(3, 1, 2, 2), kernel_shape=[2, 2], strides=[2, 2])
    made.quant(0.25, 2, signed=0)
    made.add("Flatten")
    made.add("MatMul", _numbers(12, 5))
    path.write_bytes(made.model().SerializeToString())


def _nir(path: Path) -> None:
    nodes = {
        "input": nir.Input(input_type=np.array([1, 4, 4])),
        "conv": nir.Conv2d((4, 4), _numbers(3, 1, 2, 2), (2, 2), (0, 0), (1, 1), 1, _numbers(3)),
        "fire": nir.Threshold(np.full((3, 2, 2), 0.25)),
        "flat": nir.Flatten({"input": np.array([3, 2, 2])}, 0, -1),
        "dense": nir.Affine(_numbers(4, 12), _numbers(4)),
        "spikes": nir.Threshold(np.array([0.0, 1.5, -2.0, 3.0])),
        "output": nir.Output(output_type=np.array([4])),
    }
    names = list(nodes)
    nir.write(path, nir.NIRGraph(nodes=nodes, edges=list(itertools.pairwise(names))))


MODEL = ("inspect {file}", "generate {file} --target c --out {out}", "generate {file} --target verilog --out {out}")
FOLDER = (
    *("verify {folder}/net --count 4", "diff {folder}/net {whole}/net", "inspect {folder}/net") * 2,
    "report {folder}/net --out {out}.html",
    "generate {whole}/net.onnx --target onnx --out {folder}/net",
)
FRAMES = (
    *("verify {whole}/net --data {file}",) * 4,
    "generate {whole}/net.onnx --target c --out {out} --weight-bits auto --calibration {file}",
    "report {whole}/net --data {file} --out {out}.html",
)
KINDS = {
    "keras": Kind("net.keras", MODEL),
    "h5": Kind("net.h5", MODEL, half_inside(in_configuration)),
    "onnx": Kind("net.onnx", MODEL, half_inside(in_onnx)),
    "nir": Kind("net.nir", MODEL, half_inside(in_hdf5)),
    "frames": Kind("frames.npz", FRAMES),
    "model.npz": Kind("net/model.npz", FOLDER),
    "model.json": Kind("net/model.json", FOLDER),
    "whetgen.json": Kind("net/whetgen.json", FOLDER),
}
